import Foundation
import Sparse
import Testing

@testable import Sweeps

/// What a results folder says now: the configuration and data of its newest session, and nothing of what was there before.
@Suite struct PlanHistoryTests {
  static let alpha = TinySweep.problem("alpha", spread: 2)
  static let beta = TinySweep.problem("beta", rows: 24, spread: 1.5)

  static var configuration: SweepConfiguration {
    var configuration = TinySweep.configuration
    configuration.schedules = ["flat", "linear"]
    configuration.optimizers = [.sgd()]
    configuration.seeds = 2
    return configuration
  }

  static func run(
    _ problems: [SweepProblem], in folder: String, shard: String? = nil, change: (inout SweepConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = configuration
    change(&configuration)
    try TinySweep.run(
      in: folder, configuration: configuration, data: SweepData(problems: problems),
      shard: try shard.map { try Shard(parsing: $0) })
  }

  /// The results of a folder that holds this sweep alone.
  static func fresh(_ problems: [SweepProblem], change: (inout SweepConfiguration) -> Void = { _ in }) throws -> SweepResults {
    try TinySweep.withFolder { folder in
      try run(problems, in: folder, change: change)
      return try TinySweep.results(in: folder)
    }
  }

  static func renamed(_ problem: SweepProblem, _ name: String, withTest: Bool = true) -> SweepProblem {
    let problem = problem.problem
    return SweepProblem(
      Problem(
        name: name, training: problem.training, test: withTest ? problem.test : nil, checksum: problem.checksum,
        testChecksum: withTest ? problem.testChecksum : nil))
  }

  /// Renamed, removed, changed, test file removed: the report is that of a fresh folder.
  @Test(arguments: ["renamed", "removed", "changed", "no test file", "fewer schedules"])
  func theNewestSessionIsWhatCounts(kind: String) throws {
    var now = [Self.alpha, Self.beta]
    var schedules = ["flat", "linear"]
    switch kind {
    case "renamed": now[1] = Self.renamed(Self.beta, "gamma")
    case "removed": now.removeLast()
    case "changed": now[1] = TinySweep.problem("beta", rows: 32, spread: 1.5)
    case "no test file": now[1] = Self.renamed(Self.beta, "beta", withTest: false)
    default: schedules.removeFirst()
    }
    let expected = try Self.fresh(now) { $0.schedules = schedules }
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha, Self.beta], in: folder)
      let before = try SweepResults.load(folder: folder)
      #expect(before.otherPlans.isEmpty && before.morePlans == nil)
      try Self.run(now, in: folder) { $0.schedules = schedules }
      let after = try SweepResults.load(folder: folder)
      #expect(after.everything == expected.everything)
      #expect(after.warnings == before.warnings)
      let word = [
        "renamed": "beta renamed to gamma", "removed": "beta removed", "changed": "beta changed",
        "no test file": "test file of beta removed", "fewer schedules": "schedules with flat",
      ]
      #expect(after.otherPlans.count == 1)
      #expect(after.otherPlans[0].hasPrefix("\(before.planKey): \(word[kind] ?? "?") ("))
      let more = ["removed": "beta", "no test file": "the test file of beta", "fewer schedules": "schedule flat"]
      if let more = more[kind] {
        let sentence = try #require(after.morePlans)
        #expect(sentence.contains("(\(more): `--protocol ") && sentence.contains(before.planKey))
      } else {
        #expect(after.morePlans == nil)
      }
      #expect(try SweepResults.load(folder: folder, protocol: before.planKey).everything == before.everything)
    }
  }

  /// One shard has run with new data, the other one not yet: what it would train is missing. Then it has.
  @Test func shardsRunAgainAfterADatasetChanged() throws {
    let changed = TinySweep.problem("alpha", rows: 48, spread: 2)
    let expected = try Self.fresh([changed, Self.beta])
    var unfinished = 0
    for order in [["1/2", "2/2"], ["2/2", "1/2"]] {
      try TinySweep.withFolder { folder in
        for shard in order { try Self.run([Self.alpha, Self.beta], in: folder, shard: shard) }
        #expect(try SweepResults.load(folder: folder).incomplete.isEmpty)
        try Self.run([changed, Self.beta], in: folder, shard: order[0])
        let half = try SweepResults.load(folder: folder)
        #expect(half.problems.map(\.rows) == [48, 24])
        unfinished += half.incomplete.count
        #expect(half.incomplete.allSatisfy { $0.problem == "alpha" })
        #expect(half.runs.filter { $0.problem == "beta" } == expected.runs.filter { $0.problem == "beta" })
        try Self.run([changed, Self.beta], in: folder, shard: order[1])
        #expect(try SweepResults.load(folder: folder).everything == expected.everything)
      }
    }
    // Each schedule is one shard's to train.
    #expect(unfinished == 2)
  }

  @Test func aShardThatFoundLessSaysWhatTheOtherHas() throws {
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha, Self.beta], in: folder, shard: "1/2")
      try Self.run([Self.alpha], in: folder, shard: "2/2")
      let results = try SweepResults.load(folder: folder)
      #expect(results.problems.map(\.name) == ["alpha"])
      #expect(results.otherPlans.first?.contains("beta removed") == true)
    }
  }

  @Test func plansThatDifferInWhatTheyNameUnite() throws {
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha], in: folder) { $0.schedules = ["flat"] }
      let first = try SweepResults.load(folder: folder).planKey
      try Self.run([Self.alpha, Self.beta], in: folder)
      let second = try SweepResults.load(folder: folder).planKey
      try Self.run([Self.renamed(Self.alpha, "gamma")], in: folder) { $0.schedules = ["linear"] }
      let third = try SweepResults.load(folder: folder)
      #expect(third.otherPlans.count == 2)
      let all = try SweepResults.load(folder: folder, protocol: "\(first), \(second.uppercased()),\(third.planKey)")
      #expect(all.problems.map(\.name) == ["beta", "gamma"])
      #expect(all.configuration.schedules == ["linear", "flat"] && all.incomplete.isEmpty)
      #expect(all.otherPlans.isEmpty)
    }
  }

  @Test func plansThatDifferOtherwiseDoNot() throws {
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha], in: folder) { $0.epochs = 2 }
      let first = try SweepResults.load(folder: folder).planKey
      try Self.run([TinySweep.problem("alpha", rows: 48)], in: folder)
      let second = try SweepResults.load(folder: folder)
      #expect(second.otherPlans[0].hasPrefix("\(first): epochs: 2; alpha changed ("))
      let error = #expect(throws: JournalError.self) {
        try SweepResults.load(folder: folder, protocol: "\(first),\(second.planKey)")
      }
      #expect(error?.description.contains("epochs: 2; alpha changed") == true && error?.exitCode == 65)
    }
  }

  @Test(arguments: ["zz", "", ",", "list"])
  func plansThatAreNotThereAreAnsweredWithTheList(asked: String) throws {
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha], in: folder)
      let error = #expect(throws: JournalError.self) { try SweepResults.load(folder: folder, protocol: asked) }
      #expect(error?.description.contains("the newest") == true && error?.exitCode == 66)
    }
  }

  /// An interrupted sweep of a new plan is the newest plan: not complete, and the earlier one can be asked for.
  @Test func anInterruptedSweepIsTheNewestPlan() throws {
    try TinySweep.withFolder { folder in
      try Self.run([Self.alpha, Self.beta], in: folder)
      let before = try SweepResults.load(folder: folder)
      var configuration = Self.configuration
      configuration.epochs = 5
      let data = SweepData(problems: [Self.alpha])
      #expect(try TinySweep.run(in: folder, configuration: configuration, data: data, isCancelled: { true }).wasCancelled)
      let now = try SweepResults.load(folder: folder)
      #expect(now.configuration.epochs == 5 && now.problems.map(\.name) == ["alpha"])
      #expect(now.incomplete.map(\.schedule) == ["flat", "linear"] && now.incomplete.allSatisfy { $0.runs == 0 })
      #expect(now.morePlans?.contains("beta: `--protocol \(before.planKey)`") == true)
    }
  }

  // MARK: Journals from before plans were recorded

  /// A journal as it was written then: keys without digests of factors, lines for the protocol and each problem.
  static func writeOldJournal(
    of results: SweepResults, in folder: String, suffix: String = "", started: String = "2024-01-02T03:04:05Z"
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var lines = ""
    for var run in results.runs {
      guard let problem = results.problems.first(where: { $0.name == run.problem }) else { continue }
      run.key = RunKey(problem: problem, optimizer: .sgd(), configuration: results.configuration)
        .key(schedule: run.schedule, factors: nil, learningRate: run.learningRate, seed: run.seed)
      lines += run.journalLine
    }
    try lines.write(toFile: "\(folder)/runs\(suffix).jsonl", atomically: true, encoding: .utf8)
    let proto = ProtocolRecord(yaml: results.protocolYAML, version: "test", fileDigests: [:])
    var details = [DetailLine(key: "0123abcd", content: .protocol(proto))]
    for var problem in results.problems {
      problem.optimum = nil
      details.append(DetailLine(key: "0123abcd", content: .problem(problem)))
    }
    let session = SessionRecord(
      started: started, seconds: 1, machine: "m", threads: 1, shard: nil, runs: results.runs.count, path: "d")
    details.append(
      DetailLine(key: "0123abcd", content: .session(.init(record: session, identity: "session\(suffix)\(started)"))))
    try details.map { try $0.journalLine() }.joined()
      .write(toFile: "\(folder)/details\(suffix).ndjson", atomically: true, encoding: .utf8)
  }

  @Test func oldJournalsAreReadAndContinued() throws {
    let expected = try Self.fresh([Self.alpha, Self.beta])
    func values(_ results: SweepResults) -> [AnyHashable] {
      results.runs.map { run in
        var run = run
        run.key = ""
        return run
      }
    }
    try TinySweep.withFolder { folder in
      try Self.writeOldJournal(of: expected, in: folder)
      let old = try SweepResults.load(folder: folder)
      #expect(old.planKey == "0123abcd" && old.incomplete.isEmpty)
      #expect(values(old) == values(expected))
      // Nothing is trained again, and the plan that is recorded now is the same.
      let outcome = try TinySweep.run(
        in: folder, configuration: Self.configuration, data: SweepData(problems: [Self.alpha, Self.beta]))
      #expect(outcome.runsTrained == 0 && outcome.runsReused == expected.runs.count)
      let now = try SweepResults.load(folder: folder)
      #expect(values(now) == values(expected) && now.otherPlans.isEmpty && now.sessions.count == 2)
      // And a dataset that is gone by now is gone from the report.
      try Self.run([Self.beta], in: folder)
      #expect(try SweepResults.load(folder: folder).problems.map(\.name) == ["beta"])
    }
  }

  /// Two old shards on different data of one name: the later session's.
  @Test func oldShardsOnDifferentDataAreReadByTime() throws {
    let changed = try Self.fresh([TinySweep.problem("alpha", rows: 48, spread: 2)])
    let first = try Self.fresh([Self.alpha])
    for (early, late) in [("-1-of-2", "-2-of-2"), ("-2-of-2", "-1-of-2")] {
      try TinySweep.withFolder { folder in
        try Self.writeOldJournal(of: first, in: folder, suffix: early)
        try Self.writeOldJournal(of: changed, in: folder, suffix: late, started: "2024-01-02T03:04:06Z")
        #expect(try SweepResults.load(folder: folder).problems.map(\.rows) == [48])
      }
    }
  }
}
