import Foundation
import Sweeps
import Testing

@testable import Reports

@Suite struct ComparisonTests {
  private static let made = SyntheticSweep().results()

  @Test func hyperParametersCollapseIntoTheBest() throws {
    let comparison = try #require(Report(Self.made).comparisons.first)
    #expect(comparison.columns.map(\.key) == ["flat", "inverse", "stepwise", "cosine", "linear", "refined"])
    #expect(comparison.columns.map(\.title) == ["flat", "1/t", "stepwise", "cosine", "linear", "refined"])
    let inverse = try #require(comparison.byError[0][1].best)
    #expect(inverse.schedule == "inverse:offset=0.1")
    #expect(inverse.learningRate == 0.0625)
    #expect(inverse.runs.count == 10)
  }

  @Test func warmupMakesAColumnOfItsOwn() {
    let columns = ScheduleColumn.columns(of: [
      "linear", "linear:warmup=0.1", "inverse:offset=0.1:warmup=0.1", "inverse:warmup=0.1",
    ])
    #expect(columns.map(\.key) == ["linear", "linear:warmup=0.1", "inverse:warmup=0.1"])
    #expect(columns[2].schedules == ["inverse:offset=0.1:warmup=0.1", "inverse:warmup=0.1"])
    #expect(columns[1].title == "linear (warmup 0.1)")
  }

  @Test func boldIsTheBestAndWhatCannotBeToldFromIt() {
    let seeds = (1...10).map { UInt64($0) }
    let base = seeds.map { 20 + Double($0 % 3) }
    let sample = { (values: [Double]) in Dictionary(uniqueKeysWithValues: zip(seeds, values)) }
    let standing = Standing([
      sample(base), sample(base), sample(base.enumerated().map { $1 + ($0 % 2 == 0 ? 0.3 : -0.2) }),
      sample(base.enumerated().map { $1 + 1 + 0.1 * Double($0 % 2) }), [:],
    ])
    #expect(standing.best == 0)
    #expect((0..<5).map(standing.isBold) == [true, true, true, false, false])
  }

  @Test func noTestBelowThreeSeeds() {
    let standing = Standing([[1: 2.0, 2: 2.1], [1: 2.05, 2: 2.2], [1: 2.0, 2: 2.1]])
    #expect(!standing.isTested)
    // The third has the same mean as the best.
    #expect((0..<3).map(standing.isBold) == [true, false, true])
  }

  @Test func onlySharedSeedsArePaired() {
    // The extra seed of the second would make it look worse; on the shared seeds the two are the same.
    let standing = Standing([[1: 1.0, 2: 2, 3: 3], [1: 1, 2: 2, 3: 3, 4: 90]])
    #expect(standing.best == 0)
    #expect(standing.pValues[1] == 1)
  }

  @Test func separableProblemsAreLeftOutOfRanks() throws {
    let comparison = try #require(Report(Self.made).comparisons.first)
    #expect(comparison.separable == [false, false, false, false, false, true])
    let ranking = Ranking(.trainError, of: comparison)
    #expect(ranking.problems == [0, 1, 2, 3, 4])
    #expect(ranking.friedman?.problems == 5)
    let without = SyntheticSweep(hasOptimum: false)
    #expect(try #require(Report(without.results()).comparisons.first).separable.last == true)
  }

  @Test func aScheduleThatAlwaysDivergesRanksLast() throws {
    var results = Self.made
    for index in results.runs.indices where results.runs[index].schedule == "flat" {
      results.runs[index].diverged = true
      results.runs[index].trainError = nil
      results.runs[index].trainLoss = nil
    }
    let comparison = try #require(Report(results).comparisons.first)
    #expect(comparison.byError[0][0].status == .diverged)
    #expect(Ranking(.trainError, of: comparison).averages?[0] == 6)
    #expect(Ranking(.trainError, of: comparison).problems.count == 5)
  }

  @Test func robustnessInterpolatesBetweenRates() throws {
    let runs = [(-3, 0.3), (-2, 0.22), (-1, 0.2), (0, 0.204), (1, 0.3)].map { exponent, error in
      RunRecord(
        key: "", problem: "p", optimizer: "adam", schedule: "flat", learningRate: exp2(Double(exponent)), seed: 1, steps: 10,
        trainError: error, trainLoss: error, diverged: false)
    }
    let width = try #require(RateCurve(runs).width(around: 0.5, tolerance: 0.05))
    // Limit 21 %: half way to -2, all of 0 and 0.6 of 9.6 on the way to 1.
    #expect(isClose(width.octaves, 0.5 + 1 + 0.6 / 9.6))
    #expect(!width.isOpen)
    let open = try #require(RateCurve(Array(runs.dropLast())).width(around: 0.5, tolerance: 0.05))
    #expect(isClose(open.octaves, 1.5))
    #expect(open.isOpen)
  }

  @Test func theoryComparesPredictionWithMeasurement() throws {
    let comparison = try #require(Report(Self.made).comparisons.first)
    let row = try #require(TheoryRow(comparison, problem: 1))
    // Bounds were made to follow the same order as the errors of the letter problem, whose noise is small beside it.
    #expect(row.columns == [0, 1, 2, 3, 4, 5])
    #expect(row.predictedRanks == [6, 5, 4, 3, 1, 2])
    #expect(try #require(row.errorTau) > 0.8)
  }
}
