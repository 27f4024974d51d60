import Foundation
import Platform
import Schedules
import Sparse
import Training

/// Trains whatever a configuration asks for and the results folder does not hold.
///
///     let data = try SweepData(reading: configuration.data)
///     let runner = try SweepRunner(configuration: configuration, data: data, results: "results", version: "1.0")
///     let outcome = try runner.run(progress: { show($0) }, isCancelled: { interrupted })
///     let results = try SweepResults.load(folder: "results")
///
/// The results depend on the configuration and the data alone: not on the number of threads, on interruptions, on shards, on
/// the order in which runs finish.
public struct SweepRunner: Sendable {
  public let configuration: SweepConfiguration
  public let data: SweepData
  /// The results folder.
  public let results: String
  public let jobs: Int
  public let shard: Shard?
  public let version: String

  let fileDigests: [String: String]
  private let units: [SweepUnit]
  /// Problems whose optimum is this sweep's to find.
  private let optima: [SweepProblem]

  /// - Parameters:
  ///   - configuration: what to train.
  ///   - data: the problems, read.
  ///   - results: the results folder; made where there is none.
  ///   - jobs: threads, at least 1.
  ///   - shard: the part to train; nil for all.
  ///   - version: of the program, for the report.
  /// - Throws: `SettingError`, or what a schedule says that cannot be made.
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
    fileDigests = try SweepRunner.fileDigests(of: configuration.schedules + [configuration.priorSchedule])
    (units, optima) = SweepRunner.work(of: configuration, data: data, shard: shard)
  }

  /// Digests of what schedules read from files, so that a file that changes makes other runs.
  private static func fileDigests(of schedules: [String]) throws -> [String: String] {
    var digests: [String: String] = [:]
    for text in schedules where text.contains("file=") || text.contains("norms=") {
      digests[text] = RunKey.digest(of: try Schedule(parsing: text).factors(steps: 65_537))
    }
    return digests
  }

  /// Everything there is to do, or a shard's part of it: chains and optima are dealt out by estimated cost.
  private static func work(
    of configuration: SweepConfiguration, data: SweepData, shard: Shard?
  ) -> (units: [SweepUnit], optima: [SweepProblem]) {
    let chains = Chain.all(of: configuration)
    var units: [SweepUnit] = []
    for problem in data.problems {
      for optimizer in configuration.optimizers {
        units.append(SweepUnit(problem: problem, optimizer: optimizer, configuration: configuration, chains: chains))
      }
    }
    guard let shard else { return (units, data.problems.filter(hasFindableOptimum)) }
    let costs = SweepRunner.costs(of: units, chains: chains, configuration: configuration)
    let assigned = Shard.assignments(of: costs + data.problems.map(optimumCost), count: shard.count)
    let parts = units.enumerated().compactMap { index, unit -> SweepUnit? in
      let own = chains.indices.filter { assigned[index * chains.count + $0] == shard.index }.map { chains[$0] }
      guard !own.isEmpty, let problem = data.problems.first(where: { $0.summary == unit.keys.problem }) else { return nil }
      return SweepUnit(problem: problem, optimizer: unit.keys.optimizer, configuration: configuration, chains: own)
    }
    let optima = data.problems.indices.filter { assigned[costs.count + $0] == shard.index }.map { data.problems[$0] }
      .filter(hasFindableOptimum)
    return (parts, optima)
  }

  /// Estimated seconds of each chain of each unit, chains innermost.
  static func costs(of units: [SweepUnit], chains: [Chain], configuration: SweepConfiguration) -> [Double] {
    let rates = configuration.maximumExponent - configuration.minimumExponent + 1
    return units.flatMap { unit in
      chains.map { chain in
        // A prior is trained once more for its norms, alone among its lanes.
        let runs = chain.scheduleCount(rounds: configuration.rounds) * configuration.seeds * rates
        return unit.cost * Double(runs + unit.lanes * (1 + chain.refined.count))
      }
    }
  }

  /// Whether the optimum can be found in reasonable time: the second-order method does not reach problems with more weights,
  /// and the first-order one would outlast the sweep.
  static func hasFindableOptimum(_ problem: SweepProblem) -> Bool {
    (problem.summary.features + 1) * problem.summary.classes <= 50_000
  }

  /// Seconds, roughly: some tens of Newton steps.
  static func optimumCost(of problem: SweepProblem) -> Double {
    let summary = problem.summary
    return Double(summary.nonzeros + summary.rows) * Double(summary.classes) * 2e-7
  }

  /// What a sweep would train.
  ///
  /// - Throws: `JournalError`.
  public func plan() throws -> SweepPlanSummary {
    let known = try JournalContents(folder: results)
    let parts = units.map { unit in
      let plan = UnitPlan(
        unit: unit.keys, chains: unit.chains, configuration: configuration, fileDigests: fileDigests, known: known)
      let done = plan.schedules.map(\.runs.count).reduce(0, +)
      let runs = max(unit.leastRunCount, done + plan.schedules.map(\.missing.count).reduce(0, +))
      let isComplete = plan.isComplete
      return SweepPlanSummary.Part(
        problem: unit.keys.problem.name, optimizer: unit.keys.optimizer.spelling,
        schedules: unit.chains.map { $0.scheduleCount(rounds: configuration.rounds) }.reduce(0, +),
        runs: isComplete ? done : runs, runsDone: done, estimatedSeconds: isComplete ? 0 : Double(runs - done) * unit.cost)
    }
    return SweepPlanSummary(
      parts: parts, shard: shard?.description, failures: data.failures, warnings: data.warnings)
  }

  /// Trains what is missing. A batch of runs is on the disk before it is shown as done.
  ///
  /// - Parameters:
  ///   - progress: called on this thread, a few times a second.
  ///   - isCancelled: asked by every thread, at least ten times a second. The batches in work are then dropped; those that
  ///     have finished are on the disk.
  /// - Throws: `JournalError`, or what a schedule says that cannot be made.
  public func run(
    progress: (SweepProgress) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> SweepOutcome {
    let start = Date()
    let (journal, contents) = try Journal.open(folder: results, shard: shard)
    let record = ProtocolRecord(yaml: configuration.protocolYAML, version: version, fileDigests: fileDigests)
    var session = SessionLines(runner: self, record: record, started: start)
    session.warnings = data.failures + data.warnings
    try journal.append(details: session.opening(after: contents.history.map(\.line)))
    let execution = SweepExecution(
      units: units, optima: optima, configuration: configuration, fileDigests: fileDigests, journal: journal,
      known: contents, isCancelled: isCancelled)
    do {
      try execution.run(jobs: jobs, progress: progress)
    } catch {
      // The reason is the other error; this line is only for the closing section.
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

/// What a sweep writes of itself: protocol, problems, where and when.
private struct SessionLines {
  let runner: SweepRunner
  let record: ProtocolRecord
  let started: Date
  var warnings: [String] = []
  private let identity: String

  init(runner: SweepRunner, record: ProtocolRecord, started: Date) {
    self.runner = runner
    self.record = record
    self.started = started
    identity = SHA256.digest("\(started.timeIntervalSince1970) \(UInt64.random(in: 0...UInt64.max))", bytes: 8)
  }

  /// The protocol and the problems, where the folder does not have them yet, and the session.
  func opening(after history: [DetailLine]) -> [DetailLine] {
    var lines: [DetailLine] = []
    if !history.contains(where: { $0.kind == .protocol && $0.key == record.key }) {
      var line = DetailLine(kind: .protocol, key: record.key)
      line.proto = record
      lines.append(line)
    }
    for problem in runner.data.problems.map(\.summary) {
      let last = history.last { $0.kind == .problem && $0.key == record.key && $0.problem?.name == problem.name }
      guard last?.problem != problem else { continue }
      var line = DetailLine(kind: .problem, key: record.key)
      line.problem = problem
      lines.append(line)
    }
    return lines + [session(seconds: 0, runs: 0)]
  }

  func closing(runs: Int) -> DetailLine {
    session(seconds: Date().timeIntervalSince(started), runs: runs)
  }

  private func session(seconds: Double, runs: Int) -> DetailLine {
    var line = DetailLine(kind: .session, key: record.key)
    line.digest = identity
    line.warnings = warnings
    line.session = SessionRecord(
      started: ISO8601DateFormatter().string(from: started), seconds: seconds, machine: machineDescription(),
      threads: runner.jobs, shard: runner.shard?.description, runs: runs,
      path: runner.configuration.data.joined(separator: ", "))
    return line
  }
}

/// The processor and the system, as "AMD EPYC 7B13, 2 cores, Ubuntu 24.04".
private func machineDescription() -> String {
  let process = ProcessInfo.processInfo
  let information = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
  let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
  let name = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
  return "\(name), \(counted(availableCoreCount, "core")), \(process.operatingSystemVersionString)"
}
