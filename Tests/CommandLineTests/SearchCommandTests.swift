import Foundation
import Testing

@Suite struct SearchCommandTests {
  private static let small = [
    "search", "--data", "-", "--epochs", "3", "--knots", "3", "--seeds", "2", "--budget", "64", "--schedule", "flat,linear",
    "--quiet",
  ]

  @Test func recordHasTheScheduleAndWhatItIsComparedWith() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appendingPathComponent("best.txt").path
    let result = try Program.run(Self.small + ["--json", "--out", out], input: TrainCommandTests.data)
    #expect(result.status == 0, "\(result.errors)")
    let record = try result.json()
    let schedule = try #require(record["schedule"] as? String)
    for key in ["learning_rate", "train_loss", "train_error", "runs"] { #expect(record[key] is NSNumber, "\(key)") }
    let compared = try #require(record["compared"] as? [[String: Any]])
    #expect(Set(compared.compactMap { $0["schedule"] as? String }) == ["flat", "linear"])
    for key in ["learning_rate", "train_loss", "train_error", "difference", "standard_error"] {
      #expect(compared.allSatisfy { $0[key] is NSNumber }, "\(key)")
    }
    #expect((record["band"] as? [[String: Any]])?.count == 3)
    let factors = try String(contentsOfFile: out, encoding: .utf8)
    #expect(try Program.run("schedule", schedule, "--steps", "6").output == factors)
    #expect(factors.split(separator: "\n").compactMap { Double($0) }.max() == 1)
  }

  @Test func resultsAreKept() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments = Self.small + ["--json", "--l2", "0.01", "--results", folder.path]
    let first = try Program.run(arguments, input: TrainCommandTests.data)
    let second = try Program.run(arguments + ["--jobs", "1"], input: TrainCommandTests.data)
    #expect(first.status == 0 && first.output == second.output)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".search") }
    #expect(files.count == 1)
  }

  @Test func textShowsTheScheduleAndTheTables() throws {
    let result = try Program.run(Self.small, input: TrainCommandTests.data)
    for part in ["piecewise:knots=", "headroom", "share of run", "linear"] { #expect(result.output.contains(part), "\(part)") }
  }

  @Test(arguments: [
    "--knots 1", "--knots 65", "--seeds 0", "--budget 15", "--budget -1", "--objective test-loss", "--l2 -1",
    "--l2 x", "--jobs 0", "--epochs 0", "--batch-size 0", "--optimizer adamm", "--schedule lineer", "--out x.pdf", "--out -",
    "--epochs 1 --batch-size 6",
  ]) func misuseEndsWithCode64(options: String) throws {
    let arguments = ["search", "--data", "-", "--quiet"] + options.split(separator: " ").map(String.init)
    let result = try Program.run(arguments, input: TrainCommandTests.data)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains("expected"), "\(result.errors)")
  }

  /// Before the search, not after it.
  @Test(arguments: ["--out", "--plot"]) func whatCannotBeWrittenEndsWithCode73(option: String) throws {
    let result = try Program.run(
      ["search", "--data", "-", option, "/no/such/folder/x.txt"], input: TrainCommandTests.data)
    #expect(result.status == 73 && result.errors.contains("expected"), "\(result.errors)")
  }

  @Test func dataThatCannotBeSearchedIsRefused() throws {
    #expect(try Program.run("search", "--data", "/no/such/file").status == 66)
    #expect(try Program.run(["search", "--data", "-"], input: Data("1 1:2\n1 1:3\n".utf8)).status == 65)
  }
}
