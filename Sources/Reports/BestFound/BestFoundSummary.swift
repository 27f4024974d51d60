import Sweeps

/// The best schedules found, a row for each optimizer and condition.
struct BestFoundSummary {
  private let rows: [BestFoundComparison]

  init(_ findings: [BestFoundFindings]) { rows = findings.flatMap(\.conditions).map(\.bestFound) }

  var tables: [Table] { [headroomTable(), shapeTable()].compactMap { $0 } }

  /// - Returns: nil for a single row, whose own table says the same.
  private func headroomTable() -> Table? {
    guard rows.count > 1, rows.contains(where: { !$0.tuned[0].counted.isEmpty }) else { return nil }
    var columns: [ScheduleColumn] = []
    for column in rows.flatMap({ $0.tuned[0].columns }) where !columns.contains(where: { $0.schedules == column.schedules }) {
      columns.append(column)
    }
    let bases = Set(rows.map(\.baseText)).sorted()
    let base = bases.count == 1 ? bases[0] : "loss (or objective, where it is regularised) above the optimum"
    return Table(
      identifier: "best-found", title: "Headroom at finely tuned rates, mean over the problems (%)",
      headings: ["optimizer", "problems"] + columns.map(\.title) + ["better than linear on"],
      schedules: [nil] + columns.map(\.key) + [nil], rows: rows.map { Self.headroomRow($0, columns) },
      notes: [
        "Headroom: the best found's \(base), on seeds that the search has not seen, in per cent below the "
          + "schedule's: one less the geometric mean of the ratios over the problems that are not separable, ± its standard error. "
          + "Negative where the search, or its knots, missed a better schedule, or fitted its own seeds too closely.",
        "Refined: from the gradient norms of a prior run; bound's minimiser: what minimises the paper's bound for those norms.",
        "Better than linear: problems where a paired t-test says that the best found is lower than linear decay (Holm's correction for "
          + "the schedules of a problem, level \(percent(Standing.level)) %).",
      ])
  }

  private static func headroomRow(_ bestFound: BestFoundComparison, _ columns: [ScheduleColumn]) -> Table.Row {
    let losses = bestFound.tuned[0]
    let (told, problems) = (bestFound.gain?.told ?? 0, bestFound.gain?.problems ?? 0)
    return Table.Row(
      bestFound.comparison.optimizerTitle,
      [Table.Cell("\(losses.counted.count)", sortValue: Double(losses.counted.count))]
        + columns.map { column in
          guard let mean = losses.columns.firstIndex(where: { $0.schedules == column.schedules }).flatMap(losses.mean) else {
            return Table.Cell("–")
          }
          return Table.Cell(
            fixed(100 * mean.mean, 1), uncertainty: mean.standardError.map { fixed(100 * $0, 1) }, sortValue: mean.mean)
        } + [Table.Cell("\(told) of \(problems)", sortValue: -Double(told))])
  }

  /// What a schedule that was found can show of a warmup.
  private var resolution: String? {
    let bands = rows.lazy.flatMap(\.found).compactMap { $0?.record.band }
    guard let band = bands.first(where: { $0.count > 1 }) else { return nil }
    return "The schedules found are lines in log scale between \(band.count) knots, the second of them at "
      + "\(significant(100 * band[1].share, 2)) % of the run; a shorter warmup cannot be told."
  }

  /// - Returns: nil where no problem counts.
  private func shapeTable() -> Table? {
    let outlines = rows.compactMap { row in
      ScheduleOutline(mediansOf: row.outlines).map { (title: row.comparison.optimizerTitle, outline: $0) }
    }
    guard !outlines.isEmpty else { return nil }
    let linear = ScheduleOutline((0...1000).map { 1 - Double($0) / 1000 }).map { ("linear decay", $0, true) }
    let shown = outlines.map { ($0.title, $0.outline, false) } + [linear].compactMap { $0 }
    return Table(
      identifier: "best-shapes", title: "Shape of the best schedules found, medians over the problems",
      headings: ["optimizer", "largest at", "within 10 % of that for", "under half from", "end"],
      schedules: [nil, nil, nil, nil],
      rows: shown.map { title, outline, isReference in
        Table.Row(
          title, outline.numbers.map { Table.Cell(ScheduleOutline.text($0), sortValue: $0) }, isSummary: isReference)
      },
      notes: [
        "Where in the run the step size is largest; how much of the run it is within 10 % of that; from where it stays under half of "
          + "that; the last step size, in per cent of that."
      ] + (resolution.map { [$0] } ?? []))
  }
}
