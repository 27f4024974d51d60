import Foundation
import Schedules

extension Comparison {
  /// The schedules over all problems: average ranks by every measure, and how often each is among the best.
  func rankTable(_ rankings: [Ranking]) -> Table? {
    var rows: [Table.Row] = []
    for ranking in rankings where ranking.problems.count > 1 {
      guard let averages = ranking.averages else { continue }
      rows.append(
        Table.Row(
          "average rank, \(ranking.measure.shortTitle) (\(counted(ranking.problems.count, "problem")))",
          columns.indices.map { Table.Cell(fixed(averages[$0], 2), isBold: ranking.isAmongBest($0), sortValue: averages[$0]) }))
    }
    guard let first = rankings.first, !rows.isEmpty else { return nil }
    let standings = first.problems.map { standing(first.measure, problem: $0) }
    rows.append(
      Table.Row(
        "best, or not told from it",
        columns.indices.map { column in
          let count = standings.count { $0.isBold(column) }
          return Table.Cell("\(count) of \(standings.count)", sortValue: -Double(count))
        }))
    rows.append(
      Table.Row(
        "\(first.measure.shortTitle) above the best (%)",
        meanExcess(first.measure, problems: first.problems).map { excess in
          excess.map { Table.Cell(fixed(100 * $0, 1), sortValue: $0) } ?? Table.Cell("–")
        }))
    return Table(
      identifier: "ranks-\(identifier)", title: "Over all problems, \(optimizerTitle)", headings: [""] + columns.map(\.title),
      schedules: columns.map(\.key), optimizer: optimizer, rows: rows, notes: rankNotes(rankings, first: first))
  }

  private func rankNotes(_ rankings: [Ranking], first: Ranking) -> [String] {
    var notes = [
      "Rank 1 is best; equal values share their ranks. Separable and incomplete problems are left out, and of errors those without any."
    ]
    for ranking in rankings {
      guard let test = ranking.friedman else { continue }
      let p = test.pValue < 0.001 ? "p below 0.001" : "p = \(fixed(test.pValue, 3))"
      let statistic = "\(ranking.measure.shortTitle.capitalizedFirst): Friedman chi² = \(fixed(test.statistic, 2)), \(p)"
      notes.append(
        test.pValue < test.level
          ? "\(statistic). Average ranks that are \(fixed(test.criticalDifference, 2)) or less apart are not told apart "
            + "(Nemenyi's critical difference at \(percent(test.level)) %); bold are those within it of the lowest."
          : "\(statistic): over these problems the schedules' ranks differ no more than by chance, so none is better by rank; "
            + "all are bold.")
    }
    if rankings.allSatisfy({ $0.friedman == nil }) {
      notes.append("Too few problems or schedules for a Friedman test: nothing can be said about chance.")
    }
    notes.append(
      first.measure == .trainError
        ? "Training error above the best: geometric mean over the problems of error / lowest error of any schedule, minus 1."
        : "\(first.measure.shortTitle.capitalizedFirst) above the best: geometric mean over the problems of the "
          + "\(first.measure.isDistance ? "distance / the smallest distance" : "value / the lowest value") of any schedule, minus 1."
    )
    return notes
  }

  /// By column: the value relative to the lowest of any column, minus 1, distances by their logarithms; nil where the lowest is
  /// zero or the cell is empty.
  func excess(_ measure: Measure, problem: Int) -> [Double?] {
    let means = columns.indices.map { sample(measure, problem: problem, column: $0)?.mean }
    guard let lowest = means.compactMap({ $0 }).min() else { return means }
    return means.map { mean in
      mean.flatMap { measure.isDistance ? pow(10, $0 - lowest) - 1 : lowest > 0 ? $0 / lowest - 1 : nil }
    }
  }

  /// By column: the geometric mean over the problems for which the ratio exists; nil if there are none or a cell diverged.
  func meanExcess(_ measure: Measure, problems: [Int]) -> [Double?] {
    let rows = problems.map { excess(measure, problem: $0) }.filter { row in row.contains { $0 != nil } }
    return columns.indices.map { column in
      let known = rows.compactMap { $0[column] }
      guard !known.isEmpty, known.count == rows.count else { return nil }
      return exp(known.reduce(0) { $0 + log1p($1) } / Double(known.count)) - 1
    }
  }
}

extension Measure {
  var shortTitle: String {
    switch self {
    case .trainError: "training error"
    case .testError: "test error"
    case .trainLoss, .distance: "training loss"
    case .objective, .objectiveDistance: "training objective"
    }
  }
}

extension Measure {
  /// With the distance, where it is that: the subject of a sentence about ratios.
  var quantityTitle: String { isDistance ? "Distance of the \(shortTitle) from the optimum" : shortTitle.capitalizedFirst }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
