import Foundation
import Schedules
import Sweeps

extension MethodComparison {
  /// Problems in rows, methods in columns: mean ± standard error, marked where it differs significantly from the reference
  /// method's.
  ///
  /// - Returns: nil if no problem has values of the measure.
  func table(_ measure: Measure) -> Table? {
    let shown = problems.indices.filter { problem in
      columns.indices.contains { sample(measure, problem: problem, column: $0) != nil }
    }
    guard !shown.isEmpty else { return nil }
    let differences = Dictionary(uniqueKeysWithValues: shown.map { ($0, self.differences(measure, problem: $0)) })
    let rows = shown.map { problem in
      Table.Row(
        problems[problem].name, marks: separable[problem] ? [.separableProblem] : [],
        columns.indices.map { cell(measure, problem: problem, column: $0, difference: differences[problem]?[$0]) })
    }
    let ranked = ranked(measure)
    let isTested = differences.values.contains { $0.contains { $0 != nil } }
    return Table(
      identifier: "methods-\(measure.identifier)\(identifier)", title: "\(measure.title), across optimizers\(title)",
      headings: ["problem"] + columns.enumerated().map { $1.title + ($0 == reference ? " (reference)" : "") },
      schedules: columns.map { _ in nil },
      rows: rows + summaryRows(measure, ranked: ranked, differences: isTested ? differences : [:]),
      notes: notes(measure, ranked: ranked, shown: shown, isTested: isTested))
  }

  private func cell(_ measure: Measure, problem: Int, column: Int, difference: Difference?) -> Table.Cell {
    guard let sample = sample(measure, problem: problem, column: column) else {
      return Table.Cell(placeholder(measure, problem: problem, column: column))
    }
    var marks: [Table.Mark] = []
    if let difference, difference.isSignificant { marks.append(difference.mean < 0 ? .belowReference : .aboveReference) }
    if !columns[column].isComplete[problem] { marks.append(.incomplete) }
    return Table.Cell(
      fixed(sample.mean, measure.decimals), uncertainty: sample.standardError.map { fixed($0, measure.decimals) },
      marks: marks, sortValue: sample.mean)
  }

  /// The text in place of a number.
  private func placeholder(_ measure: Measure, problem: Int, column: Int) -> String {
    let column = columns[column]
    guard column.isComplete[problem] else { return column.isMadeElsewhere ? "–" : "missing" }
    let known = column.quantities[problem]
    return known.isEmpty || known.contains(measure.quantity) ? "diverged" : "–"
  }

  private func summaryRows(_ measure: Measure, ranked: [Int], differences: [Int: [Difference?]]) -> [Table.Row] {
    var rows: [Table.Row] = []
    if ranked.count > 1 {
      let known = columns(with: measure, on: ranked)
      let means = known.map { column in
        ranked.reduce(0) { $0 + (sample(measure, problem: $1, column: column)?.mean ?? 0) } / Double(ranked.count)
      }
      let ranks = averageRanks(measure, problems: ranked, columns: known)
      let cells = { (values: [Double], decimals: Int) in
        columns.indices.map { column in
          known.firstIndex(of: column).map { Table.Cell(fixed(values[$0], decimals), sortValue: values[$0]) } ?? Table.Cell("–")
        }
      }
      rows.append(Table.Row("mean", cells(means, measure.decimals), isSummary: true))
      rows.append(Table.Row("average rank", cells(ranks, 2), isSummary: true))
    }
    if !differences.isEmpty {
      rows.append(
        Table.Row(
          "below / above the reference",
          columns.indices.map { column in
            guard column != reference else { return Table.Cell("–") }
            let known = differences.filter { !separable[$0.key] }.compactMap { $0.value[column] }
            let (below, above) = (
              known.count { $0.isSignificant && $0.mean < 0 }, known.count { $0.isSignificant && $0.mean > 0 }
            )
            return Table.Cell("\(below) / \(above) of \(known.count)", sortValue: Double(above - below))
          }, isSummary: true))
    }
    rows.append(
      Table.Row(
        "runs that tuned it",
        columns.map { column in
          let known = column.tuningRuns.compactMap { $0 }
          guard !known.isEmpty else { return Table.Cell("–") }
          let sum = known.reduce(0, +)
          return Table.Cell(sum == 0 ? "none" : "\(sum)", sortValue: Double(sum))
        }, isSummary: true))
    return rows
  }

  private func notes(_ measure: Measure, ranked: [Int], shown: [Int], isTested: Bool) -> [String] {
    var notes = [
      seeds > 1
        ? "Every seed's value is at the rate that the other seeds choose: rates chosen and judged on the same seeds favour what is "
          + "tuned. So the numbers differ slightly from those of the tables by optimizer."
        : "One seed: rates are chosen and judged on the same runs, which favours methods that are tuned."
    ]
    let schedules = columns.filter { !$0.schedule.isEmpty }.map { "\($0.title) with \($0.schedule)" }
    notes.append("Schedules: \(listed(schedules)).")
    if isTested {
      notes.append(
        "Tests are against \(columns[reference].title), the reference method: paired t-tests over the shared seeds, level "
          + "\(percent(Standing.level)) %, two-sided, Holm's correction for the number of columns compared. Nothing else is tested."
      )
    }
    if ranked.count > 1 {
      let names = ranked.count < shown.count ? ": " + listed(ranked.map { problems[$0].name }) : ""
      notes.append(
        "Mean and average rank are over the \(ranked.count) problems that every method of the sweep has results for\(names).")
    }
    notes.append(
      "Runs that tuned it: the runs at all rates tried, and the prior runs of what is refined; none for a single rate.")
    if columns.contains(where: \.isMadeElsewhere) {
      notes.append("(elsewhere): made with another program, and taken over as given; paired with the other methods by seed.")
    }
    return notes
  }
}
