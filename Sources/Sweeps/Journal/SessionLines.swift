import Foundation
import Platform
import Schedules
import Sparse

/// What a sweep writes of itself: what it set out to train, where and when.
struct SessionLines {
  let runner: SweepRunner
  let plan: PlanRecord
  let started: Date
  var warnings: [String] = []
  private let identity: String

  init(runner: SweepRunner, plan: PlanRecord, started: Date) {
    self.runner = runner
    self.plan = plan
    self.started = started
    identity = SHA256.digest("\(started.timeIntervalSince1970) \(UInt64.random(in: 0...UInt64.max))", bytes: 8)
  }

  /// The plan, where the journal's own file does not have it yet, and the session.
  func opening(after history: [JournalContents.Detail], file: String) -> [DetailLine] {
    let isRecorded = history.contains {
      $0.line.kind == .plan && $0.line.key == plan.key && $0.place.file == file
    }
    guard !isRecorded else { return [session(seconds: 0, runs: 0)] }
    var line = DetailLine(kind: .plan, key: plan.key)
    line.plan = plan
    return [line, session(seconds: 0, runs: 0)]
  }

  func closing(runs: Int) -> DetailLine {
    session(seconds: Date().timeIntervalSince(started), runs: runs)
  }

  private func session(seconds: Double, runs: Int) -> DetailLine {
    var line = DetailLine(kind: .session, key: plan.key)
    line.digest = identity
    line.time = started.timeIntervalSince1970
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
