import Schedules
import Sweeps

/// What opens the report of a study with several axes: what was found along each, where a sentence for every comparison would
/// be too many to read.
struct AxisSummary {
  /// More comparisons than this are summed up, and have their own sentences in their sections.
  private static let most = 4

  /// Along one axis, at least one.
  private let comparisons: [AxisComparison]

  static func isNeeded(_ comparisons: [AxisComparison]) -> Bool { comparisons.count > most }

  /// Markup: a bullet for every comparison, or for every axis.
  static func bullets(_ comparisons: [AxisComparison]) -> [String] {
    guard isNeeded(comparisons) else { return comparisons.map(\.bullet) }
    return SweepConfiguration.Axis.allCases.map { axis in comparisons.filter { $0.axis == axis } }.filter { !$0.isEmpty }
      .map { AxisSummary(comparisons: $0).bullet }
  }

  private var bullet: String {
    let (axis, texts) = (comparisons[0].axis.title.capitalizedFirst, comparisons[0].valueTexts)
    let heading = "**\(axis) \(texts[0]) to \(texts[texts.count - 1])** (\(counted(comparisons.count, "comparison")) below)"
    return "\(heading): " + [leaders, order, rates].compactMap { $0 }.joined(separator: " ")
  }

  /// Where the lowest rank is at both ends.
  private var leaders: String? {
    var moves: [(text: String, count: Int)] = []
    var untested = 0
    for comparison in comparisons where comparison.columns.count > 1 {
      let ends = [comparison.comparisons.first, comparison.comparisons.last].compactMap { end in
        end.flatMap { Verdict($0.primaryMeasure, of: $0) }
      }
      guard ends.count == 2, !ends.contains(where: \.isUntested) else {
        untested += 1
        continue
      }
      let (first, last) = (ends[0].leaders, ends[1].leaders)
      let text =
        if ends.allSatisfy(\.isBestByChance) {
          "differs by chance only at both ends"
        } else {
          first == last ? "stays with \(first)" : "moves from \(first) to \(last)"
        }
      if let place = moves.firstIndex(where: { $0.text == text }) {
        moves[place].count += 1
      } else {
        moves.append((text, 1))
      }
    }
    let sorted = moves.enumerated().sorted { (-$0.element.count, $0.offset) < (-$1.element.count, $1.offset) }.map(\.element)
    let parts = sorted.map { "\($0.text) in \($0.count)" } + (untested == 0 ? [] : ["is not tested in \(untested)"])
    return parts.isEmpty ? nil : "the lowest rank \(listed(parts))."
  }

  /// Of schedules; of methods where those alone are compared.
  private var order: String? {
    let compared = comparisons.filter { $0.columns.count > 1 }
    guard let noun = (compared.first { !$0.isOfMethods } ?? compared.first)?.noun else { return nil }
    let counts = compared.filter { $0.noun == noun }.map(\.orderCounts).reduce(into: AxisComparison.OrderCounts()) {
      $0.kept += $1.kept
      $0.reversed += $1.reversed
      $0.atOneEnd += $1.atOneEnd
    }
    return counts.sentence(of: noun)
  }

  private var rates: String? {
    let changes = comparisons.compactMap(\.rateChange)
    guard let least = changes.map(\.mean).min(), let most = changes.map(\.mean).max() else { return nil }
    let told = changes.count { $0.low > 1 || $0.high < 1 }
    return "Their best rates change by factors of \(significant(least, 2)) to \(significant(most, 2)), "
      + "told from 1 in \(told) of \(changes.count)."
  }
}
