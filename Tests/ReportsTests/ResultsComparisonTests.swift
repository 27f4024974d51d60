import Sweeps
import Testing

@testable import Reports

@Suite struct ResultsComparisonTests {
  private let results = SyntheticSweep(seeds: 5).results()

  @Test func aSweepDoesNotDifferFromItself() {
    let comparison = ResultsComparison(results, results)
    #expect(comparison.differingRuns == 0)
    #expect(comparison.sharedRuns == results.runs.count)
    #expect(comparison.differences.allSatisfy { $0.isIdentical })
    #expect(!comparison.markdown.contains("| problem |"))
  }

  @Test func aShiftIsFoundAndNoiseIsNot() throws {
    var changed = results
    for index in changed.runs.indices {
      let run = changed.runs[index]
      guard let error = run.trainError, run.optimizer == "adam", run.problem == "letter.scale" else { continue }
      // A shift for one schedule; for another a change that averages out.
      if run.schedule == "linear" { changed.runs[index].trainError = error + 0.01 + 1e-4 * Double(run.seed) }
      if run.schedule == "cosine" { changed.runs[index].trainError = error + 1e-4 * Double(Int(run.seed) - 3) }
    }
    let comparison = ResultsComparison(results, changed)
    #expect(comparison.differingRuns > 0)
    let cells = comparison.differences.filter { $0.problem == "letter.scale" && $0.optimizer == "adam" }
    let linear = try #require(cells.first { $0.schedule == "linear" })
    #expect(isClose(try #require(linear.test).meanDifference, 0.0103, relative: 1e-6))
    #expect(try #require(linear.adjustedP) < 0.05)
    let cosine = try #require(cells.first { $0.schedule == "cosine" })
    #expect(!cosine.isIdentical)
    #expect(try #require(cosine.adjustedP) > 0.05)
    #expect(comparison.markdown.contains("| letter.scale | adam | linear |"))
  }

  @Test func whatOnlyOneSweepHasIsShown() throws {
    var part = results
    part.runs.removeAll { $0.schedule == "refined" }
    let cell = try #require(ResultsComparison(results, part).differences.first { $0.schedule == "refined" })
    #expect(cell.first != nil && cell.second == nil && cell.test == nil)
  }
}
