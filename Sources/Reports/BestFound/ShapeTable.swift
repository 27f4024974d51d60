import Sweeps

extension BestFoundComparison {
  /// The schedules that theory makes, and linear decay that they are made from.
  static let theorySchedules = ["linear", "refined", boundMinimizer]

  /// By problem, then column of `tuned`: the distance of the shape to that of the best found.
  func shapeDistances(problem: Int) -> [Double?] {
    guard let best = stepSizes[problem].first else { return tuned[0].columns.map { _ in nil } }
    return stepSizes[problem].dropFirst().map { shapeDistance($0, best) }
  }

  /// How near the schedules of theory are to the best found.
  ///
  /// - Returns: nil where none of them was compared.
  func shapeTable() -> Table? {
    let losses = tuned[0]
    let columns = Self.theorySchedules.compactMap(losses.column)
    let shown = comparison.problems.indices.filter { losses.best[$0] != nil && !stepSizes[$0].isEmpty }
    guard columns.contains(where: { losses.columns[$0].schedules != ["linear"] }), !shown.isEmpty else { return nil }
    let distances = comparison.problems.indices.map { shapeDistances(problem: $0) }
    var rows = shown.map { problem in
      Table.Row(
        comparison.problems[problem].name, marks: comparison.separableMarks(problem),
        columns.map { column in
          distances[problem][column].map { Table.Cell(fixed($0, 2), sortValue: $0) } ?? Table.Cell("–")
        }
          + columns.map { column in
            guard let entry = losses.entries[problem][column], let share = entry.share else { return Table.Cell("–") }
            return Table.Cell(fixed(100 * share, 1), isBold: !entry.isTold, sortValue: share)
          })
    }
    if losses.counted.count > 1 {
      rows.append(
        Table.Row(
          "mean",
          columns.map { column in
            let known = losses.counted.compactMap { distances[$0][column] }
            guard known.count == losses.counted.count, let mean = SampleMean(known) else { return Table.Cell("–") }
            return Table.Cell(fixed(mean.mean, 2), uncertainty: mean.standardError.map { fixed($0, 2) }, sortValue: mean.mean)
          }
            + columns.map { column in
              guard let mean = losses.mean(column) else { return Table.Cell("–") }
              return Table.Cell(
                fixed(100 * mean.mean, 1), uncertainty: mean.standardError.map { fixed(100 * $0, 1) }, sortValue: mean.mean)
            }, isSummary: true))
    }
    let titles = columns.map { losses.columns[$0].title }
    let keys = columns.map { losses.columns[$0].key as String? }
    return Table(
      identifier: "shapes-\(comparison.identifier)",
      title: "Schedules of theory beside the best found, \(comparison.optimizerTitle)",
      headings: ["problem"] + titles.map { "distance, \($0)" } + titles.map { "headroom (%), \($0)" },
      schedules: keys + keys, optimizer: comparison.optimizer, rows: rows,
      notes: [
        "Distance: the root mean square, over the steps, of the difference to the best found, both schedules scaled to a mean of 1: "
          + "0 for the same shape, 0.58 between flat and linear.",
        "Headroom: the mean difference to the best found, in per cent of the schedule's own \(baseText); all at finely tuned rates, as in "
          + "the first table of the section on the best schedule found; bold where not told from none.",
        "Means are over the problems that are not separable, of headroom as in that table.",
      ])
  }
}
