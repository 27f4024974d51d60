import Training

/// Schedules that depend on one another and on nothing else: one schedule and, if it is the prior, those refined from it.
///
/// Shards are made of chains: no chain needs the result of another, so no shard waits.
struct Chain: Sendable, Hashable {
  /// A refined schedule, without the number of its rounds, and as many rounds as any column shows.
  struct Refined: Sendable, Hashable {
    var schedule: String
    var rounds: Int
  }

  var schedule: String
  var refined: [Refined] = []

  /// The chains of one problem and optimizer. A prior schedule is swept also where the tables do not ask for it.
  static func all(of configuration: SweepConfiguration) -> [Chain] {
    var chains = configuration.schedules.filter { !SweepConfiguration.isRefined($0) }.map { Chain(schedule: $0) }
    for spelling in configuration.schedules where SweepConfiguration.isRefined(spelling) {
      let prior = configuration.prior(of: spelling)
      let refined = Refined(schedule: SweepConfiguration.withoutRounds(spelling), rounds: configuration.rounds(of: spelling))
      let place = chains.firstIndex { $0.schedule == prior } ?? chains.endIndex
      if place == chains.endIndex { chains.append(Chain(schedule: prior)) }
      if let known = chains[place].refined.firstIndex(where: { $0.schedule == refined.schedule }) {
        chains[place].refined[known].rounds = max(chains[place].refined[known].rounds, refined.rounds)
      } else {
        chains[place].refined.append(refined)
      }
    }
    return chains
  }

  /// Number of schedules to sweep, for estimates of cost.
  var scheduleCount: Int { 1 + refined.map(\.rounds).reduce(0, +) }
}

/// What one unit trains under one configuration: that of the tables, or that of a method with its own rates.
struct UnitPart: Sendable {
  let configuration: SweepConfiguration
  let chains: [Chain]
  /// Whether the best schedule is searched for. The search needs no chain's results, so that a shard may have it alone.
  let isSearched: Bool

  /// Everything that the configuration asks for.
  init(_ configuration: SweepConfiguration) {
    self.init(configuration, chains: Chain.all(of: configuration), isSearched: configuration.search != nil)
  }

  init(_ configuration: SweepConfiguration, chains: [Chain], isSearched: Bool) {
    self.configuration = configuration
    self.chains = chains
    self.isSearched = isSearched
  }

  /// The runs of the grid, without extensions; with racing, all seeds at one rate of each schedule. Those of the
  /// best schedule found are included.
  var leastRunCount: Int {
    let rates = configuration.rates.base.count
    let racing = configuration.racing ?? configuration.seeds
    let found = isSearched ? configuration.seeds : 0
    return chains.map(\.scheduleCount).reduce(0, +) * (rates * racing + configuration.seeds - racing) + found
  }

  /// The parts of one problem and optimizer at one condition.
  ///
  /// - Parameter configuration: one condition's.
  static func all(of configuration: SweepConfiguration, optimizer: Optimizer) -> [UnitPart] {
    let own = configuration.optimizers.contains(optimizer) ? [UnitPart(configuration)] : []
    let methods = configuration.methods.filter { $0.optimizer == optimizer && !configuration.contains($0) }
    return own + methods.map { UnitPart(configuration.alone($0)) }
  }
}
