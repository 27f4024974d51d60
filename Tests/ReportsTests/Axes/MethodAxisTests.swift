import Foundation
import Sweeps
import Testing

@testable import Reports

/// Methods along the axes of a study.
@Suite struct MethodAxisTests {
  private static func axis(_ study: MethodStudy = MethodStudy()) throws -> (report: Report, axis: AxisComparison) {
    let report = Report(try study.study())
    let axis = AxisComparison.all(report).first { if case .methods = $0.subject { true } else { false } }
    return (report, try #require(axis))
  }

  @Test func valuesAreThoseOfTheTablesAcrossOptimizers() throws {
    let (report, axis) = try Self.axis()
    #expect(axis.values == [10, 100] && axis.columns.map(\.title) == ["Adam", "SGD", "tuned", "fixed"])
    for (condition, comparison) in zip(report.conditions, axis.comparisons) {
      let methods = try #require(condition.methods)
      for measure in [Measure.trainError, .distance] {
        for problem in methods.problems.indices {
          for column in methods.columns.indices {
            #expect(
              comparison.values(measure, problem: problem, column: column)
                == methods.values(measure, problem: problem, column: column))
          }
        }
        let ranks = methods.averageRanks(measure, problems: methods.ranked(measure), columns: Array(methods.columns.indices))
        #expect(Ranking(measure, of: comparison).averages == ranks)
      }
    }
  }

  @Test func ratesAreMeansOfThoseThatTheOtherSeedsChoose() throws {
    let (_, axis) = try Self.axis()
    // Of four seeds the first is lucky at 2^-3: the other three choose with it, and it does not choose for itself.
    let rate = try #require(axis.comparisons[0].byError[0][0].rate)
    #expect(axis.comparisons[0].byError[0][0].runs.map(\.learningRate) == [0.0625, 0.125, 0.125, 0.125])
    #expect(abs(log2(rate.mean) + 3.25) < 1e-12 && rate.low < rate.mean && rate.mean < rate.high)
    let change = try #require(axis.rateChange)
    #expect(abs(change.mean - 0.25) < 1e-9 && change.problems == 3)
    #expect(axis.bullet.hasPrefix("**Across optimizers, epochs 10 to 100**: "))
    #expect(axis.bullet.contains("pairs of methods") && axis.bullet.contains("Best rates are multiplied by 0.25"))
    #expect(axis.bullet.split(separator: " ").count <= 60, "\(axis.bullet)")
  }

  @Test func noRateIsShownWhereNoneIsChosen() throws {
    let (_, axis) = try Self.axis()
    let table = axis.table()
    #expect(table.headings == ["epochs", "Adam", "SGD", "tuned", "fixed"])
    #expect(table.rows[2].heading == "10: chosen rate" && table.rows[2].cells[3].text == "–")
    #expect(table.rows[2].cells[2].text != "–")
    #expect(table.notes.contains("No rate is chosen for fixed."))
    let rates = try #require(AxisFigure(axis: axis, quantity: .rate).render()).svg
    let errors = try #require(AxisFigure(axis: axis, quantity: .measure(.trainError)).render()).svg
    #expect(!rates.contains(">fixed<") && rates.contains(">tuned<") && errors.contains(">fixed<"))
    var untuned = MethodStudy()
    untuned.fixed = ["tuned", "fixed"]
    #expect(try Self.axis(untuned).axis.tuned == [0, 1])
  }

  @Test func optimizersOfOneScheduleAreComparedAcrossAlone() throws {
    let titles = AxisComparison.all(try Self.axis().report).map(\.title)
    #expect(titles == ["across optimizers"])
    var study = MethodStudy()
    study.schedules = ["linear", "flat"]
    #expect(AxisComparison.all(try Self.axis(study).report).map(\.title) == ["across optimizers", "Adam", "SGD"])
    study.names = []
    #expect(AxisComparison.all(try Self.axis(study).report).map(\.title) == ["Adam", "SGD", "across optimizers"])
  }

  @Test func everyFormatShowsThem() throws {
    let (report, _) = try Self.axis()
    let document = report.document()
    #expect(Set(document.tables.map(\.identifier)).count == document.tables.count)
    #expect(Set(document.figures.map(\.name)).count == document.figures.count)
    #expect(try report.render(.markdown).text.contains("## Along epochs, across optimizers"))
    #expect(try report.render(.latex).text.contains("axis-epochs-across-optimizers"))
    let html = try report.render(.html).text
    for column in try #require(report.conditions[0].methods).drawn {
      #expect(html.contains(".\(SVGCanvas.className(column.key)){color:\(column.style.light)}"))
    }
  }

  @Test(arguments: [true, false])
  func methodsMadeElsewhereNeedEveryValue(isComplete: Bool) throws {
    let study = try MethodStudy().study()
    let rows = ["p", "q", "r"].flatMap { problem in
      (isComplete ? [10, 100] : [10]).flatMap { epochs in
        (1...4).map { seed in "\(problem),mine,\(seed),\(epochs),0.0\(seed)" }
      }
    }
    let added = try AddedRuns(
      (["problem,optimizer,seed,epochs,train_error"] + rows).joined(separator: "\n"), file: "f", problems: ["p", "q", "r"],
      conditions: study.configuration.conditions)
    let axis = try #require(AxisComparison.all(Report(study, added: added)).first)
    #expect(axis.columns.map(\.title).contains("mine (elsewhere)") == isComplete)
    let note = "Left out, since results of some condition or problem are not given: mine (elsewhere)."
    #expect(axis.table().notes.contains(note) == !isComplete)
    #expect(Ranking(.trainError, of: axis.comparisons[0]).problems == [0, 1, 2])
  }

  /// 24 methods with names of 40 characters.
  @Test func nothingIsCutOffOrOverlaps() throws {
    var study = MethodStudy()
    study.names = (11...32).map { "A method whose own name is forty wide \($0)" }
    study.problems = (11...22).map { "W_dataset.with-a-MMMMMWWWWW-long-name-\($0)" }
    study.epochs = [10, 30, 100, 300, 1_000]
    let (_, axis) = try Self.axis(study)
    #expect(axis.columns.count == 24 && axis.columns[23].title.count == 40)
    let quantities: [AxisFigure.Quantity] = [.measure(.trainError), .measure(.distance), .rate]
    let figures = quantities.compactMap { AxisFigure(axis: axis, quantity: $0).render() }
    #expect(figures.count == 3)
    try FigureText.check(figures)
    #expect(axis.bullet.split(separator: " ").count <= 80)
  }
}
