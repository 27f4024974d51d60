import Foundation
import Sweeps
import Testing
import Training

@testable import Reports

@Suite struct BestFoundReportTests {
  private static let results = BestFoundSweep().results()

  private static func bestFound(_ results: SweepResults) throws -> BestFoundComparison {
    try #require(Report(results).conditions[0].bestFound.first)
  }

  private static func bullets(_ results: SweepResults) -> [String] {
    BestFoundFindings.bullets(Report(results).conditions, axes: [])
  }

  // MARK: Numbers

  @Test func headroomOnTheSeedsOfTheJudgement() throws {
    let bestFound = try Self.bestFound(Self.results)
    let losses = bestFound.tuned[0]
    #expect(losses.columns.map(\.title) == ["linear", "cosine", "refined", "bound's minimiser"])
    #expect(losses.counted.count == 5)
    for problem in losses.counted {
      let linear = try #require(losses.entries[problem][0])
      #expect(linear.difference.count == 16 && abs(linear.difference.mean - 0.004) < 1e-9)
      // The best found is 0.0215 above the optimum.
      #expect(abs(try #require(linear.share) - 0.004 / 0.0255) < 1e-6)
      #expect(linear.isTold)
      let error = try #require(bestFound.tuned[1].entries[problem][0])
      #expect(abs(error.difference.mean - 0.1) < 1e-9 && error.share == nil)
    }
  }

  @Test func headroomOnTheSeedsOfTheSweep() throws {
    let bestFound = try Self.bestFound(Self.results)
    let comparison = bestFound.comparison
    let losses = bestFound.swept[0]
    #expect(losses.columns == comparison.columns)
    let (problem, column) = (1, try #require(losses.column(of: "linear")))
    let linear = try #require(losses.entries[problem][column])
    let cell = comparison.byLoss[problem][column]
    let runs = try #require(cell.best?.runs)
    let floor = try #require(comparison.problems[problem].optimum?.loss)
    let mean = runs.reduce(0) { $0 + ($1[.trainLoss] ?? 0) } / Double(runs.count)
    #expect(abs(linear.difference.mean - (mean - floor - 0.019)) < 1e-12)
    #expect(abs(try #require(linear.share) - linear.difference.mean / (mean - floor)) < 1e-12)
  }

  @Test func regularisedObjectivesAreCompared() throws {
    var results = Self.results
    results.configuration.l2Axis = [0.01]
    for index in results.bestFound.indices {
      for seed in results.bestFound[index].record.outcomes.indices {
        results.bestFound[index].record.outcomes[seed][.trainObjective]? += 0.001
      }
    }
    let losses = try Self.bestFound(results).tuned[0]
    #expect(losses.quantity == .trainObjective)
    #expect(abs(try #require(losses.entries[0][0]).difference.mean - 0.003) < 1e-9)
    #expect(losses.counted.count == 6, "a regularised problem is never separable")
  }

  /// Without the smallest losses, headroom is a part of the whole loss.
  @Test func optimaThatAreNotKnown() throws {
    var made = BestFoundSweep()
    made.sweep.hasOptimum = false
    let bestFound = try Self.bestFound(made.results())
    let linear = try #require(bestFound.tuned[0].entries[0][0])
    #expect(abs(try #require(linear.share) - 0.004 / 0.0255) < 1e-6)
    #expect(bestFound.baseText == "loss")
    #expect(Self.bullets(made.results())[0].contains("of linear decay's loss**"))
  }

  // MARK: First lines

  @Test func theFirstLinesAnswerTheQuestion() {
    let bullets = Self.bullets(Self.results)
    #expect(bullets.count == 3)
    #expect(bullets[0].contains("Adam**: on average it saves **15.7 % (95 % interval 15.7 to 15.7)"), "\(bullets[0])")
    #expect(bullets[0].contains("significantly lower on 5 of 5 problems"))
    #expect(bullets[2].contains("with Adam a peak at 10 % of the run (0 %)"), "\(bullets[2])")
    #expect(bullets[2].contains("end at 1.0 % of it (0 %); with SGD 10 %"), "\(bullets[2])")
    for bullet in bullets { #expect(bullet.split(separator: " ").count <= 60, "\(bullet)") }
    #expect(Report(Self.results).findings.prefix(3) == bullets[...])
  }

  /// What no test supports is not claimed.
  @Test(arguments: [(0.0, 0.0005), (0.0001, 0.003), (-0.002, 0.0005)])
  func nothingIsClaimedWithoutATest(gain: Double, noise: Double) throws {
    var made = BestFoundSweep()
    made.gains["linear"] = gain
    made.noise = noise
    let bullet = Self.bullets(made.results())[0]
    #expect(bullet.contains("**not significantly better than linear decay** on any of 5 problems"), "\(bullet)")
    #expect(!bullet.contains("saves") && bullet.contains("significantly higher on 5") == (gain < 0), "\(bullet)")
    #expect(bullet.split(separator: " ").count <= 60)
  }

  @Test func separableProblemsSayNothing() throws {
    var made = BestFoundSweep()
    made.sweep.problems = [(name: "wine.scale", error: 0, rows: 178, classes: 3)]
    let results = made.results()
    #expect(Self.bullets(results).allSatisfy { $0.contains("nothing can be said") })
    let table = try #require(try Self.bestFound(results).headroomTables().first)
    #expect(table.rows.count == 1 && table.rows[0].cells.allSatisfy { $0.detail == nil })
  }

  @Test func severalConditionsAreSummedUp() throws {
    var study = StudyResults(Self.results)
    study.configuration.epochsAxis = [10, 100]
    study.conditions = study.configuration.conditions.map { condition in
      var made = BestFoundSweep()
      if condition.epochs == 10 { made.gains["linear"] = 0 }
      var results = made.results()
      results.configuration.epochsAxis = [condition.epochs]
      return StudyResults.ConditionResults(condition: condition, results: results)
    }
    let report = Report(study)
    let findings = report.findings
    #expect(findings[0].contains("for each saves **8.2 % of linear decay's loss above the optimum**, "), "\(findings[0])")
    #expect(findings[0].contains("significantly on 10 of 20 cases"))
    #expect(findings[1].contains("most on **the horizon**, 0.0 % at epochs 10 and 15.7 % at epochs 100"), "\(findings[1])")
    #expect(findings[1].contains("less on the optimizer (8.2 % with Adam and 8.2 % with SGD)"), "\(findings[1])")
    #expect(findings[2].hasPrefix("**Most is left** with "))
    #expect(findings[2].contains("epochs 100: 15.7 ± 0.0 % (significant on 5 of 5 problems)"), "\(findings[2])")
    #expect(findings[2].contains("epochs 10: 0.0 ± 0.0 % ("), "\(findings[2])")
    #expect(findings[2].contains("significant on 0 of 5 problems)"))
    for finding in findings.prefix(4) { #expect(finding.split(separator: " ").count <= 60, "\(finding)") }
    let document = report.document()
    let table = try #require(document.tables.first)
    #expect(table.identifier == "best-found")
    #expect(table.rows.map(\.heading) == ["Adam, epochs 10", "Adam, epochs 100", "SGD, epochs 10", "SGD, epochs 100"])
    #expect(table.rows[1].cells[1].text == "15.7" && table.rows[1].cells[5].text == "5 of 5")
    let shapes = document.tables[1]
    #expect(shapes.identifier == "best-shapes" && shapes.rows.count == 5)
    #expect(shapes.notes.contains { $0.contains("4 knots, the second of them at 10 % of the run") })
    #expect(shapes.rows[0].cells.map(\.text) == ["10 %", "7.2 %", "48 %", "1.0 %"])
    #expect(shapes.rows[4].cells.map(\.text) == ["0 %", "10 %", "50 %", "0 %"])
    #expect(Set(document.tables.map(\.identifier)).count == document.tables.count)
    #expect(Set(document.figures.map(\.name)).count == document.figures.count)
    #expect(document.figures.first?.name == "best-shapes")
  }

  // MARK: Tables and formats

  @Test func theTablesShowThem() throws {
    let bestFound = try Self.bestFound(Self.results)
    let tables = bestFound.headroomTables()
    #expect(
      tables.map(\.identifier) == [
        "headroom-tuned-loss-adam", "headroom-tuned-error-adam", "headroom-grid-loss-adam", "headroom-grid-error-adam",
      ])
    let cell = tables[0].rows[0].cells[1]
    #expect(cell.text == "0.00400" && cell.uncertainty == "0.00013" && cell.detail == "15.7 %" && !cell.isBold)
    #expect(try #require(tables[0].rows.last).cells[1].text == "15.7")
    #expect(tables[0].rows[5].marks == [.separable] && tables[0].rows[5].cells[1].detail == nil)
    #expect(tables[2].notes.contains { $0.contains("includes what a finer rate is worth") })
    let shapes = try #require(bestFound.shapeTable())
    #expect(shapes.headings[1...3] == ["distance, linear", "distance, refined", "distance, bound's minimiser"])
    #expect(
      shapes.rows[0].cells[3].text == "15.7" && shapes.rows[0].cells[0].text == "0.24" && shapes.rows[0].cells[1].text == "0.32"
    )
    let markdown = try Report(Self.results).render(.markdown).text
    #expect(markdown.contains("0.00400 ± 0.00013 (15.7 %)"))
    #expect(try Report(Self.results).render(.latex).text.contains(#"$0.00400 \pm 0.00013$ (15.7 \%)"#))
  }

  @Test func theOtherTablesAreAsWithoutASearch() throws {
    var without = Self.results
    without.bestFound = []
    without.configuration.search = nil
    let (a, b) = (Report(Self.results), Report(without))
    #expect(try a.render(.csv).text == b.render(.csv).text)
    let own = ["best-", "headroom-", "shapes-"]
    let others = a.document().tables.filter { table in !own.contains { table.identifier.hasPrefix($0) } }
    #expect(others.map(\.identifier) == b.document().tables.map(\.identifier))
    for (first, second) in zip(others, b.document().tables) {
      #expect(first.rows.map { $0.cells.map(\.text) } == second.rows.map { $0.cells.map(\.text) })
    }
    #expect(Array(a.findings.dropFirst(3)) == b.findings)
    #expect(ResultsComparison(Self.results, without).markdown == ResultsComparison(without, without).markdown)
  }

  @Test func jsonCarriesThem() throws {
    let text = try Report(Self.results).render(.json).text
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let all = try #require(json["best_found"] as? [[String: Any]])
    #expect(all.count == 12)
    let first = all[0]
    #expect(first["schedule"] as? String == BestFoundSweep.schedule && first["learning_rate"] as? Double == 0.08)
    #expect((first["band"] as? [[String: Any]])?.count == 4 && (first["judged_losses"] as? [Double])?.count == 16)
    let tuned = try #require(first["headroom_tuned"] as? [[String: Any]])
    let linear = try #require(tuned.first { $0["column"] as? String == "linear" })
    #expect(abs(try #require(linear["difference"] as? Double) - 0.004) < 1e-9)
    #expect(abs(try #require(linear["error_difference"] as? Double) - 0.001) < 1e-9)
    #expect(linear["standard_error"] is Double && linear["share"] is Double && linear["shape_distance"] is Double)
    #expect((first["headroom_grid"] as? [[String: Any]])?.count == 6)
  }

  // MARK: What is missing

  @Test func whatWasNotFoundIsSaid() throws {
    var results = Self.results
    results.bestFound.removeAll { $0.record.problem == "letter.scale" && $0.record.optimizer == "adam" }
    let place = try #require(results.bestFound.firstIndex { $0.record.problem == "glass.scale" })
    results.bestFound[place] = BestFound(
      record: BestFoundRecord(problem: "glass.scale", optimizer: "adam", failure: "everything diverged"), runs: [],
      isComplete: true)
    let other = try #require(results.bestFound.firstIndex { $0.record.problem == "vowel.scale" })
    results.bestFound[other].isComplete = false
    // One seed of the judgement diverged.
    let diverged = try #require(results.bestFound.firstIndex { $0.record.problem == "vehicle.scale" })
    results.bestFound[diverged].record.compared[0].outcomes[3] = [:]
    let report = Report(results)
    let warnings = report.warnings
    #expect(warnings.contains("glass.scale with Adam: no best schedule was found: everything diverged."))
    #expect(warnings.contains("letter.scale with Adam: the best schedule has not been searched for yet."))
    #expect(warnings.contains("vowel.scale with Adam: not all seeds of the best schedule found have been run yet."))
    let bestFound = report.conditions[0].bestFound[0]
    #expect(bestFound.tuned[0].counted == [2, 3, 4])
    #expect(bestFound.swept[0].entries[4].allSatisfy { $0 == nil })
    let refined = try #require(bestFound.tuned[0].column(of: "refined"))
    #expect(bestFound.tuned[0].entries[3][refined] == nil && bestFound.tuned[0].mean(refined) == nil)
    for format in Report.Format.allCases { _ = try report.render(format) }
    var nothing = Self.results
    nothing.bestFound = []
    #expect(Report(nothing).warnings.count { $0.contains("has not been searched for yet") } == 12)
    #expect(!(try Report(nothing).render(.markdown).text.contains("Headroom in")))
  }

  // MARK: Figures

  @Test func figuresAreThere() throws {
    let figure = try #require(BestFoundFigure(bestFound: try Self.bestFound(Self.results)).render())
    for name in Self.results.problems.map(\.name) { #expect(figure.svg.contains(name)) }
    // Four bands' worth of lines: the band of each problem is an area.
    #expect(figure.svg.components(separatedBy: "<polygon class=\"band\"").count == 7)
    #expect(!figure.svg.contains("nan") && !figure.svg.contains("inf"))
    // Peaks beyond eight times linear decay's rate are written.
    #expect(!figure.svg.contains("up to"))
    var peaked = Self.results
    for index in peaked.bestFound.indices { peaked.bestFound[index].record.learningRate = 1.25 }
    let high = try #require(BestFoundFigure(bestFound: try Self.bestFound(peaked)).render())
    #expect(high.svg.components(separatedBy: ">up to 25<").count == 7)
    let findings = BestFoundFindings.all(Report(Self.results).conditions)
    #expect(BestShapesFigure(findings: findings).render()?.svg.contains("SGD") == true)
  }
}
