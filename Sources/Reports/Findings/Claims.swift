import Foundation
import Schedules

/// The paper's two claims, on every problem and with every optimizer: linear decay is no worse than each classical schedule,
/// and refinement improves on linear decay.
///
/// "No worse" is stronger than "not told apart": the upper end of the 95 % interval of the paired relative difference must be
/// under 1 %.
struct Claims {
  enum Outcome: CaseIterable {
    case better, noWorse, worse, undecided
  }

  /// One schedule against another with one optimizer: the outcome on each problem that counts.
  struct Pair {
    let comparison: Comparison
    /// Indices of columns.
    let first, second: Int
    let outcomes: [Outcome]

    var title: String { "\(comparison.columns[first].title) against \(comparison.columns[second].title)" }
    func count(_ outcome: Outcome) -> Int { outcomes.count { $0 == outcome } }
  }

  static let classical = ["flat", "inverse", "inverse-sqrt", "stepwise", "cosine"]
  /// How much larger, relatively, "no worse" may be.
  static let margin = 0.01

  /// By optimizer: linear decay against each classical schedule.
  let linear: [[Pair]]
  /// By optimizer: each refined schedule, the plain one first, against linear decay.
  let refined: [[Pair]]

  init(_ comparisons: [Comparison]) {
    linear = comparisons.map { comparison in
      guard let linear = comparison.columnOfLinearDecay else { return [] }
      return comparison.columns.indices.filter { column in
        comparison.columns[column].schedules.allSatisfy { Self.classical.contains(ScheduleColumn.name(of: $0)) }
      }.compactMap { Self.pair(linear, $0, of: comparison) }
    }
    refined = comparisons.map { comparison in
      guard let linear = comparison.columnOfLinearDecay else { return [] }
      let columns = comparison.columns.indices.filter { column in
        comparison.columns[column].schedules.allSatisfy { ScheduleColumn.name(of: $0) == "refined" }
      }
      let plain = columns.filter { comparison.columns[$0].schedules == ["refined"] }
      return (plain + columns.filter { !plain.contains($0) }).compactMap { Self.pair($0, linear, of: comparison) }
    }
  }

  private static func pair(_ first: Int, _ second: Int, of comparison: Comparison) -> Pair? {
    let problems = Ranking(comparison.primaryMeasure, of: comparison).problems
    guard !problems.isEmpty else { return nil }
    return Pair(
      comparison: comparison, first: first, second: second,
      outcomes: problems.map { comparison.outcome(first, second, problem: $0) })
  }

  /// Markup: both claims, counted over the problems; nil where neither can be judged.
  var bullet: String? {
    let claims = [
      linear.contains { !$0.isEmpty }
        ? "Problems where **linear decay is at most \(percent(Self.margin)) % worse than each classical schedule**: "
          + "\(sentence(linear, Self.onAll))." : nil,
      refined.contains { !$0.isEmpty }
        ? "Where **refinement is better than linear decay**: \(sentence(refined) { Self.counts($0.first?.outcomes ?? []) })."
        : nil,
    ].compactMap { $0 }
    return claims.isEmpty ? nil : claims.joined(separator: " ")
  }

  /// Markup: which of several refined schedules are better than linear decay anywhere; nil with one or none.
  var variantsBullet: String? {
    let parts = refined.filter { $0.count > 1 }.map { pairs -> String in
      let better = pairs.filter { $0.count(.better) > 0 }
        .sorted { $0.count(.better) > $1.count(.better) }
        .map { "\(Markup.plain($0.comparison.columns[$0.first].title)) on \($0.count(.better))" }
      let named = better.prefix(3).joined(separator: ", ") + (better.count > 3 ? " and \(better.count - 3) others" : "")
      let worse = pairs.count { $0.count(.worse) > 0 }
      return "\(Markup.plain(pairs[0].comparison.optimizerName)): \(better.isEmpty ? "none on any" : named) of "
        + "\(pairs[0].outcomes.count) problems, \(worse) of \(pairs.count) worse on some"
    }
    guard !parts.isEmpty else { return nil }
    return "Of several refined schedules, **better than linear decay on some problem**, by tests of one problem at a time: "
      + parts.joined(separator: "; ") + "."
  }

  /// By optimizer if there are few, else counted over all.
  private func sentence(_ pairs: [[Pair]], _ counts: ([Pair]) -> [Outcome: Int]) -> String {
    let parts = pairs.filter { !$0.isEmpty }.map { (title: $0[0].comparison.optimizerName, counts: counts($0)) }
    guard parts.count > 2 else {
      return parts.map { "\(Markup.plain($0.title)) \(Self.text($0.counts))" }.joined(separator: "; ")
    }
    let all = parts.reduce(into: [:]) { $0.merge($1.counts) { $0 + $1 } }
    return "\(Self.text(all)), all \(parts.count) optimizers together"
  }

  /// `4 yes, 1 worse, 3 undecided`.
  private static func text(_ counts: [Outcome: Int]) -> String {
    let yes = (counts[.better] ?? 0) + (counts[.noWorse] ?? 0)
    let (no, open) = (counts[.worse] ?? 0, counts[.undecided] ?? 0)
    return "\(yes) yes, \(no) worse, \(open) undecided"
  }

  private static func counts(_ outcomes: [Outcome]) -> [Outcome: Int] {
    // Being no worse is not being better.
    Dictionary(outcomes.map { ($0 == .noWorse ? .undecided : $0, 1) }, uniquingKeysWith: +)
  }

  /// Worse where it is worse than some schedule, no worse where it is against all.
  private static func onAll(_ pairs: [Pair]) -> [Outcome: Int] {
    let problems = pairs.first?.outcomes.indices ?? 0..<0
    let outcomes = problems.map { problem -> Outcome in
      let each = pairs.map { $0.outcomes[problem] }
      if each.contains(.worse) { return .worse }
      return each.contains(.undecided) ? .undecided : .noWorse
    }
    return Dictionary(outcomes.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// Every pair in a row, with the number of problems of each outcome.
  ///
  /// - Parameter index: Of the comparison.
  func table(_ index: Int) -> Table? {
    let pairs = linear[index] + refined[index]
    guard let comparison = pairs.first?.comparison else { return nil }
    let rows = pairs.map { pair in
      Table.Row(pair.title, Outcome.allCases.map { Table.Cell("\(pair.count($0))", sortValue: Double(pair.count($0))) })
    }
    let measure = comparison.primaryMeasure
    return Table(
      identifier: "claims-\(comparison.identifier)",
      title: "The paper's claims, problems counted, \(comparison.optimizerTitle)",
      headings: ["", "better", "no worse", "worse", "undecided"], schedules: [nil, nil, nil, nil],
      optimizer: comparison.optimizer,
      rows: rows,
      notes: [
        "Paired t-tests over the seeds by \(measure.shortTitle), level \(percent(Standing.level)) %, on each problem by itself. No worse: not better, "
          + "but the upper end of the 95 % interval of the paired relative difference is under \(percent(Self.margin)) %. Two "
          + "schedules that the table of the problem has both in bold are not called better or worse."
      ])
  }
}

extension Comparison {
  fileprivate var columnOfLinearDecay: Int? { columns.firstIndex { $0.schedules == ["linear"] } }

  /// How one column compares with another on a problem by the first measure.
  ///
  /// - Parameter margin: How much larger, relatively, "no worse" may be; nil where only better and worse matter.
  func outcome(_ first: Int, _ second: Int, problem: Int, margin: Double? = Claims.margin) -> Claims.Outcome {
    let measure = primaryMeasure
    let values = [first, second].map { self.values(measure, problem: problem, column: $0) }
    let seeds = values[0].keys.filter { values[1][$0] != nil }.sorted()
    let samples = values.map { values in seeds.compactMap { values[$0] } }
    guard let test = PairedTTest(samples[0], samples[1]) else { return .undecided }
    var isTold = test.pValue < Standing.level
    if isTold {
      let standing = standing(measure, problem: problem)
      isTold = !(standing.isBold(first) && standing.isBold(second))
    }
    if isTold, test.meanDifference < 0 { return .better }
    let upper =
      test.meanDifference
      + test.standardError * PairedTTest.criticalValue(level: Standing.level, degreesOfFreedom: Double(test.pairs - 1))
    if let margin, isBelow(margin, upper, measure, base: SampleMean(samples[1])?.mean ?? 0) { return .noWorse }
    return isTold ? .worse : .undecided
  }

  /// Whether a difference is under a margin, relatively to the values it is between; of logarithms, it is relative already.
  private func isBelow(_ margin: Double, _ difference: Double, _ measure: Measure, base: Double) -> Bool {
    difference < (measure.isDistance ? log10(1 + margin) : margin * base)
  }
}
