import Foundation
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

  /// Markup, of at most 60 words each where names are short: for each optimizer how far linear decay is from the best, then what
  /// the best have in common.
  static func bullets(_ conditions: [ConditionReport]) -> [String] {
    let findings = all(conditions)
    return findings.map(\.bullet) + (shapes(findings).map { [$0] } ?? [])
  }

  // MARK: Headroom

  /// How linear decay compares with the best found at one condition.
  private struct Gain {
    let title: String
    let mean: Headroom.Mean
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

  private var name: String { Markup.plain(conditions[0].bestFound.comparison.optimizerName) }

  private var bullet: String {
    let gains = gains
    let heading = "**Best schedule found, \(name)**"
    guard !gains.isEmpty else {
      return "\(heading): nothing can be said of it: no problem that is not separable has one beside linear decay."
    }
    let (problems, told, missed) = (
      gains.reduce(0) { $0 + $1.problems }, gains.reduce(0) { $0 + $1.told }, gains.reduce(0) { $0 + $1.missed }
    )
    let base = "linear decay's \(conditions[0].bestFound.baseText)"
    let cases = gains.count == 1 ? counted(problems, "problem") : "\(problems) cases (problem and condition)"
    let worse = missed == 0 ? "" : ", significantly higher on \(missed)"
    guard told > 0 else {
      return
        "\(heading): **not significantly better than linear decay** on any of \(cases)\(worse); on average lower by "
        + "\(amounts(gains)) of \(base)."
    }
    return
      "\(heading): on average it saves **\(amounts(gains)) of \(base)**, and is significantly lower on \(told) of \(cases)\(worse)."
  }

  /// `8.1 % (95 % interval 3.0 to 13.2)`; over several conditions with the smallest and the largest.
  private func amounts(_ gains: [Gain]) -> String {
    func text(_ share: Double) -> String { fixed(100 * share, 1) }
    let sorted = gains.sorted { $0.mean.mean < $1.mean.mean }
    guard let first = sorted.first, let last = sorted.last else { return "" }
    if gains.count > 1 {
      // Geometric, as over the problems.
      let mean = 1 - exp(gains.reduce(0) { $0 + log(1 - $1.mean.mean) } / Double(gains.count))
      let ends = [first, last].map { "\(text($0.mean.mean)) at \(Markup.plain($0.title))" }
      let missed = first.mean.mean < 0 ? ", below 0 where the search fell short" : ""
      return "\(text(mean)) % (from \(ends[0]) to \(ends[1])\(missed))"
    }
    guard let interval = first.mean.interval else { return text(first.mean.mean) + " %" }
    return "\(text(first.mean.mean)) % (95 % interval \(text(interval.lowerBound)) to \(text(interval.upperBound)))"
  }

  // MARK: Shapes

  /// By optimizer where there are few, else of all together.
  private static func shapes(_ findings: [BestFoundFindings]) -> String? {
    let outlines = findings.map { (name: $0.name, outlines: $0.conditions.flatMap(\.bestFound.outlines)) }
      .filter { !$0.outlines.isEmpty }
    let groups = outlines.count <= 2 ? outlines : [("all optimizers", outlines.flatMap(\.outlines))]
    let medians = groups.compactMap { group in
      ScheduleOutline(mediansOf: group.outlines).map { (name: group.name, texts: $0.numbers.map(ScheduleOutline.text)) }
    }
    guard let first = medians.first else { return nil }
    let others = medians.dropFirst().map { "; with \($0.name) \(listed($0.texts))" }.joined()
    return
      "**What the best schedules have in common** (medians; linear decay: 0, 10, 50 and 0 %): with \(first.name) the step size is "
      + "largest at \(first.texts[0]) of the run, within 10 % of that for \(first.texts[1]), under half from \(first.texts[2]), and ends at "
      + "\(first.texts[3])\(others)."
  }
}

extension ScheduleOutline {
  /// `12 %`, with a decimal below 10 %.
  static func text(_ number: Double) -> String { fixed(100 * number, number < 0.0995 && number > 0 ? 1 : 0) + " %" }
}
