import Schedules
import Sweeps

extension Comparison {
  /// How good each schedule is if stopped at a checkpoint: once at the rate that is best at the end, once at the one that is
  /// best there.
  ///
  /// - Returns: nil where no run has checkpoints.
  func checkpointTable() -> Table? {
    let shares = checkpoints.sorted()
    let rows = problems.indices.flatMap { problem -> [Table.Row] in
      shares.compactMap { share in
        let cells = columns.indices.map { CheckpointCell(self, problem: problem, column: $0, share: share) }
        guard cells.contains(where: { $0.atEndRate != nil || $0.atOwnRate != nil }) else { return nil }
        return Table.Row(
          "\(problems[problem].name), \(percent(share)) %", marks: separableMarks(problem),
          cells.map { cell in
            let texts = [cell.atEndRate, cell.atOwnRate].map { $0.map { fixed(100 * $0, 2) } ?? "–" }
            return Table.Cell(texts.joined(separator: " / "), sortValue: cell.atEndRate)
          })
      }
    }
    guard !rows.isEmpty else { return nil }
    return Table(
      identifier: "checkpoints-\(identifier)", title: "Training error (%) if stopped early, \(optimizerTitle)",
      headings: ["problem, share of the run"] + columns.map(\.title), schedules: columns.map(\.key), optimizer: optimizer,
      rows: rows + checkpointMeans(shares),
      notes: [
        "Mean training error after a share of the steps of a whole run: at the rate that is best at the end / at the rate that is best "
          + "there, over all seeds. A schedule that would be shortened to that share is another one: this is what stopping costs."
      ])
  }

  /// Over the problems that are complete and not separable, where every cell is known.
  private func checkpointMeans(_ shares: [Double]) -> [Table.Row] {
    let counted = averaged(byError)
    return shares.compactMap { share in
      let cells = counted.map { problem in
        columns.indices.map { CheckpointCell(self, problem: problem, column: $0, share: share) }
      }.filter { row in row.allSatisfy { $0.atEndRate != nil && $0.atOwnRate != nil } }
      guard cells.count > 1 else { return nil }
      return Table.Row(
        "mean, \(percent(share)) %",
        columns.indices.map { column in
          let (end, own) = cells.reduce(into: (0.0, 0.0)) { sums, row in
            sums.0 += row[column].atEndRate ?? 0
            sums.1 += row[column].atOwnRate ?? 0
          }
          let count = Double(cells.count)
          return Table.Cell(
            "\(fixed(100 * end / count, 2)) / \(fixed(100 * own / count, 2))", sortValue: 100 * end / count)
        }, isSummary: true)
    }
  }
}

/// Mean training errors of one cell at one checkpoint, fractions of 1.
private struct CheckpointCell {
  /// At the rate that is best at the end; nil if that is not known for all of its runs.
  let atEndRate: Double?
  /// At the rate that is best at the checkpoint, ties by the mean loss there.
  let atOwnRate: Double?

  init(_ comparison: Comparison, problem: Int, column: Int, share: Double) {
    let cell = comparison.byError[problem][column]
    let most = cell.best?.runs.count ?? 0
    atEndRate = Self.mean(cell.best?.runs ?? [], share: share)?.error
    let runs = comparison.columns[column].schedules.flatMap { comparison.runsBySchedule[problem][$0] ?? [] }
    let candidates = Dictionary(grouping: runs) { "\($0.schedule) \($0.learningRate)" }.values
    atOwnRate =
      candidates.filter { $0.count >= most }.compactMap { Self.mean($0, share: share) }
      .min { ($0.error, $0.loss) < ($1.error, $1.loss) }?.error
  }

  private static func mean(_ runs: [RunRecord], share: Double) -> (error: Double, loss: Double)? {
    let known = runs.sorted { $0.seed < $1.seed }.compactMap { run -> (Double, Double)? in
      let step = stepCount(share: share, of: run.steps)
      guard let checkpoint = run.checkpoints.first(where: { $0.step == step }), let error = checkpoint.trainError,
        let loss = checkpoint.trainLoss
      else { return nil }
      return (error, loss)
    }
    guard !runs.isEmpty, known.count == runs.count else { return nil }
    let count = Double(runs.count)
    return (known.reduce(0) { $0 + $1.0 } / count, known.reduce(0) { $0 + $1.1 } / count)
  }
}
