import Foundation
import Platform
import Schedules
import Sparse

/// What a sweep records about itself: what it set out to train, where and when.
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

  /// The plan, if the journal's own file does not have it yet, and the session.
  func opening(after history: [JournalContents.Detail], file: String) -> [DetailLine] {
    let line = DetailLine(key: plan.key, content: .plan(plan))
    let isRecorded = history.contains { $0.line.key == plan.key && $0.line.isPlan && $0.place.file == file }
    return (isRecorded ? [] : [line]) + [session(seconds: 0, runs: 0)]
  }

  func closing(runs: Int) -> DetailLine {
    session(seconds: Date().timeIntervalSince(started), runs: runs)
  }

  private func session(seconds: Double, runs: Int) -> DetailLine {
    let record = SessionRecord(
      started: ISO8601DateFormatter().string(from: started), seconds: seconds, machine: machineDescription(),
      threads: runner.jobs, shard: runner.shard?.description, runs: runs,
      path: runner.configuration.data.joined(separator: ", "))
    let session = DetailLine.Session(
      record: record, identity: identity, time: started.timeIntervalSince1970, warnings: warnings)
    return DetailLine(key: plan.key, content: .session(session))
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
