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

  /// What a search found, with the runs of it that are known.
  private(set) var bestFound: BestFound?
  /// Whether the search has yet to be run.
  private(set) var needsSearch = false

  /// Records of why there is no refinement, if nothing can be refined at all.
  private(set) var impossibleRefinements: [RefinementRecord] = []

  /// What is missing of a schedule, as run records spell it; nil if it is complete.
  func incompleteness(of schedule: String) -> IncompleteSchedule? {
    let plan = schedules.first { $0.schedule == schedule }
    if plan?.isComplete ?? hasNoRefinement(schedule) { return nil }
    // A schedule that has not been refined yet needs at least the grid.
    let grid = parts.first.map { $0.configuration.rates.base.count * ($0.configuration.racing ?? $0.configuration.seeds) }
    return IncompleteSchedule(
      problem: unit.problem.name, optimizer: unit.optimizerSpelling, schedule: schedule, runs: plan?.runs.count ?? 0,
      missingRuns: plan?.missing.count ?? grid ?? 0)
  }

  /// Whether a refined schedule, or one that it would be refined from, cannot be made.
  private func hasNoRefinement(_ schedule: String) -> Bool {
    let failed = refinements.filter { $0.value.digest == nil }.map(\.key.schedule) + impossibleRefinements.map(\.schedule)
    return parts.flatMap(\.chains).flatMap(\.refined).contains { refined in
      let rounds = (1...refined.rounds).map { SweepConfiguration.spelling(of: refined.schedule, round: $0) }
      return rounds.contains(schedule) && rounds.contains(where: failed.contains)
    }
  }

  private let parts: [UnitPart]
  private let unit: UnitKeys
  private let known: JournalContents

  /// - Parameters:
  ///   - parts: what the unit trains; the same run may belong to several of them.
  ///   - known: the results so far.
  init(unit: UnitKeys, parts: [UnitPart], known: JournalContents) {
    self.unit = unit
    self.parts = parts
    self.known = known
    for part in parts {
      for chain in part.chains {
        let plan = add(schedule: chain.schedule, factors: unit.digest(of: chain.schedule), part: part)
        guard plan.isComplete else { continue }
        for refined in chain.refined { refine(refined, prior: plan, part: part) }
      }
    }
    for plan in schedules where plan.isComplete { trace(plan) }
    for part in parts where part.isSearched { takeBestFound(part) }
  }

  /// The report shows losses at the rate with the lowest loss, or the lowest objective where that is regularised.
  private mutating func trace(_ plan: SchedulePlan) {
    let isRegularised = parts.contains { $0.configuration.l2 > 0 }
    guard let run = BestRate.select(from: plan.runs, by: isRegularised ? .trainObjective : .trainLoss)?.runs.first
    else { return }
    let key = RunKey.trace(ofRun: run.key)
    guard !traces.contains(where: { $0.key == run.key && $0.schedule == plan.schedule }),
      !missingTraces.contains(where: { $0.key == key })
    else { return }
    if var trace = known.traces[key] {
      (trace.problem, trace.schedule) = (unit.problem.name, plan.schedule)
      traces.append(trace)
    } else {
      missingTraces.append(PlannedTrace(key: key, run: run))
    }
  }

  /// The runs that are missing, each once.
  var missingRuns: [PlannedRun] {
    var seen: Set<String> = []
    return schedules.flatMap(\.missing).filter { seen.insert($0.key).inserted }
  }

  /// How many runs are there.
  var runCount: Int { schedules.count == 1 ? schedules[0].runs.count : Set(schedules.flatMap { $0.runs.map(\.key) }).count }

  var isComplete: Bool {
    !needsSearch && missingRefinements.isEmpty && missingTraces.isEmpty && schedules.allSatisfy(\.isComplete)
  }

  /// The refinement that a refined schedule comes from.
  func refinement(of schedule: String) -> PlannedRefinement? {
    refinements.keys.first { $0.schedule == schedule } ?? missingRefinements.first { $0.schedule == schedule }
  }

  @discardableResult
  private mutating func add(schedule: String, factors: String?, part: UnitPart) -> SchedulePlan {
    let plan = SchedulePlan(
      schedule: schedule, factors: factors, unit: unit, configuration: part.configuration, known: known.runs)
    schedules.append(plan)
    return plan
  }

  /// The best schedule found, at its learning rate only.
  private mutating func takeBestFound(_ part: UnitPart) {
    guard let settings = part.configuration.searchSettings else { return }
    guard let found = known.bestFound[unit.search(settings)] else {
      needsSearch = true
      return
    }
    var record = found.record
    record.problem = unit.problem.name
    var plan: SchedulePlan?
    if let digest = found.digest {
      let configuration = part.configuration.at(learningRate: record.learningRate)
      plan = add(
        schedule: record.schedule, factors: digest, part: UnitPart(configuration, chains: [], isSearched: false))
    }
    bestFound = BestFound(record: record, runs: plan?.runs ?? [], isComplete: plan?.isComplete ?? true)
  }

  /// The rounds of one refined schedule, as far as they are known.
  private mutating func refine(_ chained: Chain.Refined, prior plan: SchedulePlan, part: UnitPart) {
    var prior = plan
    let refined = chained.schedule
    let firstPrior = plan.best?.runs.first
    let smoothing = part.configuration.smoothing(of: refined)
    for round in 1...chained.rounds {
      guard prior.isComplete else { return }
      guard let run = prior.best?.runs.first else {
        let reason = "\(prior.schedule) diverged at every learning rate, so there is no prior run"
        noteImpossible(chained, rounds: round...chained.rounds, prior: prior, reason)
        return
      }
      let key = RunKey.refinement(ofRun: run.key, schedule: refined, round: round, smoothing: smoothing)
      let planned = PlannedRefinement(key: key, refined: refined, round: round, prior: run, firstPrior: firstPrior ?? run)
      guard var refinement = known.refinements[key] else {
        if !missingRefinements.contains(where: { $0.key == key }) { missingRefinements.append(planned) }
        return
      }
      refinement.record.problem = unit.problem.name
      refinements[planned] = refinement
      guard let digest = refinement.digest else {
        if let reason = refinement.record.failure, round < chained.rounds {
          noteImpossible(chained, rounds: (round + 1)...chained.rounds, prior: prior, reason)
        }
        return
      }
      prior = add(schedule: planned.schedule, factors: digest, part: part)
    }
  }

  /// Records why a refinement cannot be made, nor those of the rounds after it.
  private mutating func noteImpossible(
    _ chained: Chain.Refined, rounds: ClosedRange<Int>, prior: SchedulePlan, _ reason: String
  ) {
    impossibleRefinements += rounds.map { round in
      RefinementRecord(
        problem: unit.problem.name, optimizer: unit.optimizer.spelling,
        schedule: SweepConfiguration.spelling(of: chained.schedule, round: round), round: round, priorSchedule: prior.schedule,
        priorLearningRate: 0, priorSeed: 1, steps: 0, failure: reason)
    }
  }
}
