import Schedules
import Training

extension SweepConfiguration {
  /// The columns with schedules as run records spell them. A refined schedule with several rounds by the configuration's
  /// `rounds` has one column a round; with a key `rounds` of its own, it is what that round gave.
  public var tableColumns: [Column] {
    columns.flatMap { column -> [Column] in
      if column.schedules.count == 1, let refined = column.schedules.first, SweepConfiguration.isRefined(refined),
        SweepConfiguration.ownRounds(of: refined) == nil
      {
        return (1...max(rounds, 1)).map { round in
          Column(
            name: column.name.map { round == 1 ? $0 : "\($0) (round \(round))" },
            schedules: [SweepConfiguration.spelling(of: refined, round: round)])
        }
      }
      return [Column(name: column.name, schedules: column.schedules.map(recordSpelling))]
    }
  }

  /// The schedules of all table columns as run records spell them, without duplicates.
  public var spellings: [String] {
    var seen: Set<String> = []
    return tableColumns.flatMap(\.schedules).filter { seen.insert($0).inserted }
  }

  /// A schedule as the configuration spells it: a `tau` at the schedule's default stays where the configuration's own differs.
  public func spelling(of schedule: Schedule) -> String {
    smoothing == RefinementOptions().smoothing ? schedule.description : schedule.description(keeping: "tau")
  }

  /// A schedule of the configuration as run records spell it: for a refined schedule, its last round.
  func recordSpelling(of schedule: String) -> String {
    guard SweepConfiguration.isRefined(schedule) else { return schedule }
    return SweepConfiguration.spelling(of: SweepConfiguration.withoutRounds(schedule), round: rounds(of: schedule))
  }

  /// Whether the sweep refines the schedule from the norms of a prior run.
  static func isRefined(_ schedule: String) -> Bool {
    (try? Schedule(parsing: schedule))?.needsNorms ?? false
  }

  static func spelling(of refined: String, round: Int) -> String {
    round == 1 ? refined : "\(refined):round=\(round)"
  }

  static func ownRounds(of refined: String) -> Int? { (try? Schedule(parsing: refined))?.refinementRounds }

  /// Rounds differ in number, not in kind: those of `refined:rounds=2` are those of `refined`.
  static func withoutRounds(_ refined: String) -> String {
    refined.split(separator: ":").filter { !$0.hasPrefix("rounds=") }.joined(separator: ":")
  }

  /// The rounds of a refined schedule: its own, or the configuration's.
  func rounds(of refined: String) -> Int { SweepConfiguration.ownRounds(of: refined) ?? max(rounds, 1) }

  /// The prior schedule of a refined one: its own, or the configuration's.
  func prior(of refined: String) -> String { (try? Schedule(parsing: refined))?.refinementPrior ?? priorSchedule }

  /// The smoothing fraction of a refined schedule: its own `tau`, or the configuration's.
  func smoothing(of refined: String) -> Double { refinementOptions(of: refined, optimizer: .sgd()).smoothing }

  /// How a refined schedule refines the norms of an optimizer's run; the norm is the one for the optimizer, unless the
  /// schedule sets it.
  func refinementOptions(of refined: String, optimizer: Optimizer) -> RefinementOptions {
    let schedule = try? Schedule(parsing: refined)
    var options = schedule?.refinementOptions ?? RefinementOptions()
    if schedule?.gives("tau") != true { options.smoothing = smoothing }
    if schedule?.gives("norm") != true { options.norm = optimizer.norm }
    return options
  }
}

extension SweepConfiguration {
  /// Every schedule that is trained and not refined, those of methods and prior runs included; may have duplicates.
  var trainedSchedules: [String] {
    let spellings = schedules + methods.flatMap(\.column.schedules)
    let priors = [priorSchedule] + spellings.filter(SweepConfiguration.isRefined).map(prior)
    return spellings.filter { !SweepConfiguration.isRefined($0) } + priors
  }
}
