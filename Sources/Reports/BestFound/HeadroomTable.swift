import Foundation
import Schedules
import Sweeps

extension BestFoundComparison {
  /// Losses, then errors, of the finely tuned schedules, then of the columns of the sweep.
  func headroomTables() -> [Table] {
    [false, true].flatMap { isSwept in
      (isSwept ? swept : tuned).compactMap { table($0, isSwept: isSwept) }
    }
  }

  private func table(_ headroom: Headroom, isSwept: Bool) -> Table? {
    let shown = comparison.problems.indices.filter { headroom.best[$0] != nil }
    guard !shown.isEmpty, !headroom.columns.isEmpty else { return nil }
    let isError = headroom.quantity.isFraction
    var rows = shown.map { problem -> Table.Row in
      let entries = headroom.entries[problem]
      let isBest = !entries.contains { $0?.isMissed ?? false }
      return Table.Row(
        comparison.problems[problem].name, marks: comparison.separableMarks(problem),
        [bestCell(headroom, problem: problem, isBold: isBest)]
          + headroom.columns.indices.map { column in
            guard let entry = entries[column] else {
              return Table.Cell(isSwept ? comparison.byLoss[problem][column].unpairedText : "–")
            }
            return cell(entry, isError: isError)
          })
    }
    if headroom.counted.count > 1 {
      rows.append(
        Table.Row(
          isError ? "headroom (mean)" : "headroom (mean, %)",
          [Table.Cell("")]
            + headroom.columns.indices.map { column in
              guard let mean = headroom.mean(column) else { return Table.Cell("–") }
              let scale = isError ? 1.0 : 100
              return Table.Cell(
                fixed(scale * mean.mean, isError ? 2 : 1),
                uncertainty: mean.standardError.map { fixed(scale * $0, isError ? 2 : 1) }, sortValue: mean.mean)
            }, isSummary: true))
    }
    let quantity = isError ? "training error (percentage points)" : comparison.isRegularised ? "objective" : "training loss"
    let rates = isSwept ? "rates of the grid" : "finely tuned rates"
    return Table(
      identifier: "headroom-\(isSwept ? "grid" : "tuned")-\(isError ? "error" : "loss")-\(comparison.identifier)",
      title: "Headroom in \(quantity), \(rates), \(comparison.optimizerTitle)",
      headings: ["problem", "best found"] + headroom.columns.map(\.title),
      schedules: [nil] + headroom.columns.map(\.key), optimizer: comparison.optimizer, rows: rows,
      notes: notes(headroom, shown: shown, isSwept: isSwept))
  }

  private func bestCell(_ headroom: Headroom, problem: Int, isBold: Bool) -> Table.Cell {
    guard let best = headroom.best[problem] else { return Table.Cell("–") }
    let decimals = headroom.quantity.isFraction ? 2 : 4
    return Table.Cell(
      fixed(best.mean, decimals), uncertainty: best.standardError.map { fixed($0, decimals) }, isBold: isBold,
      sortValue: best.mean)
  }

  private func cell(_ entry: Headroom.Entry, isError: Bool) -> Table.Cell {
    let error = entry.difference.standardError
    // Two significant digits of the standard error.
    let decimals = isError ? 2 : min(9, max(2, 1 - Int(log10(max(error ?? 0, 1e-8)).rounded(.down))))
    return Table.Cell(
      fixed(entry.difference.mean, decimals), uncertainty: error.map { fixed($0, decimals) },
      detail: entry.share.map { fixed(100 * $0, 1) + " %" }, isBold: !entry.isTold, sortValue: entry.difference.mean)
  }

  private func notes(_ headroom: Headroom, shown: [Int], isSwept: Bool) -> [String] {
    let isError = headroom.quantity.isFraction
    let judged = shown.compactMap { headroom.best[$0]?.count }.max() ?? 0
    let seeds = counted(judged, "seed")
    let objective = comparison.isRegularised ? "objective" : "training loss"
    var notes = [
      "Best found: the mean ± its standard error. Other columns: headroom, the mean paired difference of the schedule to the best "
        + "found ± its standard error" + (isError ? "." : "; in parentheses, in per cent of the schedule's own \(baseText).")
    ]
    if isSwept {
      notes.append(
        "Over the \(seeds) of the sweep, which the search has not seen; each column at its rate of the grid with the least \(objective). "
          + "Those rates are steps of the grid apart and were chosen on these very seeds, while that of the best found was tuned "
          + "finely on others: this headroom includes what a finer rate is worth, which may be as much as the schedule is.")
    } else {
      notes.append(
        "Over \(seeds) that neither the search nor the sweep trains with; every schedule at a rate tuned in eighths of an octave on the "
          + "seeds of the search, by \(objective): what the shape alone is worth.")
      if headroom.columns.contains(where: { $0.schedules == [Self.boundMinimizer] }) {
        notes.append(
          "Bound's minimiser: \(Self.boundMinimizer), the shape that minimises the last-iterate bound (Theorem 10); like refined, for "
            + "the smoothed norms of linear decay at its tuned rate.")
      }
    }
    if shown.contains(where: { headroom.entries[$0].contains { $0?.pValue != nil } }) {
      notes.append(
        "Bold: a headroom that a paired t-test cannot tell from none (level \(percent(Standing.level)) %, two-sided, Holm's correction for "
          + "the number of columns), and the best found where no column is significantly below it.")
    } else {
      notes.append("Fewer than \(PairedTTest.minimumPairs) seeds: nothing was tested.")
    }
    if headroom.counted.count > 1 {
      let names =
        headroom.counted.count < shown.count ? ": " + listed(headroom.counted.map { comparison.problems[$0].name }) : ""
      let what =
        isError
        ? "of the differences" : "one less the geometric mean of the best found's \(baseText) over the schedule's, in per cent,"
      notes.append(
        "Mean: \(what) over the \(headroom.counted.count) problems that are not separable\(names), ± its standard error over the problems."
      )
    }
    return notes
  }
}

extension Cell {
  /// What stands for a difference that cannot be formed.
  fileprivate var unpairedText: String { status == .measured ? "–" : placeholder }
}
