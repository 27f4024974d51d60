import Sweeps
import Testing
import Training

@testable import Reports

/// The first lines about methods.
@Suite struct MethodFindingsTests {
  /// Two problems; Adam at two rates, a method at two rates and one at a single rate. Seeds differ a little, so that differences
  /// have a variance.
  private static func methods(seeds: Int = 3) throws -> Report {
    var configuration = SweepConfiguration()
    configuration.columns = [Column("linear")]
    configuration.optimizerEntries = [OptimizerEntry(.adam())]
    configuration.seeds = seeds
    configuration.methods = [
      try Method(name: "better", optimizer: Optimizer(parsing: "lion"), column: Column("flat"), learningRates: nil),
      try Method(name: "fixed", optimizer: Optimizer(parsing: "dog"), column: Column("flat"), learningRates: [1]),
    ]
    var results = SweepResults(protocolYAML: "", version: "0", configuration: configuration)
    results.problems = ["p", "q"].map {
      ProblemSummary(name: $0, rows: 100, features: 2, classes: 2, nonzeros: 200, checksum: "0")
    }
    let values: [[Double]] = [[0.3, 0.2], [0.1, 0.4], [0.5]]
    results.methods = zip(configuration.comparedMethods, values).map { method, values in
      let runs = ["p", "q"].flatMap { problem in
        values.enumerated().flatMap { rate, value in
          (1...seeds).map { seed in
            // The single rate wins on neither problem; "better" does on both.
            let error = value + 0.001 * value * Double(seed)
            return RunRecord(
              key: "\(method.name)-\(problem)-\(rate)-\(seed)", problem: problem, optimizer: method.optimizer.spelling,
              schedule: method.column.schedules[0], learningRate: Double(rate + 1), seed: UInt64(seed), steps: 10,
              quantities: [.trainError: error, .trainLoss: error], diverged: false)
          }
        }
      }
      return MethodResults(method: method, runs: runs, tuningRuns: ["p": runs.count / 2, "q": runs.count / 2])
    }
    results.runs = results.methods[0].runs
    return Report(results)
  }

  @Test func leadersAreNamedTunedAndUntunedWithTheirTests() throws {
    let bullets = try #require(Self.methods().conditions[0].methods).bullets
    #expect(bullets.count == 4)
    #expect(
      bullets[0].hasPrefix(
        "**Tuned, training error**: lowest average ranks of 2, 2 problems: **better** (1.0; 2 / 0), **Adam** (2.0; the reference)."
      ))
    #expect(
      bullets[1].hasPrefix(
        "**Untuned, at one listed rate, training error**: lowest average ranks of 1, 2 problems: **fixed** (1.0; 0 / 2)."))
    #expect(bullets.allSatisfy { $0.split(separator: " ").count < 60 })
  }

  @Test func tooFewSeedsAreSaid() throws {
    let bullets = try #require(Self.methods(seeds: 2).conditions[0].methods).bullets
    #expect(bullets[0].hasSuffix("**better** (1.0), **Adam** (2.0; the reference). Too few seeds for tests."))
  }

  @Test func methodsComeFirstWhereTheyAreConfigured() throws {
    let condition = try Self.methods().conditions[0]
    #expect(condition.findings.first?.hasPrefix("**Tuned") == true)
  }
}
