import Foundation
import Schedules
import Training

extension StudyResults {
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
  public static func load(folder: String, protocol asked: String? = nil) throws -> StudyResults {
    let contents = try JournalContents(folder: folder)
    let history = try PlanHistory(contents, folder: folder)
    guard !history.plans.isEmpty else { throw missingPlan(contents, folder: folder) }
    guard let plan = try history.chosen(asked) else { throw JournalError.empty(folder: folder) }
    return StudyResults(
      configuration: plan.configuration,
      conditions: plan.configuration.conditions.map { condition in
        let results = SweepResults(contents, of: plan, at: condition, among: history, folder: folder)
        return ConditionResults(condition: condition, results: results)
      })
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
}

extension SweepResults {
  /// The first condition of `StudyResults.load`: the only one where no setting is a list.
  public static func load(folder: String, protocol asked: String? = nil) throws -> SweepResults {
    try StudyResults.load(folder: folder, protocol: asked).first
  }

  /// As `StudyResults.plans`.
  public static func plans(folder: String) throws -> [String] { try StudyResults.plans(folder: folder) }

  fileprivate init(
    _ contents: JournalContents, of plan: Plan, at condition: Condition, among history: PlanHistory, folder: String
  ) {
    let record = plan.record
    let configuration = plan.configuration.at(condition)
    let yaml = plan.configuration.axes.isEmpty ? record.yaml : configuration.protocolYAML
    self.init(protocolYAML: yaml, version: record.version, configuration: configuration)
    planKey = plan.key
    problems = record.problems
    for index in problems.indices {
      problems[index].optimum = contents.optima[RunKey.optimum(of: problems[index], l2: condition.l2)]
    }
    let spellings = configuration.spellings
    let order = Dictionary(uniqueKeysWithValues: spellings.enumerated().map { ($1, $0) })
    methods = configuration.comparedMethods.map { MethodResults(method: $0) }
    let own = configuration.comparedMethods.count - configuration.methods.count
    for problem in problems {
      let units = Dictionary(
        uniqueKeysWithValues: configuration.allOptimizers.map { optimizer in
          let keys = UnitKeys(
            problem: problem, optimizer: optimizer, configuration: configuration, factors: record.factors,
            fileDigests: record.fileDigests ?? [:])
          return (optimizer, keys)
        })
      for (position, optimizer) in configuration.optimizers.enumerated() {
        guard let keys = units[optimizer] else { continue }
        let unit = UnitPlan(unit: keys, parts: [UnitPart(configuration)], known: contents)
        let shown = unit.schedules.filter { order[$0.schedule] != nil }
        runs += shown.sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }.flatMap(\.runs)
        incomplete += spellings.compactMap(unit.incompleteness)
        refinements +=
          (unit.refinements.values.map(\.record) + unit.impossibleRefinements)
          .sorted { ($0.round, $0.schedule) < ($1.round, $1.schedule) }
        traces += unit.traces.filter { order[$0.schedule] != nil }
          .sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }
        if let found = unit.bestFound { bestFound.append(found) }
        if position < own { methods[position].take(unit, of: problem.name, in: configuration) }
      }
      for (position, method) in configuration.methods.enumerated() {
        guard let keys = units[method.optimizer] else { continue }
        let alone = configuration.alone(method)
        let unit = UnitPlan(unit: keys, parts: [UnitPart(alone)], known: contents)
        methods[own + position].take(unit, of: problem.name, in: alone)
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
      return a.keepsLastBatch == b.keepsLastBatch && a.conditions.contains(where: b.conditions.contains)
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
    let columns = Set(plan.configuration.spellings)
    let optimizers = Set(plan.configuration.allOptimizers.map(\.spelling))
    let known = (
      problems: Set(other.record.problems.map(\.name)), columns: Set(other.configuration.spellings),
      optimizers: Set(other.configuration.allOptimizers.map(\.spelling))
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

extension MethodResults {
  /// Takes the results of one problem.
  ///
  /// - Parameter configuration: what the unit has been planned for.
  fileprivate mutating func take(_ unit: UnitPlan, of problem: String, in configuration: SweepConfiguration) {
    let schedules = Set(method.column.schedules.map(configuration.recordSpelling))
    runs += unit.schedules.filter { schedules.contains($0.schedule) }.flatMap(\.runs)
    incomplete += schedules.sorted().compactMap(unit.incompleteness)
    let chains = Chain.all(of: configuration.alone(method))
    let tuned = Set(
      chains.flatMap { chain in
        [chain.schedule]
          + chain.refined.flatMap { refined in
            (1...refined.rounds).map { SweepConfiguration.spelling(of: refined.schedule, round: $0) }
          }
      })
    tuningRuns[problem] = unit.schedules.filter { tuned.contains($0.schedule) }.map(\.runs.count).reduce(0, +)
    let records = unit.refinements.values.map(\.record) + unit.impossibleRefinements
    let failed = records.filter { schedules.contains($0.schedule) && $0.failure != nil }
    refinementFailures[problem] = failed.min { $0.schedule < $1.schedule }?.failure
  }
}
