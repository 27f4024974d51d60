import Schedules
import Sweeps

/// What the best schedules found with one optimizer come to, over one condition or several.
struct BestFoundFindings {
  /// By condition, with its values on the axes; at least one.
  let conditions: [(title: String, bestFound: BestFoundComparison)]

  /// One for each optimizer, in order.
  static func all(_ conditions: [ConditionReport]) -> [BestFoundFindings] {
    let optimizers = conditions.flatMap { $0.bestFound.map(\.comparison.optimizer) }
    var seen: Set<String> = []
    return optimizers.filter { seen.insert($0).inserted }.map { optimizer in
      BestFoundFindings(
        conditions: conditions.compactMap { condition in
          condition.bestFound.first { $0.comparison.optimizer == optimizer }.map { (condition.title, $0) }
        })
    }
  }

  /// How linear decay compares with the best found, by condition.
  private struct Gain {
    let title: String
    let mean: SampleMean
    let problems: Int
    /// Problems where the best found is significantly lower, and higher.
    let told, missed: Int
  }

  private var gains: [Gain] {
    conditions.compactMap { title, bestFound in
      let losses = bestFound.tuned[0]
      guard let linear = bestFound.linear, let mean = losses.mean(linear) else { return nil }
      let entries = losses.counted.compactMap { losses.entries[$0][linear] }
      return Gain(
        title: title, mean: mean, problems: entries.count, told: entries.count(where: \.isTold),
        missed: entries.count(where: \.isMissed))
    }
  }

  /// Markup, at most 60 words where names are short.
  var bullet: String {
    let gains = gains
    let heading = "**Best schedule found, \(Markup.plain(conditions[0].bestFound.comparison.optimizerName))**"
    guard !gains.isEmpty else {
      return "\(heading): nothing can be said of it: no problem that is not separable has one beside linear decay."
    }
    return "\(heading): \(gain(gains)). \(shape)"
  }

  private func gain(_ gains: [Gain]) -> String {
    let (problems, told, missed) = (
      gains.reduce(0) { $0 + $1.problems }, gains.reduce(0) { $0 + $1.told }, gains.reduce(0) { $0 + $1.missed }
    )
    let base = "linear decay's \(conditions[0].bestFound.baseText)"
    let cases = gains.count == 1 ? counted(problems, "problem") : "\(problems) cases (problem and condition)"
    let worse = missed == 0 ? "" : ", higher on \(missed)"
    guard told > 0 else {
      return "**not better than linear decay** by paired tests on any of \(cases)\(worse); on average "
        + "\(amounts(gains)) of \(base)"
    }
    return "below linear decay by **\(amounts(gains)) of \(base)** on average, significantly on \(told) of \(cases)\(worse)"
  }

  /// `8.1 % (95 % interval 3.0 to 13.2)`, or the smallest and the largest over the conditions.
  private func amounts(_ gains: [Gain]) -> String {
    func text(_ share: Double) -> String { fixed(100 * share, 1) }
    let sorted = gains.sorted { $0.mean.mean < $1.mean.mean }
    guard let first = sorted.first, let last = sorted.last else { return "" }
    if gains.count > 1 {
      return
        "\(text(first.mean.mean)) (\(Markup.plain(first.title))) to \(text(last.mean.mean)) % (\(Markup.plain(last.title)))"
    }
    guard first.problems >= PairedTTest.minimumPairs, let error = first.mean.standardError else {
      return text(first.mean.mean) + " %"
    }
    let reach = error * PairedTTest.criticalValue(level: Standing.level, degreesOfFreedom: Double(first.problems - 1))
    return "\(text(first.mean.mean)) % (95 % interval \(text(first.mean.mean - reach)) to \(text(first.mean.mean + reach)))"
  }

  private var shape: String {
    let outlines = conditions.flatMap(\.bestFound.outlines)
    guard let median = ScheduleOutline(mediansOf: outlines) else { return "" }
    return
      "Median shape: largest at \(partText(median.maximumAt)) of the run, within 10 % of that for \(partText(median.plateau)), "
      + "under half from \(partText(median.halfAt)), ending at \(partText(median.end)) of it."
  }

  /// A row for each optimizer and condition: headroom of every tuned schedule, and the shape of the best.
  ///
  /// - Returns: nil for a single row, whose tables say the same.
  static func table(_ findings: [BestFoundFindings]) -> Table? {
    let rows = findings.flatMap(\.conditions)
    guard rows.count > 1 else { return nil }
    var columns: [ScheduleColumn] = []
    for column in rows.flatMap({ $0.bestFound.tuned[0].columns })
    where !columns.contains(where: { $0.schedules == column.schedules }) {
      columns.append(column)
    }
    let bases = Set(rows.map(\.bestFound.baseText)).sorted()
    return Table(
      identifier: "best-found",
      title: "Headroom of schedules at finely tuned rates (mean over the problems, %), and shape of the best found",
      headings: ["", "problems"] + columns.map(\.title)
        + ["linear told from best", "largest at", "within 10 % of it for", "under half from", "end"],
      schedules: [nil] + columns.map(\.key) + [nil, nil, nil, nil, nil],
      rows: rows.map { $0.bestFound.summaryRow(columns) },
      notes: [
        "Headroom: the mean difference to the best found, on seeds that the search has not seen, in per cent of the schedule's own "
          + "\(bases.joined(separator: " or ")), ± its standard error over the problems that are not separable.",
        "Linear told from best: problems where a paired t-test says that the best found is lower than linear decay (Holm's correction for the "
          + "schedules of a problem, level \(percent(Standing.level)) %).",
        "Shape, medians over the problems: part of the run after which the largest step size is reached; part with step sizes within 10 % of "
          + "it; part after which all are under half of it; the last step size, in per cent of it. Linear decay has 0, 10, 50 and 0 %.",
      ])
  }
}

extension BestFoundComparison {
  fileprivate func summaryRow(_ columns: [ScheduleColumn]) -> Table.Row {
    let losses = tuned[0]
    let told = linear.map { linear in losses.counted.compactMap { losses.entries[$0][linear] } } ?? []
    let outline = ScheduleOutline(mediansOf: outlines)
    let shape = [outline?.maximumAt, outline?.plateau, outline?.halfAt, outline?.end].map { value in
      value.map { Table.Cell(partText($0), sortValue: $0) } ?? Table.Cell("–")
    }
    return Table.Row(
      comparison.optimizerTitle,
      [Table.Cell("\(losses.counted.count)", sortValue: Double(losses.counted.count))]
        + columns.map { column in
          guard let mean = losses.columns.firstIndex(where: { $0.schedules == column.schedules }).flatMap(losses.mean) else {
            return Table.Cell("–")
          }
          return Table.Cell(
            fixed(100 * mean.mean, 1), uncertainty: mean.standardError.map { fixed(100 * $0, 1) }, sortValue: mean.mean)
        }
        + [Table.Cell("\(told.count(where: \.isTold)) of \(told.count)", sortValue: -Double(told.count(where: \.isTold)))]
        + shape)
  }
}

/// `12 %`, with a decimal below 10 %.
private func partText(_ part: Double) -> String { fixed(100 * part, part < 0.0995 && part > 0 ? 1 : 0) + " %" }
