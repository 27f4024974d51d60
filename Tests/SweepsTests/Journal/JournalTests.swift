import Foundation
import Testing
import Training

@testable import Sweeps

@Suite struct JournalTests {
  static let record = RunRecord(
    key: "0123", problem: "a \"b\" \\ \u{1} é", optimizer: "adam", schedule: "linear", learningRate: 0.1 + 0.2, seed: 7,
    steps: 900, quantities: [.trainError: 1e-5, .trainLoss: 0.25], diverged: false)

  @Test func aLineHoldsTheRecord() throws {
    let line = Self.record.journalLine
    #expect(line.hasSuffix("\"}\n") && line.split(separator: "\n").count == 1)
    let decoded = try JSONDecoder().decode(RunRecord.self, from: Data(line.utf8))
    #expect(decoded == Self.record)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let keys: Set = [
      "key", "problem", "optimizer", "schedule", "learning_rate", "seed", "steps", "train_error", "train_loss", "test_error",
      "test_loss", "diverged", "check",
    ]
    #expect(Set(object.keys) == keys)
    #expect(object["test_error"] is NSNull)
    #expect(line.contains("\"learning_rate\":0.30000000000000004,"))
  }

  /// A detail line comes back whole too, norms that are not finite included.
  @Test func detailsReadBack() throws {
    let record = TraceRecord(
      key: "r", problem: "p", optimizer: "sgd", schedule: "flat", learningRate: 2, seed: 1, steps: 3,
      losses: [0.1, .infinity, 1e-30])
    let line = DetailLine(key: "k", content: .trace(record))
    let text = try line.journalLine()
    #expect(JournalLine.fault(in: Array(text.utf8.dropLast())) == nil)
    #expect(try DetailLine.decoder().decode(DetailLine.self, from: Data(text.utf8)) == line)
  }

  @Test func everyChangeOfAByteAndEveryCutIsSeen() {
    let line = Array(Self.record.journalLine.utf8.dropLast())
    #expect(JournalLine.fault(in: line) == nil)
    for i in line.indices {
      var changed = line
      changed[i] ^= 0x04
      #expect(JournalLine.fault(in: changed) != nil, "byte \(i)")
      #expect(JournalLine.fault(in: line[..<i]) != nil, "cut at \(i)")
    }
  }

  /// A torn end, a changed middle, binary rubbish: each named, set aside, and its run trained again.
  @Test(arguments: 0..<6)
  func damageIsRepaired(kind: Int) throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      let expected = try TinySweep.results(in: folder)
      let path = folder + (kind < 4 ? "/runs.jsonl" : "/details.ndjson")
      var bytes = try #require(FileManager.default.contents(atPath: path))
      switch kind {
      case 0, 4: bytes.removeLast(17)
      case 1, 5:
        // A newline would make one bad line of two good ones.
        let middle = try #require(bytes[(bytes.count / 2)...].firstIndex { $0 != UInt8(ascii: "\n") })
        bytes[middle] ^= 1
      case 2: bytes.append(contentsOf: [0, 255, 10, 123, 10])
      default: bytes.replaceSubrange(200..<1500, with: [UInt8](repeating: 10, count: 3))
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      let damaged = try SweepResults.load(folder: folder)
      #expect(!damaged.warnings.isEmpty)
      let outcome = try TinySweep.run(in: folder)
      #expect(outcome.warnings.contains { $0.contains(kind < 4 ? "runs.jsonl:" : "details.ndjson:") })
      if kind < 2 { #expect(outcome.runsTrained == 1) }
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
      #expect(FileManager.default.fileExists(atPath: folder + "/set-aside.txt"))
      #expect(try TinySweep.run(in: folder).warnings.isEmpty)
    }
  }

  @Test func twoSweepsOnOneFolder() throws {
    try TinySweep.withFolder { folder in
      let first = try Journal.open(folder: folder, shard: nil)
      let error = #expect(throws: JournalError.self) { try TinySweep.run(in: folder) }
      #expect(error?.description.contains("process \(ProcessInfo.processInfo.processIdentifier) on ") == true)
      #expect(throws: JournalError.self) { try Journal.open(folder: folder, shard: Shard(index: 1, count: 2)) }
      withExtendedLifetime(first) {}
    }
    try TinySweep.withFolder { folder in
      let first = try Journal.open(folder: folder, shard: Shard(index: 1, count: 2))
      let second = try Journal.open(folder: folder, shard: Shard(index: 2, count: 2))
      #expect(throws: JournalError.self) { try Journal.open(folder: folder, shard: Shard(index: 2, count: 2)) }
      #expect(throws: JournalError.self) { try Journal.open(folder: folder, shard: nil) }
      withExtendedLifetime((first, second)) {}
    }
  }

  @Test func agreeingDuplicatesMergeAndOthersAreNamed() throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      let expected = try TinySweep.results(in: folder)
      let lines = try String(contentsOfFile: folder + "/runs.jsonl", encoding: .utf8)
      try String(lines.prefix(lines.count / 2)).split(separator: "\n").dropLast().joined(separator: "\n").appending("\n")
        .write(toFile: folder + "/a.jsonl", atomically: true, encoding: .utf8)
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
      var other = try #require(expected.runs.first)
      other[.trainLoss] = (other[.trainLoss] ?? 0) + 1e-9
      try other.journalLine.write(toFile: folder + "/b.jsonl", atomically: true, encoding: .utf8)
      let error = #expect(throws: JournalError.self) { try SweepResults.load(folder: folder) }
      #expect(error?.description.contains("b.jsonl:1") == true)
    }
  }

  @Test func otherSettingsNeitherUseNorLoseOldRuns() throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      let before = try TinySweep.results(in: folder)
      var configuration = TinySweep.configuration
      configuration.epochs = 5
      #expect(try TinySweep.run(in: folder, configuration: configuration).runsReused == 0)
      let after = try TinySweep.results(in: folder)
      #expect(after.configuration.epochs == 5)
      #expect(Set(after.runs.map(\.key)).isDisjoint(with: before.runs.map(\.key)))
      let outcome = try TinySweep.run(in: folder)
      #expect(outcome.runsTrained == 0)
      #expect(try TinySweep.results(in: folder).everything == before.everything)
    }
  }

  @Test func moreSeedsUseThoseThatAreThere() throws {
    try TinySweep.withFolder { folder in
      let first = try TinySweep.run(in: folder)
      var configuration = TinySweep.configuration
      configuration.seeds = 4
      let second = try TinySweep.run(in: folder, configuration: configuration)
      let fresh = try TinySweep.withFolder { other in
        try TinySweep.run(in: other, configuration: configuration)
        return try TinySweep.results(in: other)
      }
      #expect(second.runsTrained < first.runsTrained)
      #expect(try TinySweep.results(in: folder).everything == fresh.everything)
    }
  }

  /// What editors and version control do to text files: line ends of Windows, a mark at the start, no end of the last line.
  @Test(arguments: ["crlf", "mark", "cut"])
  func editedLineEndsAreRead(kind: String) throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      let expected = try TinySweep.results(in: folder)
      for file in ["runs.jsonl", "details.ndjson"] {
        var text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
        switch kind {
        case "crlf": text = text.split(separator: "\n").map { $0 + "\r\n" }.joined()
        case "mark": text = "\u{FEFF}" + text
        default: text.removeLast()
        }
        try text.write(toFile: folder + "/" + file, atomically: true, encoding: .utf8)
      }
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
      var more = TinySweep.configuration
      more.seeds = 4
      let outcome = try TinySweep.run(in: folder, configuration: more)
      #expect(outcome.warnings.isEmpty && outcome.runsReused > 0)
      #expect(try TinySweep.run(in: folder).runsTrained == 0)
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
    }
  }

  @Test func runsWithoutTheirDetailsAreEnoughToContinue() throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      let expected = try TinySweep.results(in: folder)
      try FileManager.default.removeItem(atPath: folder + "/details.ndjson")
      let error = #expect(throws: JournalError.self) { try SweepResults.load(folder: folder) }
      #expect(error?.description.contains("details*.ndjson") == true)
      #expect(try TinySweep.run(in: folder).runsTrained == 0)
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
    }
  }

  @Test func foldersThatCannotBe() throws {
    #expect(throws: JournalError.self) { try SweepResults.load(folder: "/nonexistent/results") }
    let error = #expect(throws: JournalError.self) { try TinySweep.run(in: "/dev/null/results") }
    #expect(error?.exitCode == 73)
  }
}
