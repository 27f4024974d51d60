import Foundation
import Sweeps
import Testing

@testable import Reports

@Suite struct ReportTests {
  private static let made = SyntheticSweep().results()
  private var results: SweepResults { Self.made }

  private func markdown(_ results: SweepResults) throws -> String { try Report(results).render(.markdown).text }

  private func body(_ text: String) -> Substring {
    text.prefix(upTo: text.range(of: "## How this was run")?.lowerBound ?? text.endIndex)
  }

  @Test func opensWithTheProtocolAndFindings() throws {
    let lines = try markdown(results).split(separator: "\n").map(String.init)
    #expect(
      lines[1]
        == "100 epochs, batch size 16, 10 seeds, learning rates 2⁻¹² to 2³ by factors of 2, further where the best is at an edge; "
        + "not regularised; Adam (beta1 0.9, beta2 0.95, epsilon 1e-08); SGD.")
    let bullets = Findings(Report(results).comparisons).bullets
    #expect(lines[2..<(2 + bullets.count)].elementsEqual(bullets.map { "- " + $0 }))
    #expect(bullets[0].contains("**linear** is best") || bullets[0].contains("**refined** is best"), "\(bullets[0])")
    #expect(bullets[0].contains("% below flat.") && bullets[0].contains("By rank not told from"), "\(bullets[0])")
  }

  /// Where no column has errors, ranks and ratios of errors say nothing.
  @Test func problemsWithoutErrorsAreLeftOutOfRanksOfErrors() throws {
    var results = results
    for index in results.runs.indices where results.runs[index].problem == "glass.scale" {
      results.runs[index][.trainError] = 0
    }
    let comparison = Report(results).comparisons[0]
    #expect(!comparison.separable[0])
    #expect(!Ranking(.trainError, of: comparison).problems.contains(0))
    #expect(Ranking(.distance, of: comparison).problems.contains(0))
    #expect(comparison.excess(.trainError, problem: 0) == [nil, nil, nil, nil, nil, nil])
    let text = try markdown(results)
    #expect(text.contains("complete and not separable, with errors in some column: letter.scale, pendigits"), "\(text)")
  }

  @Test func sameResultsSameBytesInAnyOrder() throws {
    var shuffled = results
    shuffled.runs.reverse()
    shuffled.traces.reverse()
    shuffled.refinements.reverse()
    for format in Report.Format.allCases {
      let first = try Report(results).render(format)
      let second = try Report(shuffled).render(format)
      #expect(first.text == second.text)
      #expect(first.figures.map(\.svg) == second.figures.map(\.svg))
    }
  }

  @Test func onlyTheClosingSectionKnowsMachineAndTime() throws {
    var elsewhere = results
    elsewhere.sessions = [
      SessionRecord(
        started: "2031-05-05T00:00:00Z", seconds: 9_999, machine: "another", threads: 64, shard: "2/4", runs: 12,
        path: "/elsewhere")
    ]
    let first = try markdown(results)
    let second = try markdown(elsewhere)
    #expect(first != second)
    #expect(body(first) == body(second))
    #expect(second.contains("another") && second.contains("2 h 46 min"))
    let last = second.components(separatedBy: "\n").last { $0.hasPrefix("## ") }
    #expect(last == "## How this was run")
  }

  @Test func everyProblemAndScheduleIsInTheMainTable() throws {
    let text = try markdown(results)
    for name in results.problems.map(\.name) { #expect(text.contains("| \(name) ")) }
    #expect(text.contains("| problem | flat | 1/t | stepwise | cosine | linear | refined |"))
    #expect(text.contains("| wine.scale † |"))
    #expect(text.contains("Holm"))
  }

  @Test func unfinishedSweepsMarkWhatIsMissing() throws {
    var part = results
    part.runs.removeAll { run in
      run.problem == "vowel.scale" || (run.problem == "glass.scale" && run.schedule == "refined")
        || (run.problem == "letter.scale" && run.seed > 4)
    }
    let text = try markdown(part)
    #expect(text.contains("| vowel.scale | missing |"))
    #expect(text.contains("glass.scale with Adam: not run yet: refined."))
    #expect(text.contains("letter.scale with Adam: not all learning rates and seeds have been run yet"))
    #expect(text.contains("… not all learning rates and seeds have been run yet"))
  }

  /// All seeds at the rate that is shown, but not all rates: marked, and out of ranks, means and tests.
  @Test func whatIsNotCompleteIsComparedWithNothing() throws {
    var part = results
    part.incomplete = [
      IncompleteSchedule(problem: "glass.scale", optimizer: "adam", schedule: "inverse", runs: 119, missingRuns: 1)
    ]
    let comparison = Report(part).comparisons[0]
    let glass = try #require(part.problems.firstIndex { $0.name == "glass.scale" })
    let column = try #require(comparison.columns.firstIndex { $0.key == "inverse" })
    #expect(comparison.byError[glass].map(\.isComplete) == comparison.columns.indices.map { $0 != column })
    #expect(!Ranking(.trainError, of: comparison).problems.contains(glass))
    #expect(Ranking(.trainError, of: Report(part).comparisons[1]).problems.contains(glass))
    #expect(comparison.standing(.trainError, problem: glass).pValues[column] == nil)
    let text = try markdown(part)
    #expect(text.contains("glass.scale with Adam: not all learning rates and seeds have been run yet: 1/t."))
    #expect(text.contains("… not all learning rates and seeds have been run yet"))
  }

  @Test func optimizersComeInTheConfigurationsOrder() throws {
    var sweep = SyntheticSweep(seeds: 2)
    sweep.optimizers = [.sgd(), .adam()]
    #expect(Report(sweep.results()).comparisons.map(\.optimizer) == ["sgd", "adam"])
    var results = SyntheticSweep(seeds: 2).results()
    results.configuration.optimizers = [.adam(beta2: 0.999), .sgd(), .adam()]
    #expect(Report(results).comparisons.map(\.optimizer) == ["adam:beta2=0.999", "sgd", "adam"])
  }

  @Test func otherPlansStandInTheClosingSection() throws {
    var results = results
    results.planKey = "01234567"
    results.otherPlans = ["89abcdef: epochs: 5 (2024-01-02T03:04:05Z)"]
    results.morePlans = "Other plans of this results folder hold more (wsd: `--protocol 89abcdef`)."
    let text = try markdown(results)
    let closing = try #require(text.range(of: "## How this was run"))
    for line in ["This is plan 01234567.", "89abcdef: epochs: 5", "hold more"] {
      #expect(text[closing.upperBound...].contains(line) && !text[..<closing.lowerBound].contains(line))
    }
  }

  @Test func emptyResultsStillMakeAReport() throws {
    let empty = SweepResults(protocolYAML: "", version: "0", configuration: SweepConfiguration())
    let text = try markdown(empty)
    #expect(text.contains("No schedule can be called best yet"))
    #expect(text.contains("## How this was run"))
    for format in Report.Format.allCases { _ = try Report(empty).render(format) }
  }

  @Test func oneSeedHasNoStandardErrorAndNoTest() throws {
    let text = try markdown(SyntheticSweep(seeds: 1).results())
    #expect(text.contains("One seed has no standard error"))
    #expect(text.contains("no test was made"))
    #expect(text.contains("too few seeds"))
    #expect(!text.contains("±"))
  }

  @Test func edgesOfTheGridAreMarked() throws {
    let text = try markdown(SyntheticSweep(exponents: -12 ... -6).results())
    #expect(text.contains("↑"))
    #expect(text.contains("the best learning rate is at the edge of those tried"))
    #expect(try !markdown(results).contains("↑"))
  }

  @Test func failedRefinementSaysWhy() throws {
    var failed = results
    failed.runs.removeAll { $0.problem == "vowel.scale" && $0.schedule == "refined" }
    for index in failed.refinements.indices where failed.refinements[index].problem == "vowel.scale" {
      failed.refinements[index].failure = "a smoothed norm of zero at step 812"
    }
    let text = try markdown(failed)
    #expect(text.contains("vowel.scale has no refined schedule: a smoothed norm of zero at step 812."))
    #expect(text.contains("| no refinement |"))
  }

  @Test func namesOfFilesAreEscaped() throws {
    var odd = results
    for index in odd.runs.indices where odd.runs[index].problem == "glass.scale" { odd.runs[index].problem = "a|b_c*" }
    odd.problems[0].name = "a|b_c*"
    #expect(try markdown(odd).contains(#"| a\|b\_c\* |"#))
  }

  @Test func writesFiguresBesideTheReport() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "refinery-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let report = Report(results)
    try report.write(to: folder.appending(path: "REPORT.md"), format: .markdown)
    let text = try String(contentsOf: folder.appending(path: "REPORT.md"), encoding: .utf8)
    let figures = try report.render(.markdown).figures
    #expect(!figures.isEmpty)
    for figure in figures {
      #expect(text.contains("(figures/\(figure.name).svg)"))
      let svg = try Data(contentsOf: folder.appending(path: "figures/\(figure.name).svg"))
      let text = String(decoding: svg, as: UTF8.self)
      #expect(text.replacing("<metadata>Figure of REPORT.md</metadata>\n", with: "") == figure.svg)
      #expect(text != figure.svg)
    }
  }

  @Test func optimizersStandInTheConfigurationsOrder() {
    var configuration = SweepConfiguration()
    configuration.optimizers = [.sgd(momentum: 0.9), .sgd(), .adam(beta2: 0.999), .sgd(momentum: 0.5)]
    let results = SweepResults(protocolYAML: "", version: "0", configuration: configuration)
    #expect(
      Report(results).comparisons.map(\.optimizer) == ["sgd:momentum=0.9", "sgd", "adam:beta2=0.999", "sgd:momentum=0.5"])
  }
}
