import Foundation
import Platform
import Schedules
import Sparse
import Training

/// Trains everything that a configuration asks for and the results folder lacks.
///
///     let data = try SweepData(reading: configuration.data)
///     let runner = try SweepRunner(configuration: configuration, data: data, results: "results", version: "1.0")
///     let outcome = try runner.run(progress: { show($0) }, isCancelled: { interrupted })
///     let results = try SweepResults.load(folder: "results")
///
/// The results depend only on the configuration and the data: not on the number of threads, on interruptions, on shards or on
/// the order in which runs finish.
public struct SweepRunner: Sendable {
  public let configuration: SweepConfiguration
  public let data: SweepData
  /// The results folder.
  public let results: String
  public let jobs: Int
  public let shard: Shard?
  public let version: String

  /// What the whole sweep trains, over all shards.
  let planRecord: PlanRecord
  private let units: [SweepUnit]
  /// The optima that this sweep has to find.
  private let searches: [SmallestLossSearch]

  /// - Parameters:
  ///   - configuration: what to train.
  ///   - data: the problems, already read.
  ///   - results: the results folder; created if it does not exist.
  ///   - jobs: threads, at least 1.
  ///   - shard: the part to train; nil for all.
  ///   - version: the program's version, for the report.
  /// - Throws: `SettingError`, or the error of a schedule that cannot be built.
  public init(
    configuration: SweepConfiguration, data: SweepData, results: String,
    jobs: Int = availableCoreCount, shard: Shard? = nil, version: String
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.data = data
    self.results = results
    self.jobs = max(jobs, 1)
    self.shard = shard
    self.version = version
    let problems = data.problems.map(\.summary)
    let factors = try FactorDigests(of: configuration, problems: problems)
    planRecord = PlanRecord(yaml: configuration.protocolYAML, version: version, problems: problems, factors: factors)
    (units, searches) = SweepRunner.work(of: configuration, data: data, factors: factors, shard: shard)
  }

  /// All of the work, or a shard's part of it: chains and optima are distributed by estimated cost.
  private static func work(
    of configuration: SweepConfiguration, data: SweepData, factors: FactorDigests, shard: Shard?
  ) -> (units: [SweepUnit], searches: [SmallestLossSearch]) {
    var units: [SweepUnit] = []
    var own: [(problem: SweepProblem, configuration: SweepConfiguration)] = []
    for configuration in configuration.conditions.map(configuration.at) {
      for problem in data.problems {
        for optimizer in configuration.allOptimizers {
          units.append(
            SweepUnit(
              problem: problem, optimizer: optimizer, configuration: configuration,
              parts: UnitPart.all(of: configuration, optimizer: optimizer), factors: factors))
          own.append((problem, configuration))
        }
      }
    }
    let searches = configuration.l2Axis.flatMap { l2 in data.problems.map { SmallestLossSearch($0, l2: l2) } }
    guard let shard else { return (units, searches.filter(\.cost.isAffordable)) }
    let costs = units.map(SweepRunner.costs)
    let assigned = Shard.assignments(of: costs.flatMap { $0 } + searches.map(\.seconds), count: shard.count)
    var rest = assigned[...]
    let shares = zip(units, own).compactMap { unit, own -> SweepUnit? in
      let parts = unit.parts.compactMap { part -> UnitPart? in
        let chains = part.chains.filter { _ in rest.popFirst() == shard.index }
        let isSearched = part.isSearched && rest.popFirst() == shard.index
        return chains.isEmpty && !isSearched ? nil : UnitPart(part.configuration, chains: chains, isSearched: isSearched)
      }
      return parts.isEmpty
        ? nil
        : SweepUnit(
          problem: own.problem, optimizer: unit.keys.optimizer, configuration: own.configuration, parts: parts, factors: factors
        )
    }
    return (shares, zip(searches, rest).filter { $1 == shard.index }.map(\.0).filter(\.cost.isAffordable))
  }

  /// Estimated seconds for each chain of each part of a unit, and after its chains for its search; these vary fastest.
  static func costs(of unit: SweepUnit) -> [Double] {
    unit.parts.flatMap { part in
      part.chains.map { chain in
        // A prior is trained once more for its norms, as the only run in its lanes.
        let runs = UnitPart(part.configuration, chains: [chain], isSearched: false).leastRunCount
        return unit.cost * Double(runs + unit.lanes * (1 + chain.refined.count))
      } + (part.isSearched ? [unit.searchCost + unit.cost * Double(part.configuration.seeds)] : [])
    }
  }

  /// What a sweep would train.
  ///
  /// - Throws: `JournalError`.
  public func plan() throws -> SweepPlanSummary {
    let known = try JournalContents(folder: results)
    let parts = units.map { unit in
      let plan = unit.plan(known)
      let done = plan.runCount
      let runs = max(unit.leastRunCount, done + plan.missingRuns.count)
      let isComplete = plan.isComplete
      return SweepPlanSummary.Part(
        problem: unit.keys.problem.name, optimizer: unit.keys.optimizer.spelling,
        condition: unit.condition.description(on: configuration.axes),
        schedules: unit.parts.flatMap(\.chains).map(\.scheduleCount).reduce(0, +),
        runs: isComplete ? done : runs, runsDone: done, estimatedSeconds: isComplete ? 0 : Double(runs - done) * unit.cost)
    }
    let bestSchedules = units.filter { $0.searchCost > 0 }.map { unit in
      let isDone = !unit.plan(known).needsSearch
      return SweepPlanSummary.BestSchedule(
        problem: unit.keys.problem.name, optimizer: unit.keys.optimizer.spelling,
        condition: unit.condition.description(on: configuration.axes), isDone: isDone,
        estimatedSeconds: isDone ? 0 : unit.searchCost)
    }
    let smallestLosses = searches.map { search in
      let isDone = !search.isMissing(in: known)
      return SweepPlanSummary.SmallestLoss(
        problem: search.problem.summary.name, l2: search.l2, isDone: isDone, estimatedSeconds: isDone ? 0 : search.seconds)
    }
    return SweepPlanSummary(
      parts: parts, bestSchedules: bestSchedules, smallestLosses: smallestLosses, shard: shard?.description,
      failures: data.failures, warnings: data.warnings)
  }

  /// Trains what is missing. A batch of runs is on disk before it is reported as done.
  ///
  /// - Parameters:
  ///   - progress: called on this thread, a few times per second.
  ///   - isCancelled: called by every thread, at least ten times per second. On cancellation, unfinished batches are dropped;
  ///     finished ones are on disk.
  /// - Throws: `JournalError`, or the error of a schedule that cannot be built.
  public func run(
    progress: (SweepProgress) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> SweepOutcome {
    let start = Date()
    let (journal, contents) = try Journal.open(folder: results, shard: shard)
    var session = SessionLines(runner: self, plan: planRecord, started: start)
    session.warnings = data.failures + data.warnings
    try journal.append(details: session.opening(after: contents.history, file: journal.detailsFile))
    let execution = SweepExecution(
      units: units, searches: searches, configuration: configuration, journal: journal, known: contents,
      isCancelled: isCancelled)
    do {
      try execution.run(jobs: jobs, progress: progress)
    } catch {
      // The other error is the cause; this line is only for the closing section.
      try? journal.append(details: [session.closing(runs: journal.durableRunCount)])
      throw error
    }
    session.warnings += execution.warnings
    try journal.append(details: [session.closing(runs: journal.durableRunCount)])
    return SweepOutcome(
      runsTrained: journal.durableRunCount, runsReused: execution.reusedRunCount, seconds: Date().timeIntervalSince(start),
      wasCancelled: execution.wasCancelled, failures: data.failures,
      warnings: data.warnings + journal.warnings + execution.warnings)
  }
}
