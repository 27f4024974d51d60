import Foundation
import Schedules
import Training

extension SweepResults {
  /// The contents of a results folder for its newest plan, or for another one: the runs that the plan asks for, as far as
  /// they exist.
  ///
  /// To merge the journals of shards, put them in one folder; the order of files and lines does not matter.
  ///
  /// - Parameters:
  ///   - folder: The results folder.
  ///   - asked: the first digits of a plan's key or, to unite several plans, of their keys, separated by commas; nil for the
  ///     newest.
  /// - Throws: `JournalError`: no journal, no such plan, plans that cannot be united, two lines that disagree.
  public static func load(folder: String, protocol asked: String? = nil) throws -> SweepResults {
    let contents = try JournalContents(folder: folder)
    let history = try PlanHistory(contents, folder: folder)
    guard !history.plans.isEmpty else { throw missingPlan(contents, folder: folder) }
    guard let plan = try history.chosen(asked) else { throw JournalError.empty(folder: folder) }
    return SweepResults(contents, of: plan, among: history, folder: folder)
  }

  /// The plans of a results folder, newest first: one line each, with the key and how the plan differs from the newest.
  ///
  /// - Throws: `JournalError` as `load` does.
  public static func plans(folder: String) throws -> [String] {
    let contents = try JournalContents(folder: folder)
    let history = try PlanHistory(contents, folder: folder)
    guard !history.plans.isEmpty else { throw missingPlan(contents, folder: folder) }
    return history.descriptions
  }

  private static func missingPlan(_ contents: JournalContents, folder: String) -> JournalError {
    guard !contents.runs.isEmpty else { return .empty(folder: folder) }
    return .cannotRead(
      path: folder,
      reason: "there are runs, but no details*.ndjson that says what they belong to; put those files beside them, or "
        + "sweep into this folder: no run that is there is trained again")
  }

  private init(_ contents: JournalContents, of plan: Plan, among history: PlanHistory, folder: String) {
    let (record, configuration) = (plan.record, plan.configuration)
    self.init(protocolYAML: record.yaml, version: record.version, configuration: configuration)
    planKey = plan.key
    problems = record.problems
    for index in problems.indices { problems[index].optimum = contents.optima[RunKey.optimum(of: problems[index])] }
    let columns = configuration.columns
    let order = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    for problem in problems {
      for optimizer in configuration.optimizers {
        let keys = UnitKeys(
          problem: problem, optimizer: optimizer, configuration: configuration, factors: record.factors,
          fileDigests: record.fileDigests ?? [:])
        let unit = UnitPlan(
          unit: keys, chains: Chain.all(of: configuration), configuration: configuration, known: contents)
        let shown = unit.schedules.filter { order[$0.schedule] != nil }
        runs += shown.sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }.flatMap(\.runs)
        incomplete += columns.compactMap(unit.incompleteness)
        refinements +=
          (unit.refinements.values.map(\.record) + unit.impossibleRefinements)
          .sorted { ($0.round, $0.schedule) < ($1.round, $1.schedule) }
        traces += unit.traces.filter { order[$0.schedule] != nil }
          .sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }
      }
    }
    takeSessions(contents, of: plan, among: history, folder: folder)
    otherPlans = history.others(than: plan)
    morePlans = history.more(than: plan) { other in contents.hasRuns(of: other, besides: plan) }
  }

  private mutating func takeSessions(
    _ contents: JournalContents, of plan: Plan, among history: PlanHistory, folder: String
  ) {
    // Runs of this plan may come from sessions of plans that name other data, schedules or seeds.
    let related = history.plans.filter { other in
      let (a, b) = (plan.configuration, other.configuration)
      return (a.epochs, a.batchSize, a.keepsLastBatch) == (b.epochs, b.batchSize, b.keepsLastBatch)
    }
    let keys = plan.sessionKeys.union(related.map(\.key)).union(contents.protocolKeys(of: related.map(\.record.yaml)))
    var byIdentity: [String: SessionRecord] = [:]
    var latestWarnings: [String: [String]] = [:]
    for detail in contents.history where keys.contains(detail.line.key) {
      guard let session = detail.line.session else { continue }
      byIdentity[session.identity ?? ""] = session.record
      if plan.sessionKeys.contains(detail.line.key) { latestWarnings[detail.place.file] = session.warnings }
    }
    sessions = byIdentity.sorted { ($0.value.started, $0.key) < ($1.value.started, $1.key) }.map(\.value)
    var seen: Set<String> = []
    warnings = latestWarnings.sorted { $0.key < $1.key }.flatMap(\.value).filter { seen.insert($0).inserted }
    warnings += contents.badLines.map { "\(folder)/\($0.place): warning: \($0.reason); not used" }
  }
}

extension JournalContents {
  /// Whether a plan has runs that another plan does not name: of a dataset, schedule or optimizer, or of a further seed.
  fileprivate func hasRuns(of plan: Plan, besides other: Plan) -> Bool {
    let problems = Set(plan.record.problems.map(\.name))
    let columns = Set(plan.configuration.columns)
    let optimizers = Set(plan.configuration.optimizers.map(\.spelling))
    let known = (
      problems: Set(other.record.problems.map(\.name)), columns: Set(other.configuration.columns),
      optimizers: Set(other.configuration.optimizers.map(\.spelling))
    )
    let needsMoreThanNames =
      problems.isSubset(of: known.problems) && columns.isSubset(of: known.columns) && optimizers.isSubset(of: known.optimizers)
    return runs.values.contains { run in
      guard problems.contains(run.problem), columns.contains(run.schedule), optimizers.contains(run.optimizer) else {
        return false
      }
      return needsMoreThanNames || !known.problems.contains(run.problem) || !known.columns.contains(run.schedule)
        || !known.optimizers.contains(run.optimizer)
    }
  }

  /// The keys of protocols in journals from before plans were recorded.
  fileprivate func protocolKeys(of texts: [String]) -> [String] {
    history.compactMap { detail in
      if case .protocol(let record) = detail.line.content, texts.contains(record.yaml) { detail.line.key } else { nil }
    }
  }
}
