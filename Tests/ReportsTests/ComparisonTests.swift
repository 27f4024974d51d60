import Foundation
import Sweeps
import Testing
import Training

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

  @Test func everyEntryIsAColumnAndOnlyBestOfCompetes() {
    let columns = ScheduleColumn.columns(
      of: [
        Column("wsd:cooldown=0.1"), Column("wsd:cooldown=0.4"),
        Column(name: "1/sqrt(t)", schedules: ["inverse-sqrt:offset=0.1", "inverse-sqrt"]),
        Column(name: "mine", schedules: ["wsd:cooldown=0.1"]),
      ], further: ["linear", "inverse-sqrt"])
    #expect(
      columns.map(\.key) == ["wsd:cooldown=0.1", "wsd:cooldown=0.4", "inverse-sqrt", "wsd:cooldown=0.1:column=2", "linear"])
    #expect(columns.map(\.title) == ["wsd (cooldown 0.1)", "wsd (cooldown 0.4)", "1/√t", "mine", "linear"])
    #expect(columns[2].schedules == ["inverse-sqrt:offset=0.1", "inverse-sqrt"])
    #expect(Set(columns.map(\.style)).count == 5)
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
      results.runs[index][.trainError] = nil
      results.runs[index][.trainLoss] = nil
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
        quantities: [.trainError: error, .trainLoss: error], diverged: false)
    }
    let width = try #require(RateCurve(runs, measure: .trainError).width(around: 0.5, tolerance: 0.05))
    // Limit 21 %: half way to -2, all of 0 and 0.6 of 9.6 on the way to 1.
    #expect(isClose(width.octaves, 0.5 + 1 + 0.6 / 9.6))
    #expect(!width.isOpen)
    let open = try #require(RateCurve(Array(runs.dropLast()), measure: .trainError).width(around: 0.5, tolerance: 0.05))
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

  @Test func everyRefinementHasItsBound() throws {
    var results = SyntheticSweep(
      schedules: ["flat", "linear", "refined", "refined:tau=0.2", "refined:warmup=0.1", "refined:round=2"],
      excess: ["flat": 0.2],
      seeds: 3
    ).results()
    let shared = ["flat": 0.3, "linear": 0.2]
    let bounds = ["refined": 0.15, "refined:tau=0.2": 0.1, "refined:warmup=0.1": 0.25, "refined:round=2": 0.05]
    let norms = try #require(results.refinements.first)
    results.refinements = bounds.map { schedule, bound in
      var record = norms
      record.schedule = schedule
      record.round = schedule.hasSuffix("round=2") ? 2 : 1
      record.bounds = shared.merging([schedule: bound]) { $1 }
      // The bounds of another run's norms are not compared with these.
      if record.round == 2 { record.bounds["flat"] = 0.31 }
      return record
    }
    let comparison = try #require(Report(results).comparisons.first)
    let problem = try #require(comparison.problems.firstIndex { $0.name == norms.problem })
    let row = try #require(TheoryRow(comparison, problem: problem))
    #expect(
      row.columns.map { comparison.columns[$0].key } == ["flat", "linear", "refined", "refined:tau=0.2", "refined:warmup=0.1"])
    #expect(row.bounds == [0.3, 0.2, 0.15, 0.1, 0.25])
    #expect(row.predictedRanks == [5, 3, 2, 1, 4])
  }

  @Test func aFailedRefinementHidesNoOther() throws {
    var results = SyntheticSweep(schedules: ["linear", "refined:tau=0.9", "refined"], excess: [:], seeds: 3).results()
    for refinement in results.refinements {
      var failed = refinement
      (failed.schedule, failed.failure, failed.bounds) = ("refined:tau=0.9", "a smoothed norm of zero at step 1", [:])
      results.refinements.append(failed)
    }
    let comparison = try #require(Report(results).comparisons.first)
    #expect(TheoryRow(comparison, problem: 0) != nil)
    #expect(RefinedSchedulesFigure(comparison: comparison).render() != nil)
  }

  @Test func aColumnThatHasNotBeenRunIsNotBlamedOnAnother() throws {
    var results = SyntheticSweep(schedules: ["linear", "refined", "refined:warmup=0.1"], excess: [:], seeds: 3).results()
    results.runs.removeAll { $0.schedule.hasPrefix("refined") }
    for index in results.refinements.indices { results.refinements[index].failure = "a smoothed norm of zero at step 1" }
    let comparison = try #require(Report(results).comparisons.first)
    #expect(comparison.byError[0].map(\.status) == [.measured, .noRefinement("a smoothed norm of zero at step 1"), .missing])
  }

  @Test func aDaggerStandsWhereNoErrorsWereSeen() throws {
    // Without a smallest loss on record, runs of SGD that end with errors do not make the problem separable in its tables.
    var results = SyntheticSweep(seeds: 3, hasOptimum: false).results()
    for index in results.runs.indices
    where results.runs[index].optimizer == "sgd" && results.runs[index].problem == "wine.scale" {
      results.runs[index][.trainError] = results.runs[index][.trainError].map { $0 + 0.01 }
    }
    let comparisons = Report(results).comparisons
    #expect(comparisons.map { $0.separable.last } == [true, false])
    #expect(comparisons.map { $0.separableMarks(5) } == [[.separable], []])
    let tables = Report(results).document().tables
    #expect(tables.first { $0.identifier == "problems" }?.rows.last?.marks == [])
  }

  @Test func separableWithErrorsIsNotCalledErrorFree() throws {
    var results = SyntheticSweep(seeds: 3).results()
    for index in results.runs.indices
    where results.runs[index].optimizer == "sgd" && results.runs[index].problem == "wine.scale" {
      results.runs[index][.trainError] = results.runs[index][.trainError].map { $0 + 0.01 }
    }
    let report = Report(results)
    #expect(report.comparisons.map { $0.separable.last } == [true, true])
    let tables = report.document().tables
    let adam = try #require(tables.first { $0.identifier == "training-error-adam" })
    let sgd = try #require(tables.first { $0.identifier == "training-error-sgd" })
    #expect(adam.legend.contains { $0.contains("training ends without errors") })
    #expect(!sgd.legend.contains { $0.contains("training ends without errors") })
    #expect(sgd.legend.contains { $0.contains("though training did not reach zero errors") })
  }

  @Test func theRefinedFigureNamesTheNormThatWasUsed() throws {
    var results = SyntheticSweep(
      schedules: ["linear", "refined", "refined:norm=l1", "refined:norm=l2"], excess: [:], seeds: 3
    ).results()
    let captions = { (results: SweepResults) in
      Report(results).comparisons.map { RefinedSchedulesFigure(comparison: $0).render()?.svg ?? "" }
    }
    #expect(zip(captions(results), ["l1", "l2"]).allSatisfy { $0.contains("above: \($1) norm of") })
    for index in results.refinements.indices {
      results.refinements[index].schedule =
        results.refinements[index].optimizer == "adam" ? "refined:norm=l2" : "refined:norm=l1"
    }
    #expect(zip(captions(results), ["l2", "l1"]).allSatisfy { $0.contains("above: \($1) norm of") })
  }
}
