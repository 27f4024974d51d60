import Foundation
import Sweeps
import Testing
import Training

@testable import Reports

/// Several conditions in one report.
@Suite struct StudyTests {
  private static let problems = [
    (name: "a", error: 0.2, rows: 100_000, classes: 3), (name: "b", error: 0.3, rows: 100_000, classes: 3),
    (name: "c", error: 0.4, rows: 100_000, classes: 3),
  ]

  /// Flat is worse than linear at 10 epochs and better at 100, where the best rates are four times as large.
  private static func study(optimizers: [Optimizer] = [.adam()], batchSizes: [Int] = [16]) -> StudyResults {
    var configuration = SyntheticSweep(optimizers: optimizers, seeds: 6).results().configuration
    configuration.epochsAxis = [10, 100]
    configuration.batchSizeAxis = batchSizes
    configuration.optimizers = optimizers
    let conditions = configuration.conditions.map { condition in
      let isLong = condition.epochs == 100
      let sweep = SyntheticSweep(
        schedules: ["flat", "linear", "refined"], problems: problems,
        excess: isLong ? ["flat": 0, "linear": 0.2, "refined": 0.2] : ["flat": 0.2, "linear": 0, "refined": 0],
        optimizers: optimizers, exponents: -8...0, seeds: 6)
      var results = sweep.results()
      if isLong { for index in results.runs.indices { results.runs[index].learningRate *= 4 } }
      let columns = results.configuration.columns
      results.configuration = configuration.at(condition)
      results.configuration.columns = columns
      return StudyResults.ConditionResults(condition: condition, results: results)
    }
    configuration.columns = conditions[0].results.configuration.columns
    return StudyResults(configuration: configuration, conditions: conditions)
  }

  @Test func whatIsFoundAlongAnAxis() throws {
    let axis = try #require(AxisComparison.all(Report(Self.study())).first)
    #expect(axis.values == [10, 100] && axis.valueTexts == ["10", "100"])
    // On each of three problems flat against linear and against refined.
    #expect(axis.orderCounts == AxisComparison.OrderCounts(kept: 0, reversed: 6, atOneEnd: 0))
    let change = try #require(axis.rateChange)
    #expect(change.problems == 3 && change.low > 1 && abs(change.mean - 4) < 1)
    #expect(axis.bullet.contains("Of 6 pairs of schedules told apart on a problem at both ends, 6 reverse"), "\(axis.bullet)")
    #expect(axis.bullet.split(separator: " ").count <= 60)
  }

  /// A bullet an axis in the first lines, each comparison's own in its section.
  @Test func manyComparisonsAreSummedUp() throws {
    let report = Report(Self.study(optimizers: [.adam(), .sgd()], batchSizes: [16, 32]))
    let all = AxisComparison.all(report)
    let along = Dictionary(grouping: all, by: \.axis)
    #expect(along.count == 2 && AxisSummary.isNeeded(all))
    try #require(report.findings.count == 2)
    let (epochs, sizes) = (report.findings[0], report.findings[1])
    let count = try #require(along[.epochs]).count
    #expect(epochs.hasPrefix("**Epochs 10 to 100** (\(count) comparisons below): the lowest rank differs by chance only "))
    #expect(epochs.contains("told apart on a problem at both ends, 24 reverse"), "\(epochs)")
    #expect(epochs.contains(", told from 1 in \(count) of "), "\(epochs)")
    #expect(sizes.hasPrefix("**Batch size 16 to 32**") && sizes.contains("at both ends in 4."), "\(sizes)")
    #expect(sizes.contains("at both ends, 0 reverse"), "\(sizes)")
    #expect(sizes.contains("factors of 1 to 1, told from 1 in 0 of"), "\(sizes)")
    for finding in report.findings { #expect(finding.split(separator: " ").count <= 60) }
    let text = try report.render(.markdown).text
    for comparison in all { #expect(text.contains(comparison.bullet)) }
  }

  @Test func conditionsAreFoldedAndNoAnchorIsThereTwice() throws {
    let report = Report(Self.study())
    let document = report.document()
    let identifiers = document.tables.map(\.identifier)
    #expect(Set(identifiers).count == identifiers.count)
    let names = document.figures.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains { $0.hasPrefix("axis-epochs") && $0.hasSuffix("rate") })
    let text = try report.render(.markdown).text
    #expect(text.contains("<details>\n<summary>Epochs 10</summary>"))
    #expect(text.components(separatedBy: "<details>").count == 3 && text.components(separatedBy: "</details>").count == 3)
    #expect(text.contains("**Training error (%), Adam, epochs 100**"))
    for format in Report.Format.allCases { _ = try report.render(format) }
    let rows = try report.render(.csv).text.split(separator: "\n").dropFirst()
    #expect(rows.count == 2 * Self.study().conditions[0].results.runs.count)
    #expect(rows.contains { $0.hasSuffix(",10,16,0.0") } && rows.contains { $0.hasSuffix(",100,16,0.0") })
  }

  /// The objective chooses rates and ranks, and separable problems are ordinary ones.
  @Test func regularisedObjectives() throws {
    var results = SyntheticSweep(
      problems: Self.problems + [(name: "wine", error: 0, rows: 178, classes: 3)], optimizers: [.adam()], seeds: 4
    ).results()
    results.configuration.l2Axis = [0.01]
    for index in results.runs.indices {
      // Lowest at a rate that the error does not choose.
      let distance = log2(results.runs[index].learningRate) + 7
      results.runs[index][.trainObjective] =
        2 + 0.01 * distance * distance + (results.runs[index].schedule == "flat" ? 0.5 : 0.1)
    }
    let comparison = Report(results).comparisons[0]
    #expect(comparison.separable == [false, false, false, false])
    #expect(comparison.byError.joined().allSatisfy { $0.best?.learningRate == exp2(-7) })
    #expect(comparison.measures.first == .objectiveDistance)
    #expect(Ranking(.objectiveDistance, of: comparison).problems == [0, 1, 2, 3])
    let text = try Report(results).render(.markdown).text
    #expect(!text.contains("†"))
    #expect(text.contains("l2 0.01") && text.contains("**Adam, training objective**: "))
    #expect(text.contains("**Training objective, log10 of the distance from the optimum, Adam**"))
  }

  @Test func checkpointsAreShownAndDrawn() throws {
    var results = SyntheticSweep(problems: Self.problems, optimizers: [.adam()], seeds: 3).results()
    results.configuration.checkpoints = [0.5]
    for index in results.runs.indices {
      let run = results.runs[index]
      // At half a run, the lower rates are behind.
      let error = min(1, 0.5 + 0.05 * abs(log2(run.learningRate) - 1))
      results.runs[index].checkpoints = [Checkpoint(step: run.steps / 2, trainLoss: 2, trainError: error)]
    }
    let comparison = Report(results).comparisons[0]
    let table = try #require(comparison.checkpointTable())
    // The best rate at the end is 2^-4, five octaves from the best at half.
    #expect(table.rows[0].heading == "a, 50 %" && table.rows[0].cells[0].text == "75.00 / 50.00")
    let figure = try #require(LossFigure(comparison: comparison).render())
    #expect(figure.caption.contains("at the checkpoints"))
    #expect(Report(SyntheticSweep(seeds: 2).results()).comparisons[0].checkpointTable() == nil)
  }
}
