import Foundation
import Schedules

extension AxisComparison {
  /// For each value of the axis: average ranks, what is above the best, and the chosen rates.
  func table() -> Table {
    var rows: [Table.Row] = []
    for (index, comparison) in comparisons.enumerated() {
      if columns.count > 1 { rows += rankRows(comparison, at: valueTexts[index]) }
      rows.append(
        Table.Row(
          "\(valueTexts[index]): chosen rate",
          columns.indices.map { column in
            let known = comparison.problems.indices.compactMap { exponents(problem: $0, column: column)?[index] }
            guard let mean = SampleMean(known)?.mean else { return Table.Cell("–") }
            return Table.Cell("2^\(fixed(mean, 1))", sortValue: mean)
          }))
    }
    return Table(
      identifier: "axis-\(identifier)", title: "Along \(axis.title), \(title)", headings: [axis.title] + columns.map(\.title),
      schedules: columns.map { isOfMethods ? nil : $0.key }, optimizer: isOfMethods ? nil : comparisons[0].optimizer,
      rows: rows,
      notes: [
        (columns.count > 1
          ? "Average rank\(measureText), bold: the lowest and what Nemenyi's test over the problems cannot tell from it. Above the "
            + "best: geometric mean over the problems of the value divided by the lowest of any \(noun) in the same condition, minus 1. "
          : "")
          + "Chosen rate: geometric mean over the problems that are complete and not separable in every condition."
      ] + notes)
  }

  private func rankRows(_ comparison: Comparison, at value: String) -> [Table.Row] {
    let measure = comparison.primaryMeasure
    let ranking = Ranking(measure, of: comparison)
    let count = "(\(counted(ranking.problems.count, "problem")))"
    return [
      Table.Row(
        "\(value): average rank \(count)",
        columns.indices.map { column in
          ranking.averages.map {
            Table.Cell(fixed($0[column], 2), isBold: ranking.isAmongBest(column), sortValue: $0[column])
          } ?? Table.Cell("–")
        }),
      Table.Row(
        "\(value): above the best (%)",
        comparison.meanExcess(measure, problems: ranking.problems).map { excess in
          excess.map { Table.Cell(fixed(100 * $0, 1), sortValue: $0) } ?? Table.Cell("–")
        }),
    ]
  }

  var isOfMethods: Bool { if case .methods = subject { true } else { false } }

  private var notes: [String] {
    guard case .methods(let untuned, let leftOut) = subject else { return [] }
    let seeds = comparisons[0].seeds
    return [
      seeds > 1
        ? "As in the tables across optimizers, every seed's value is at the rate that the other seeds choose." : nil,
      untuned.isEmpty ? nil : "No rate is chosen for \(listed(untuned.sorted().map { columns[$0].title })).",
      leftOut.isEmpty ? nil : "Left out, since results of some condition or problem are not given: \(listed(leftOut)).",
    ].compactMap { $0 }
  }
}
