import Sweeps
import Testing
import Training

@testable import Reports

/// What the opening says where schedules cannot be compared as usual.
@Suite struct FindingsTests {
  private func bullets(_ sweep: SyntheticSweep, change: (inout SweepResults) -> Void = { _ in }) -> [String] {
    var results = sweep.results()
    change(&results)
    return Findings(Report(results).comparisons).bullets
  }

  private func answer(_ sweep: SyntheticSweep, change: (inout SweepResults) -> Void = { _ in }) -> String {
    bullets(sweep, change: change).joined(separator: "\n")
  }

  private static let glass = [(name: "glass.scale", error: 0.265, rows: 214, classes: 6)]
  private static let wine = [(name: "wine.scale", error: 0.0, rows: 178, classes: 3)]

  @Test func oneScheduleHasNothingToBeComparedWith() {
    let text = answer(SyntheticSweep(schedules: ["linear"], seeds: 3))
    #expect(text == "With Adam and SGD, **linear** is the only schedule: there is nothing to compare it with.")
  }

  @Test func oneProblemIsNotAveragedOver() {
    let text = answer(SyntheticSweep(problems: Self.glass))
    #expect(text.contains("**Adam, training error**: **refined** is best on the one problem, "), "\(text)")
    #expect(text.contains("(the next) and 13"), "\(text)")
    #expect(!text.contains("average"), "\(text)")
    #expect(text.contains("one problem cannot be generalised from"))
    #expect(text.contains("It is significantly better than stepwise, 1/t and flat and cannot be told from linear"), "\(text)")
  }

  @Test func whatIsToldOnOneProblemIsWhatIsNotBold() throws {
    let results = SyntheticSweep(problems: Self.glass).results()
    let comparison = try #require(Report(results).comparisons.first)
    for measure in comparison.measures where measure != .testError {
      let verdict = try #require(Verdict(measure, of: comparison))
      let standing = comparison.standing(measure, problem: 0)
      #expect(standing.best == verdict.leader)
      #expect(verdict.untoldByTest.allSatisfy(standing.isBold))
      #expect(!verdict.toldByTest.contains(where: standing.isBold))
      #expect(verdict.toldByTest.count + verdict.untoldByTest.count == verdict.others.count)
    }
  }

  @Test func whatRanksCannotTellIsWhatIsBold() throws {
    let comparison = try #require(Report(SyntheticSweep().results()).comparisons.first)
    let table = try #require(comparison.rankTable(comparison.measures.map { Ranking($0, of: comparison) }))
    for (measure, row) in zip(comparison.measures, table.rows) {
      let verdict = try #require(Verdict(measure, of: comparison))
      for column in verdict.others {
        #expect(row.cells[column].isBold == (verdict.isBestByChance || verdict.ranking.isAmongBest(column)))
      }
    }
  }

  @Test func everyMeasureHasABulletOfAtMostSixtyWords() {
    let sweep = SyntheticSweep()
    let bullets = bullets(sweep)
    for optimizer in ["Adam", "SGD"] {
      for measure in ["training error", "training loss", "test error"] {
        #expect(bullets.count { $0.hasPrefix("**\(optimizer), \(measure)**: ") } == 1, "\(bullets)")
      }
    }
    #expect(bullets.count == 7)
    let crowd = self.bullets(
      SyntheticSweep(
        schedules: ["flat", "cosine", "linear", "refined", "stepwise"] + (1...19).map { "wsd:cooldown=0.0\($0)1" }, seeds: 4))
    for bullet in bullets + crowd { #expect(bullet.split(separator: " ").count <= 60, "\(bullet)") }
  }

  @Test func twoSchedulesAreTooFewForRanksNotForWords() {
    let text = answer(SyntheticSweep(schedules: ["flat", "linear"]))
    #expect(text.contains("Two schedules are too few for a test of ranks"), "\(text)")
    #expect(!text.contains("next"), "\(text)")
  }

  @Test func twoProblemsAreCounted() {
    let text = answer(SyntheticSweep(problems: Self.glass + [(name: "letter.scale", error: 0.222, rows: 15_000, classes: 26)]))
    #expect(text.contains(", 2 problems)"), "\(text)")
    #expect(text.contains("of 2 problems"), "\(text)")
  }

  @Test func separableProblemsAreNamed() {
    let one = answer(SyntheticSweep(problems: Self.wine))
    #expect(
      one == "With Adam and SGD, no schedule can be called best: the one problem, wine.scale, is separable.", "\(one)")
    let two = answer(SyntheticSweep(problems: Self.wine + [(name: "zoo*", error: 0.0, rows: 101, classes: 7)]))
    #expect(
      two == #"With Adam and SGD, no schedule can be called best: all problems (wine.scale and zoo\*) are separable."#, "\(two)"
    )
  }

  @Test func whatIsMissingIsSaidOnce() {
    let text = answer(SyntheticSweep()) { $0.runs.removeAll { $0.schedule == "refined" || $0.schedule == "flat" } }
    #expect(
      text
        == "With Adam and SGD, no schedule can be called best yet: no problem that is not separable has been measured with every "
        + "schedule (not run yet on some of them: flat and refined).")
  }

  @Test func whatCannotBeRefinedIsNotCalledMissing() {
    let text = answer(SyntheticSweep()) { results in
      results.runs.removeAll { $0.schedule == "refined" }
      for index in results.refinements.indices { results.refinements[index].failure = "a smoothed norm of zero at step 3" }
    }
    #expect(text.contains("no schedule can be called best: "), "\(text)")
    #expect(text.contains("(no refinement: refined)"), "\(text)")
  }

  @Test func anOptimizerThatHasNotBeenRunIsNotForgotten() {
    let text = answer(SyntheticSweep()) { $0.runs.removeAll { $0.optimizer == "sgd" } }
    #expect(text.hasPrefix("**Adam, training error**: "))
    #expect(text.contains("\nWith SGD, nothing has been measured yet."), "\(text)")
  }

  @Test func divergenceEverywhereIsSaid() {
    let text = answer(SyntheticSweep(problems: Self.glass)) { results in
      for index in results.runs.indices {
        (results.runs[index].diverged, results.runs[index][.trainError], results.runs[index][.trainLoss]) = (true, nil, nil)
      }
    }
    #expect(text.contains("measured without divergence"), "\(text)")
  }

  @Test func oneScheduleIsNotBoldAndNotTested() throws {
    let text = try Report(SyntheticSweep(schedules: ["linear"], seeds: 3).results()).render(.markdown).text
    #expect(!text.contains("Bold:"))
    #expect(!text.contains("Fewer than 3 seeds"))
  }
}
