import Foundation
import Sweeps
import Testing
import Training

@testable import Reports

@Suite struct TuningTests {
  /// Losses by problem and rate, the same with every seed; nil is a diverged run.
  private static func runs(_ optimizer: String, _ losses: [String: [Double?]]) -> [RunRecord] {
    losses.sorted { $0.key < $1.key }.flatMap { problem, losses in
      losses.enumerated().flatMap { rate, loss in
        (1...3).map { seed in
          RunRecord(
            key: "\(optimizer)-\(problem)-\(rate)-\(seed)", problem: problem, optimizer: optimizer, schedule: "linear",
            learningRate: exp2(Double(rate - 4)), seed: seed, steps: 10,
            quantities: loss.map { [.trainError: $0 / 2, .trainLoss: $0] } ?? [:], diverged: loss == nil)
        }
      }
    }
  }

  private static func tuning() throws -> Tuning {
    var configuration = SweepConfiguration()
    configuration.columns = [Column("linear")]
    configuration.seeds = 3
    var results = SweepResults(protocolYAML: "", version: "0", configuration: configuration)
    results.problems = ["p", "q"].map {
      ProblemSummary(name: $0, rows: 100, features: 2, classes: 2, nonzeros: 200, checksum: "0")
    }
    let methods = [
      runs("adam", ["p": [1, 0.5, 0.8, nil], "q": [0.4, 0.6, 0.9, 0.9]]),
      runs("sgd", ["p": [1.2, 1.1, 1, 1.3], "q": [0.5, 0.5, 0.5, 0.5]]),
    ]
    results.runs = methods.flatMap { $0 }
    results.methods = zip(configuration.comparedMethods, methods).map {
      MethodResults(method: $0, runs: $1, tuningRuns: ["p": 12, "q": 12])
    }
    let only = try MethodResults(
      method: Method(name: "only", optimizer: Optimizer(parsing: "lion"), column: Column("linear"), learningRates: [0.0625]),
      runs: runs("lion", ["p": [0.55], "q": [0.5]]), tuningRuns: [:])
    results.methods.append(only)
    let methodComparison = try #require(Report(results).conditions[0].methods)
    return try #require(Tuning(methodComparison, results: results))
  }

  @Test func lossesAreAboveTheBestTunedMethod() throws {
    let rows = try Self.tuning().rows
    #expect(rows.map(\.title) == ["Adam", "SGD", "only"])
    // The best of all four rates is Adam's on both problems; with one rate the mean of all, a diverged one at log 2.
    #expect(rows[0].byTries.count == 4 && abs(rows[0].byTries[3]) < 1e-9)
    let one = 50 * ((2.3 + log(2)) / 4 / 0.5 - 1 + 0.7 / 0.4 - 1)
    #expect(abs(rows[0].byTries[0] - one) < 1e-9)
    #expect(abs(rows[1].byTries[3] - 50 * (1 / 0.5 - 1 + 0.5 / 0.4 - 1)) < 1e-9)
    #expect(rows[2].byTries.isEmpty)
  }

  @Test func oneRateIsChosenOnTheOtherProblems() throws {
    let rows = try Self.tuning().rows
    #expect(abs((rows[0].withOneRate ?? 0) - 50 * (1 / 0.5 - 1 + 0.6 / 0.4 - 1)) < 1e-9)
    #expect(abs((rows[2].withOneRate ?? 0) - 50 * (0.55 / 0.5 - 1 + 0.5 / 0.4 - 1)) < 1e-9)
  }

  @Test func problemsAtTheEdgeOfTheGridAreNamed() throws {
    let tuning = try Self.tuning()
    // Adam's lowest loss on q is at the smallest rate; SGD's on q at all, on p inside.
    #expect(tuning.rows.map(\.problemsAtEdge) == [1, 0, 0])
    #expect(tuning.table().notes.contains { $0.contains("for Adam on 1 of 2 problems") })
    #expect(try !#require(tuning.bullet).contains("too narrow"))
  }

  @Test func theTableAndTheFirstLinesShowThem() throws {
    let tuning = try Self.tuning()
    let table = tuning.table()
    #expect(table.headings == ["method", "one rate for all", "1 rate tried", "2 rates", "4 rates"])
    #expect(table.rows[2].cells.dropFirst().map(\.text) == ["–", "–", "–"])
    #expect(try #require(tuning.bullet).contains("only"))
    #expect(TuningFigure(tuning: tuning).render() != nil)
  }
}
