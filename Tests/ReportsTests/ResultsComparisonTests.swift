import Sweeps
import Testing
import Training

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
      guard let error = run[.trainError], run.optimizer == "adam", run.problem == "letter.scale" else { continue }
      // A shift for one schedule; for another a change that averages out.
      if run.schedule == "linear" { changed.runs[index][.trainError] = error + 0.01 + 1e-4 * Double(run.seed) }
      if run.schedule == "cosine" { changed.runs[index][.trainError] = error + 1e-4 * Double(Int(run.seed) - 3) }
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
    let counts = ResultsComparison(results, part).differences
    let alone = counts.count { $0.second == nil && $0.first != nil }
    let shared = counts.count - alone
    let text = ResultsComparison(results, part).markdown
    #expect(text.contains("\(shared) of \(shared) cells of the error tables have not changed"), "\(text)")
    #expect(text.contains("\(alone) cells only in the first, 0 only in the second."), "\(text)")
  }

  /// `results` with other data or another name for one problem.
  private func changed(_ name: String, _ change: (inout ProblemSummary) -> Void) -> SweepResults {
    var results = results
    for index in results.problems.indices where results.problems[index].name == name {
      change(&results.problems[index])
      let new = results.problems[index].name
      for run in results.runs.indices where results.runs[run].problem == name { results.runs[run].problem = new }
    }
    return results
  }

  @Test func otherDataUnderOneNameAreSaidAndNotCompared() {
    let comparison = ResultsComparison(results, changed("vowel.scale") { $0.checksum = "ffffffff" })
    #expect(!comparison.differences.contains { $0.problem == "vowel.scale" })
    #expect(comparison.differences.contains { $0.problem == "glass.scale" })
    #expect(comparison.sharedRuns == results.runs.count { $0.problem != "vowel.scale" })
    #expect(comparison.markdown.contains("vowel.scale is other data in the second sweep"))
  }

  @Test func theSameDataUnderTwoNamesAreCompared() {
    let comparison = ResultsComparison(results, changed("vowel.scale") { $0.name = "vowel2" })
    #expect(comparison.sharedRuns == results.runs.count && comparison.differingRuns == 0)
    #expect(comparison.remarks == ["vowel.scale of the first sweep is vowel2 of the second: the same data."])
  }

  @Test func anotherTestFileLeavesWhatTrainingEndedWith() {
    var other = changed("letter.scale") { $0.testChecksum = "ffffffff" }
    for index in other.runs.indices where other.runs[index].problem == "letter.scale" { other.runs[index][.testError] = 0.5 }
    let comparison = ResultsComparison(results, other)
    #expect(comparison.differingRuns == 0 && comparison.differences.allSatisfy { $0.isIdentical })
    #expect(comparison.markdown.contains("letter.scale has another test file"))
  }

  /// A name that went to other data, while its own data have a new name.
  @Test func namesThatMovedAreFollowed() {
    var other = changed("vowel.scale") { $0.name = "old" }
    var problem = results.problems[4]
    (problem.name, problem.checksum) = ("vowel.scale", "ffffffff")
    other.problems.append(problem)
    let comparison = ResultsComparison(results, other)
    #expect(comparison.differingRuns == 0 && comparison.sharedRuns == results.runs.count)
    #expect(comparison.remarks.count == 2)
  }

  @Test func whatIsNotCompleteIsNotTested() throws {
    var part = results
    part.incomplete = [
      IncompleteSchedule(problem: "glass.scale", optimizer: "adam", schedule: "flat", runs: 10, missingRuns: 1)
    ]
    for index in part.runs.indices { part.runs[index][.trainError] = part.runs[index][.trainError].map { $0 + 0.01 } }
    let comparison = ResultsComparison(results, part)
    let cell = try #require(comparison.differences.first { $0.problem == "glass.scale" && $0.optimizer == "adam" })
    #expect(cell.schedule == "flat" && cell.test == nil && cell.first != nil && cell.second != nil)
    #expect(comparison.remarks.contains { $0.contains("glass.scale, adam, flat") })
  }
}
