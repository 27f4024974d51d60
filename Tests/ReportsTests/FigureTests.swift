import Foundation
import Sweeps
import Testing
import Training

@testable import Reports

@Suite struct FigureTests {
  /// 24 columns, 40 problems, names of 40 characters.
  private static let crowd: SweepResults = {
    let schedules =
      ["flat", "inverse", "inverse-sqrt", "stepwise", "cosine", "linear", "polynomial", "exponential", "wsd", "refined"]
      + ["refined", "cosine", "linear", "exponential"].flatMap { name in
        [0.1, 0.15, 0.25].map { "\(name):warmup=\($0)" }
      } + ["inverse-sqrt:warmup=0.1", "polynomial:warmup=0.1"]
    let problems = (1...40).map { index in
      (
        name: "W_dataset.with-a-MMMMMWWWWW-long-name-\(index + 10)", error: 0.2 + 0.01 * Double(index), rows: 300 * index,
        classes: 4
      )
    }
    var results = SyntheticSweep(
      schedules: schedules, problems: problems, excess: ["flat": 0.2], exponents: -6 ... -1, seeds: 3
    )
    .results()
    for index in results.configuration.columns.indices where index % 3 == 0 {
      results.configuration.columns[index].name = "A column whose own name is forty letters \(index)"
    }
    for record in results.refinements {
      for schedule in schedules where schedule.hasPrefix("refined:") {
        var other = record
        other.schedule = schedule
        results.refinements.append(other)
      }
    }
    return results
  }()

  @Test func nothingIsCutOffOrOverlaps() throws {
    let figures = try Report(Self.crowd).render(.markdown).figures
    #expect(figures.count == 9)
    try FigureText.check(figures)
  }

  @Test func nothingIsCutOffOrOverlapsAlongAnAxis() throws {
    var study = StudyResults(Self.crowd)
    study.configuration.epochsAxis = [10, 20, 50, 100, 1_000, 100_000]
    study.conditions = study.configuration.conditions.map { condition in
      var results = Self.crowd
      results.configuration = study.configuration.at(condition)
      return StudyResults.ConditionResults(condition: condition, results: results)
    }
    let axis = try #require(AxisComparison.all(Report(study)).first)
    let quantities: [AxisFigure.Quantity] = [.measure(.trainError), .measure(.distance), .rate]
    let figures = quantities.compactMap { AxisFigure(axis: axis, quantity: $0).render() }
    #expect(figures.count == 3)
    try FigureText.check(figures)
  }

  @Test func nothingIsCutOffOrOverlapsBesideTheBestFound() throws {
    var results = Self.crowd
    let names = Set(results.problems.map(\.name))
    var made = BestFoundSweep()
    made.sweep = SyntheticSweep(schedules: ["linear"], problems: [("a", 0.2, 300, 4)], exponents: -2 ... -1, seeds: 3)
    let found = made.results()
    results.configuration.search = found.configuration.search
    results.bestFound = names.sorted().flatMap { name in
      found.bestFound.map { found in
        var found = found
        found.record.problem = name
        return found
      }
    }
    let conditions = Report(results).conditions
    let figures = conditions[0].bestFound.compactMap { BestFoundFigure(bestFound: $0).render() }
    #expect(figures.count == 2)
    try FigureText.check(figures)
    try FigureText.check([#require(BestShapesFigure(findings: BestFoundFindings.all(conditions)).render())], texts: 12)
  }

  @Test func fewShortNamesStandBesideTheirCurves() throws {
    let figure = try Report(SyntheticSweep(seeds: 3).results()).render(.markdown).figures.first { $0.name == "loss-adam" }
    let texts = FigureText.boxes(try #require(figure).svg).map(\.text)
    #expect(texts.count { $0 == "stepwise" } == 6)
  }

  @Test func theLossFigureShowsTheRatesWithTheLowestLoss() throws {
    var results = SyntheticSweep(problems: [(name: "p", error: 0.2, rows: 500, classes: 3)], seeds: 3).results()
    for index in results.runs.indices where results.runs[index].optimizer == "adam" {
      // Lowest where the error is not.
      results.runs[index][.trainLoss] = results.runs[index].learningRate == 1 ? 0.125 : 0.75
    }
    for index in results.traces.indices { results.traces[index].learningRate = 1 }
    let svg = try #require(LossFigure(comparison: Report(results).comparisons[0]).render()).svg
    #expect(svg.contains("<title>linear: 0.125</title>"))
    #expect(!svg.contains(": 0.75</title>"))
  }

  @Test(arguments: [
    Array(repeating: "linear", count: 24), Array(repeating: "wsd", count: 12) + Array(repeating: "table", count: 12),
    [
      "flat", "inverse", "inverse-sqrt", "stepwise", "cosine", "linear", "polynomial", "exponential", "wsd", "onecycle",
      "refined",
      "table",
    ] + Array(repeating: "refined", count: 12),
  ])
  func twentyFourColumnsCanBeToldApart(names: [String]) {
    let styles = ScheduleStyle.styles(of: names)
    #expect(styles[0] == ScheduleStyle(names[0]))
    for first in styles.indices {
      for second in styles.indices where second > first {
        let (a, b) = (styles[first], styles[second])
        #expect(a.distance(from: b) > 0.1, "\(first), \(second): \(a), \(b)")
        // In grey print.
        #expect(a.dashes != b.dashes || abs(a.light.oklab.l - b.light.oklab.l) > 0.03, "\(first), \(second): \(a), \(b)")
      }
    }
  }

  @Test func longTextsKeepBothEnds() {
    #expect(fitted("short", width: 100) == "short")
    let text = fitted("dataset-with-a-very-long-name-01", width: 120)
    #expect(text.hasPrefix("dataset") && text.hasSuffix("01") && text.contains("…"))
    #expect(textWidth(text) <= 120)
    #expect(textWidth("\u{4E2D}\u{6587}") == 24)
    #expect(textWidth("e\u{301}") == textWidth("e"))
  }

  @Test(arguments: [(0.6, 1.9), (1.1, 9.9), (3, 40), (0.011, 0.095), (2e-5, 8e3), (0.98, 1.01), (5, 60), (0.3, 7)])
  func everyAxisHasTwoLabelsOrMore(low: Double, high: Double) {
    for kind in [Scale.Kind.linear, .logarithmic] {
      for count in 3...5 {
        let ticks = Scale(kind, low, high).ticks(count)
        #expect(ticks.count >= 2 && ticks.count <= 4 * count, "\(kind), \(count): \(ticks)")
        #expect(ticks.allSatisfy { $0 >= low * 0.999 && $0 <= high * 1.001 })
      }
    }
  }
}
