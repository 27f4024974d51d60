import Foundation
import Schedules

/// A plan of a results folder, with its configuration parsed.
struct Plan {
  let key: String
  let record: PlanRecord
  let configuration: SweepConfiguration
  /// The keys of its session lines: its own, those of plans that are the same but for titles, or those of the plans that it
  /// unites.
  private(set) var sessionKeys: Set<String>
  /// When its latest session began, formatted for users.
  let started: String

  init(_ record: PlanRecord, key: String, sessionKeys: Set<String>, started: String, folder: String) throws {
    self.record = record
    self.key = key
    self.sessionKeys = sessionKeys
    self.started = started
    configuration = try SweepConfiguration(recorded: record.yaml, file: folder + " (protocol)")
  }

  /// Counts the sessions of a plan that is the same.
  mutating func take(_ other: Plan) { sessionKeys.formUnion(other.sessionKeys) }

  /// Whether both ask for the same, whatever the titles and the version of the text.
  func isSame(as other: Plan) -> Bool {
    configuration.withoutTitles == other.configuration.withoutTitles && record.problems == other.record.problems
      && record.factors == other.record.factors && record.fileDigests == other.record.fileDigests
  }
}

extension SweepConfiguration {
  /// Adds the columns, optimizers and methods that only `other` has.
  fileprivate mutating func unite(with other: SweepConfiguration) {
    columns += other.columns.filter { column in
      !columns.contains { $0.schedules == column.schedules || $0.name != nil && $0.name == column.name }
    }
    optimizerEntries += other.optimizerEntries.filter { entry in
      !optimizerEntries.contains { $0.optimizer == entry.optimizer || $0.title == entry.title }
    }
    methods += other.methods.filter { method in !methods.contains { $0.name == method.name } }
  }

  fileprivate var withoutTitles: SweepConfiguration {
    var plain = self
    plain.name = nil
    for index in plain.columns.indices { plain.columns[index].name = nil }
    for index in plain.optimizerEntries.indices { plain.optimizerEntries[index].name = nil }
    return plain
  }
}

/// The plans of a results folder: what its sessions set out to train.
///
/// The report shows the newest plan. Runs are found by key: a run of the plan is shown whichever journal holds it, and a run
/// outside the plan is not shown.
struct PlanHistory {
  let folder: String
  /// By latest session, newest first.
  let plans: [Plan]

  /// - Throws: `ConfigurationError` where this program cannot read the newest plan's protocol.
  init(_ contents: JournalContents, folder: String) throws {
    self.folder = folder
    let sessions = SessionTimes(contents.history)
    var records: [String: PlanRecord] = [:]
    for detail in contents.history {
      if case .plan(let record) = detail.line.content { records[detail.line.key] = record }
    }
    for (key, record) in PlanHistory.inferred(contents.history, sessions) where records[key] == nil {
      // A sweep that continues such a journal records the same plan again.
      let isRecorded = records.values.contains { $0.yaml == record.yaml && $0.problems == record.problems }
      if !isRecorded || !(record.fileDigests ?? [:]).isEmpty { records[key] = record }
    }
    let sorted = records.compactMap { key, record in sessions.latest[key].map { (key, record, $0) } }
      .sorted { $1.2.order < $0.2.order }
    var plans: [Plan] = []
    for (position, part) in sorted.enumerated() {
      let read = Result { try Plan(part.1, key: part.0, sessionKeys: [part.0], started: part.2.started, folder: folder) }
      // An earlier plan that this version cannot read must not block the current one.
      guard let plan = position == 0 ? try read.get() : try? read.get() else { continue }
      if let same = plans.firstIndex(where: { $0.isSame(as: plan) }) {
        plans[same].take(plan)
      } else {
        plans.append(plan)
      }
    }
    self.plans = plans
  }

  /// The plans of journals from before plans were recorded: for each protocol, the latest data under each name.
  private static func inferred(_ history: [JournalContents.Detail], _ sessions: SessionTimes) -> [String: PlanRecord] {
    var records: [String: PlanRecord] = [:]
    var problems: [String: [String: (summary: ProblemSummary, order: SessionTimes.Order)]] = [:]
    for (index, detail) in history.enumerated() {
      if case .protocol(let proto) = detail.line.content {
        records[detail.line.key] = PlanRecord(
          yaml: proto.yaml, version: proto.version, problems: [], fileDigests: proto.fileDigests)
      }
      guard case .problem(let summary) = detail.line.content else { continue }
      // The session that found the problem comes after it.
      let session = history[index...].first { $0.place.file == detail.place.file && $0.line.session != nil }
      let order = session.flatMap { sessions.order[$0.place] } ?? SessionTimes.Order(time: 0, place: detail.place)
      let known = problems[detail.line.key]?[summary.name]
      if known.map({ $0.order < order }) ?? true { problems[detail.line.key, default: [:]][summary.name] = (summary, order) }
    }
    for key in records.keys {
      records[key]?.problems = (problems[key] ?? [:]).values.map(\.summary).sorted { $0.name < $1.name }
    }
    return records
  }

  /// The plan to show: the newest, or the one that `--protocol` asks for.
  ///
  /// - Parameter asked: the first digits of plan keys, separated by commas; nil for the newest.
  /// - Throws: `JournalError.noSuchPlan`, or `.plansDiffer` for plans that cannot be united.
  func chosen(_ asked: String?) throws -> Plan? {
    guard let asked else { return plans.first }
    var chosen: [Plan] = []
    for part in asked.split(separator: ",", omittingEmptySubsequences: false) {
      let digits = part.trimmingCharacters(in: .whitespaces).lowercased()
      let fitting = plans.filter { $0.key.hasPrefix(digits) }
      guard fitting.count == 1, !digits.isEmpty else {
        throw JournalError.noSuchPlan(folder: folder, asked: String(part), isAmbiguous: fitting.count > 1, plans: descriptions)
      }
      if !chosen.contains(where: { $0.key == fitting[0].key }) { chosen.append(fitting[0]) }
    }
    return try united(plans.filter { plan in chosen.contains { $0.key == plan.key } })
  }

  /// One plan that unites several, given newest first.
  private func united(_ parts: [Plan]) throws -> Plan? {
    guard let newest = parts.first, parts.count > 1 else { return parts.first }
    var record = newest.record
    var configuration = newest.configuration
    for part in parts.dropFirst() {
      let difference = PlanDifference(of: part, from: newest)
      let obstacles = difference.settings + difference.changes
      guard obstacles.isEmpty else {
        throw JournalError.plansDiffer(folder: folder, first: newest.key, second: part.key, differences: obstacles)
      }
      // The same data under two names are one dataset, under the newer name.
      record.problems += part.record.problems.filter { problem in
        !record.problems.contains { $0.name == problem.name || $0.hasSameData(as: problem) }
      }
      configuration.unite(with: part.configuration)
      record.factors.merge(part.record.factors)
      record.fileDigests = record.fileDigests?.merging(part.record.fileDigests ?? [:]) { own, _ in own }
    }
    record.problems.sort { $0.name < $1.name }
    record.yaml = configuration.protocolYAML
    return try Plan(
      record, key: parts.map(\.key).joined(separator: ","),
      sessionKeys: parts.map(\.sessionKeys).reduce(into: []) { $0.formUnion($1) }, started: newest.started,
      folder: folder)
  }

  // MARK: Words

  /// One line per plan: its key, and how it differs from the newest.
  var descriptions: [String] { plans.map { "  \($0.key)  \(description(of: $0))" } }

  private func description(of plan: Plan) -> String {
    guard let newest = plans.first else { return "" }
    if plan.key == newest.key {
      let configuration = plan.configuration
      return "the newest (\(plan.started)): \(counted(plan.record.problems.count, "problem")), "
        + "\(counted(configuration.schedules.count, "schedule")), "
        + configuration.optimizers.map(\.spelling).joined(separator: ", ")
        + (configuration.methods.isEmpty ? "" : ", \(counted(configuration.methods.count, "method"))")
        + (configuration.axes.isEmpty ? "" : ", \(counted(configuration.conditions.count, "condition"))")
    }
    let phrases = PlanDifference(of: plan, from: newest).phrases
    return (phrases.isEmpty ? "recorded by another version" : phrases.joined(separator: "; ")) + " (\(plan.started))"
  }

  /// The folder's plans other than `shown`, one line each.
  func others(than shown: Plan) -> [String] {
    plans.filter { !shown.sessionKeys.contains($0.key) }.map { "\($0.key): \(description(of: $0))" }
  }

  /// A sentence about plans that hold more than the one shown, with the option that shows them; nil if there are none.
  ///
  /// - Parameter hasRuns: whether any run was trained of a plan that differs.
  func more(than shown: Plan, where hasRuns: (Plan) -> Bool) -> String? {
    var told: Set<String> = []
    var parts: [String] = []
    for plan in plans where !shown.sessionKeys.contains(plan.key) {
      let difference = PlanDifference(of: plan, from: shown)
      let new = difference.more.filter { !told.contains($0) }
      guard !new.isEmpty, hasRuns(plan) else { continue }
      told.formUnion(new)
      let isUnitable = difference.settings.isEmpty && difference.changes.isEmpty
      let option = isUnitable ? "\(shown.key),\(plan.key)" : plan.key
      parts.append("\(new.joined(separator: ", ")): `--protocol \(option)`")
    }
    return parts.isEmpty ? nil : "Other plans of this results folder hold more (\(parts.joined(separator: "; ")))."
  }
}

/// When the sessions of a results folder began.
private struct SessionTimes {
  struct Order: Comparable {
    /// Seconds since 1970.
    let time: Double
    let place: JournalContents.Place

    static func < (a: Order, b: Order) -> Bool {
      (a.time, a.place.file, a.place.line) < (b.time, b.place.file, b.place.line)
    }
  }

  /// For every session line, the order of its session.
  private(set) var order: [JournalContents.Place: Order] = [:]
  /// By the plan key of the session.
  private(set) var latest: [String: (order: Order, started: String)] = [:]

  init(_ history: [JournalContents.Detail]) {
    // Lines of one file are in order, whatever the clock said.
    var latestInFile: [String: Double] = [:]
    var bySession: [String: Order] = [:]
    let formatter = ISO8601DateFormatter()
    for detail in history {
      guard let session = detail.line.session else { continue }
      let identity = session.identity ?? "\(detail.place)"
      let known = bySession[identity]
      let time = session.time ?? formatter.date(from: session.record.started)?.timeIntervalSince1970 ?? 0
      let own = known ?? Order(time: max(time, latestInFile[detail.place.file] ?? 0), place: detail.place)
      latestInFile[detail.place.file] = own.time
      bySession[identity] = own
      order[detail.place] = own
      if latest[detail.line.key].map({ $0.order < own }) ?? true {
        latest[detail.line.key] = (own, session.record.started)
      }
    }
  }
}
