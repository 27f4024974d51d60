import Sweeps
import Testing

@testable import Reports

@Suite struct ClaimsTests {
  private func comparison(_ excess: [String: Double], noise: Double = 0.002) throws -> Comparison {
    let sweep = SyntheticSweep(
      schedules: ["flat", "cosine", "linear", "refined"], problems: [(name: "p", error: 0.3, rows: 100_000, classes: 3)],
      excess: excess, exponents: -6 ... -2, noise: noise)
    return try #require(Report(sweep.results()).comparisons.first)
  }

  @Test func outcomesFollowTheInterval() throws {
    let clear = try comparison(["flat": 0.2, "cosine": 0.001, "linear": 0, "refined": 0.05])
    #expect(clear.outcome(2, 0, problem: 0) == .better)
    #expect(clear.outcome(0, 2, problem: 0) == .worse)
    #expect(clear.outcome(3, 2, problem: 0) == .worse)
    // Within 1 %, whichever is lower.
    #expect([.noWorse, .better].contains(clear.outcome(2, 1, problem: 0)))
    #expect(clear.outcome(1, 2, problem: 0) == .noWorse)
    // Not told apart, but the interval is wide: that is not equality.
    let noisy = try comparison(["flat": 0.001, "cosine": 0, "linear": 0, "refined": 0], noise: 0.1)
    #expect(noisy.outcome(2, 0, problem: 0) == .undecided)
  }

  @Test func theBulletCountsProblems() throws {
    let claims = Claims([try comparison(["flat": 0.2, "cosine": 0.001, "linear": 0, "refined": 0.05])])
    #expect(
      claims.bullet
        == "Problems where **linear decay is at most 1 % worse than each classical schedule**: Adam 1 yes, 0 worse, 0 undecided. "
        + "Where **refinement is better than linear decay**: Adam 0 yes, 1 worse, 0 undecided.")
    let table = try #require(claims.table(0))
    #expect(table.rows.map(\.heading) == ["linear against flat", "linear against cosine", "refined against linear"])
    #expect(table.rows[2].cells.map(\.text) == ["0", "0", "1", "0"])
  }

  /// Two schedules in bold are never called better or worse.
  @Test func claimsDoNotContradictTheTables() {
    for comparison in Report(SyntheticSweep().results()).comparisons {
      for problem in comparison.problems.indices {
        let standing = comparison.standing(.trainError, problem: problem)
        for (first, second) in [(0, 1), (4, 3), (4, 0), (5, 4), (1, 0)] {
          let outcome = comparison.outcome(first, second, problem: problem)
          if standing.isBold(first), standing.isBold(second) { #expect(outcome != .better && outcome != .worse) }
          if standing.best == first, !standing.isBold(second) { #expect(outcome == .better) }
        }
      }
    }
  }
}
