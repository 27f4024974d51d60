/// A refinement that the protocol asks for.
struct PlannedRefinement: Sendable, Hashable {
  var key: String
  /// The configuration's spelling, without the round.
  var refined: String
  var round: Int
  /// The run that provides the norms.
  var prior: RunRecord
  /// The prior run of the first round, whose norms the bounds of all schedules use.
  var firstPrior: RunRecord

  /// The result as `columns` spells it.
  var schedule: String { SweepConfiguration.spelling(of: refined, round: round) }
}

/// A loss trace that the protocol asks for.
struct PlannedTrace: Sendable, Hashable {
  var key: String
  var run: RunRecord
}

/// One problem and optimizer: what the protocol asks for, given the results so far, for all schedules or for those of one
/// shard.
struct UnitPlan {
  private(set) var schedules: [SchedulePlan] = []
  private(set) var refinements: [PlannedRefinement: JournalContents.Refinement] = [:]
  private(set) var missingRefinements: [PlannedRefinement] = []
  private(set) var traces: [TraceRecord] = []
  private(set) var missingTraces: [PlannedTrace] = []

  /// Records of why there is no refinement, if nothing can be refined at all.
  private(set) var impossibleRefinements: [RefinementRecord] = []

  /// What is missing of a column of the configuration; nil if it is complete.
  func incompleteness(of column: String) -> IncompleteSchedule? {
    let plan = schedules.first { $0.schedule == column }
    if plan?.isComplete ?? hasNoRefinement(column) { return nil }
    // A schedule that has not been refined yet needs at least the grid.
    let grid = configuration.seeds * (configuration.maximumExponent - configuration.minimumExponent + 1)
    return IncompleteSchedule(
      problem: unit.problem.name, optimizer: unit.optimizerSpelling, schedule: column, runs: plan?.runs.count ?? 0,
      missingRuns: plan?.missing.count ?? grid)
  }

  /// Whether a refined schedule, or one that it would be refined from, cannot be made.
  private func hasNoRefinement(_ column: String) -> Bool {
    let failed = refinements.filter { $0.value.digest == nil }.map(\.key.schedule) + impossibleRefinements.map(\.schedule)
    return configuration.schedules.contains { refined in
      let rounds = (1...configuration.rounds).map { SweepConfiguration.spelling(of: refined, round: $0) }
      return rounds.contains(column) && rounds.contains(where: failed.contains)
    }
  }

  private let unit: UnitKeys
  private let configuration: SweepConfiguration
  private let known: JournalContents

  /// - Parameter chains: see `Chain`.
  init(unit: UnitKeys, chains: [Chain], configuration: SweepConfiguration, known: JournalContents) {
    self.unit = unit
    self.configuration = configuration
    self.known = known
    for chain in chains {
      let plan = add(schedule: chain.schedule, factors: unit.digest(of: chain.schedule))
      guard plan.isComplete else { continue }
      for refined in chain.refined { refine(refined, prior: plan) }
    }
    for plan in schedules where plan.isComplete {
      // The report shows losses at the rate with the lowest loss.
      guard let run = BestRate.select(from: plan.runs, by: .trainLoss)?.runs.first else { continue }
      let key = RunKey.trace(ofRun: run.key)
      if var trace = known.traces[key] {
        (trace.problem, trace.schedule) = (unit.problem.name, plan.schedule)
        traces.append(trace)
      } else {
        missingTraces.append(PlannedTrace(key: key, run: run))
      }
    }
  }

  var isComplete: Bool {
    missingRefinements.isEmpty && missingTraces.isEmpty && schedules.allSatisfy(\.isComplete)
  }

  /// The refinement that a refined schedule comes from.
  func refinement(of schedule: String) -> PlannedRefinement? {
    refinements.keys.first { $0.schedule == schedule } ?? missingRefinements.first { $0.schedule == schedule }
  }

  @discardableResult
  private mutating func add(schedule: String, factors: String?) -> SchedulePlan {
    let plan = SchedulePlan(
      schedule: schedule, factors: factors, unit: unit, configuration: configuration, known: known.runs)
    schedules.append(plan)
    return plan
  }

  /// The rounds of one refined schedule, as far as they are known.
  private mutating func refine(_ refined: String, prior plan: SchedulePlan) {
    var prior = plan
    let firstPrior = plan.best?.runs.first
    let smoothing = configuration.smoothing(of: refined)
    for round in 1...configuration.rounds {
      guard prior.isComplete else { return }
      guard let run = prior.best?.runs.first else {
        impossibleRefinements.append(
          RefinementRecord(
            problem: unit.problem.name, optimizer: unit.optimizer.spelling,
            schedule: SweepConfiguration.spelling(of: refined, round: round), round: round, priorSchedule: prior.schedule,
            priorLearningRate: 0, priorSeed: 1, steps: 0,
            failure: "\(prior.schedule) diverged at every learning rate, so there is no prior run"))
        return
      }
      let key = RunKey.refinement(ofRun: run.key, schedule: refined, round: round, smoothing: smoothing)
      let planned = PlannedRefinement(key: key, refined: refined, round: round, prior: run, firstPrior: firstPrior ?? run)
      guard var refinement = known.refinements[key] else {
        missingRefinements.append(planned)
        return
      }
      refinement.record.problem = unit.problem.name
      refinements[planned] = refinement
      guard let digest = refinement.digest else { return }
      prior = add(schedule: planned.schedule, factors: digest)
    }
  }
}

/// Schedules that depend on one another and on nothing else: one schedule and, if it is the prior, those refined from it.
///
/// Shards are made of chains: no chain needs the result of another, so no shard waits.
struct Chain: Sendable, Hashable {
  var schedule: String
  /// Spellings without the round.
  var refined: [String] = []

  /// The chains of one problem and optimizer. The prior schedule is swept also where the tables do not ask for it.
  static func all(of configuration: SweepConfiguration) -> [Chain] {
    let refined = configuration.schedules.filter(SweepConfiguration.isRefined)
    var chains = configuration.schedules.filter { !SweepConfiguration.isRefined($0) }.map { Chain(schedule: $0) }
    guard !refined.isEmpty else { return chains }
    if let prior = chains.firstIndex(where: { $0.schedule == configuration.priorSchedule }) {
      chains[prior].refined = refined
    } else {
      chains.append(Chain(schedule: configuration.priorSchedule, refined: refined))
    }
    return chains
  }

  /// Number of schedules to sweep, for estimates of cost.
  func scheduleCount(rounds: Int) -> Int { 1 + refined.count * rounds }
}
