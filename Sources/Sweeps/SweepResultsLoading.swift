import Foundation
import Schedules
import Training

extension SweepResults {
  /// What a results folder holds of one protocol: the runs that the protocol asks for, as far as they are there.
  ///
  /// Journals of shards merge by being put in one folder; the order of files and lines does not matter. Each journal's protocol
  /// is that of its latest session.
  ///
  /// - Parameters:
  ///   - folder: The results folder.
  ///   - asked: the first digits of a protocol's key; nil where all journals are of one protocol.
  /// - Throws: `JournalError`: no journal, several protocols and none asked for, two lines that disagree.
  public static func load(folder: String, protocol asked: String? = nil) throws -> SweepResults {
    let contents = try JournalContents(folder: folder)
    let record = try chosenProtocol(asked, in: contents, folder: folder)
    return try SweepResults(contents, of: record, folder: folder)
  }

  /// The same for the protocol of a configuration: after a sweep, whatever else the folder holds.
  public static func load(folder: String, configuration: SweepConfiguration) throws -> SweepResults {
    let contents = try JournalContents(folder: folder)
    let yaml = configuration.protocolYAML
    guard let record = contents.history.last(where: { $0.line.proto?.yaml == yaml })?.line.proto else {
      throw JournalError.noSuchProtocol(folder: folder, asked: "of this configuration", descriptions: [])
    }
    return try SweepResults(contents, of: record, folder: folder)
  }

  private static func chosenProtocol(
    _ asked: String?, in contents: JournalContents, folder: String
  ) throws -> ProtocolRecord {
    var protocols: [String: ProtocolRecord] = [:]
    var current: [String: String] = [:]
    for detail in contents.history {
      if let record = detail.line.proto { protocols[detail.line.key] = record }
      if detail.line.kind == .session { current[detail.place.file] = detail.line.key }
    }
    func descriptions(_ keys: [String]) -> [String] {
      keys.map { key in
        let files = current.filter { $0.value == key }.keys.sorted()
        return "  \(key): \(files.isEmpty ? "an earlier one" : files.joined(separator: ", "))"
      }
    }
    if let asked {
      let fitting = protocols.filter { $0.key.hasPrefix(asked.lowercased()) }
      guard fitting.count == 1, let record = fitting.first?.value else {
        throw JournalError.noSuchProtocol(folder: folder, asked: asked, descriptions: descriptions(protocols.keys.sorted()))
      }
      return record
    }
    let keys = Set(current.values).sorted()
    guard let key = keys.first, let record = protocols[key] else {
      guard contents.runs.isEmpty else {
        throw JournalError.cannotRead(
          path: folder,
          reason: "there are runs, but no details*.ndjson that says what they belong to; put those files beside them, or "
            + "sweep into this folder: no run that is there is trained again")
      }
      throw JournalError.empty(folder: folder)
    }
    guard keys.count == 1 else {
      throw JournalError.severalProtocols(folder: folder, descriptions: descriptions(keys))
    }
    return record
  }

  private init(_ contents: JournalContents, of record: ProtocolRecord, folder: String) throws {
    let configuration = try SweepConfiguration(yaml: record.yaml, file: folder + " (protocol)")
    self.init(protocolYAML: record.yaml, version: record.version, configuration: configuration)
    problems = try SweepResults.problems(contents, protocol: record.key)
    for index in problems.indices { problems[index].optimum = contents.optima[RunKey.optimum(of: problems[index])] }
    let columns = Set(configuration.columns)
    for problem in problems {
      for optimizer in configuration.optimizers {
        let keys = UnitKeys(problem: problem, optimizer: optimizer, configuration: configuration)
        let plan = UnitPlan(
          unit: keys, chains: Chain.all(of: configuration), configuration: configuration, fileDigests: record.fileDigests,
          known: contents)
        let order = Dictionary(uniqueKeysWithValues: configuration.columns.enumerated().map { ($1, $0) })
        let shown = plan.schedules.filter { columns.contains($0.schedule) }
        runs += shown.sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }.flatMap(\.runs)
        refinements +=
          (plan.refinements.values.map(\.record) + plan.impossibleRefinements)
          .sorted { ($0.round, $0.schedule) < ($1.round, $1.schedule) }
        traces += plan.traces.filter { columns.contains($0.schedule) }
          .sorted { (order[$0.schedule] ?? 0) < (order[$1.schedule] ?? 0) }
      }
    }
    takeSessions(contents, protocol: record.key, folder: folder)
  }

  /// The latest of each name, by name.
  private static func problems(_ contents: JournalContents, protocol key: String) throws -> [ProblemSummary] {
    var latest: [String: [String: (summary: ProblemSummary, place: JournalContents.Place)]] = [:]
    for detail in contents.history where detail.line.key == key {
      guard let summary = detail.line.problem else { continue }
      latest[summary.name, default: [:]][detail.place.file] = (summary, detail.place)
    }
    return try latest.sorted { $0.key < $1.key }.compactMap { name, byFile in
      let sorted = byFile.sorted { $0.key < $1.key }.map(\.value)
      guard let first = sorted.first else { return nil }
      if let other = sorted.first(where: { $0.summary != first.summary }) {
        throw JournalError.disagreement(
          key: "of problem \(name) (data \(other.summary.checksum), not \(first.summary.checksum))", first: "\(other.place)",
          second: "\(first.place)")
      }
      return first.summary
    }
  }

  private mutating func takeSessions(_ contents: JournalContents, protocol key: String, folder: String) {
    var byIdentity: [String: SessionRecord] = [:]
    var latestWarnings: [String: [String]] = [:]
    for detail in contents.history where detail.line.kind == .session && detail.line.key == key {
      if let session = detail.line.session { byIdentity[detail.line.digest ?? ""] = session }
      latestWarnings[detail.place.file] = detail.line.warnings ?? []
    }
    sessions = byIdentity.sorted { ($0.value.started, $0.key) < ($1.value.started, $1.key) }.map(\.value)
    var seen: Set<String> = []
    warnings = latestWarnings.sorted { $0.key < $1.key }.flatMap(\.value).filter { seen.insert($0).inserted }
    warnings += contents.badLines.map { "\(folder)/\($0.place): warning: \($0.reason); not used" }
  }
}
