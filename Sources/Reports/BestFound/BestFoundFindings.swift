import Schedules
import Sweeps

/// What the best schedules found with one optimizer come to, over one condition or several.
struct BestFoundFindings {
  /// At least one.
  let conditions: [(report: ConditionReport, bestFound: BestFoundComparison)]

  /// One for each optimizer, in order.
  static func all(_ conditions: [ConditionReport]) -> [BestFoundFindings] {
    let optimizers = conditions.flatMap { $0.bestFound.map(\.comparison.optimizer) }
    var seen: Set<String> = []
    return optimizers.filter { seen.insert($0).inserted }.map { optimizer in
      BestFoundFindings(
        conditions: conditions.compactMap { condition in
          condition.bestFound.first { $0.comparison.optimizer == optimizer }.map { (condition, $0) }
        })
    }
  }

  /// Markup, of at most 60 words each where names are short: how far linear decay is from the best, with one condition for each
  /// optimizer, with several over all of them; then what the best have in common.
  static func bullets(_ conditions: [ConditionReport], axes: [SweepConfiguration.Axis]) -> [String] {
    let findings = all(conditions)
    let summary = conditions.count > 1 ? BestFoundHeadroom(findings, axes: axes)?.bullets : nil
    return (summary ?? findings.map(\.bullet)) + (shapes(findings).map { [$0] } ?? [])
  }

  // MARK: Headroom

  var name: String { Markup.plain(conditions[0].bestFound.comparison.optimizerName) }

  /// Of the first condition.
  private var bullet: String {
    let heading = "**Best schedule found, \(name)**"
    guard let gain = conditions[0].bestFound.gain else {
      return "\(heading): nothing can be said of it: no problem that is not separable has one beside linear decay."
    }
    let base = "linear decay's \(conditions[0].bestFound.baseText)"
    let worse = gain.missed == 0 ? "" : ", significantly higher on \(gain.missed)"
    let problems = counted(gain.problems, "problem")
    guard gain.told > 0 else {
      return
        "\(heading): **not significantly better than linear decay** on any of \(problems)\(worse); on average lower by "
        + "\(Self.amount(gain)) of \(base)."
    }
    return
      "\(heading): on average it saves **\(Self.amount(gain)) of \(base)**, and is significantly lower on \(gain.told) of "
      + "\(problems)\(worse)."
  }

  /// `8.1 % (95 % interval 3.0 to 13.2)`.
  private static func amount(_ gain: BestFoundComparison.Gain) -> String {
    func text(_ share: Double) -> String { fixed(100 * share, 1) }
    guard let interval = gain.mean.interval else { return text(gain.mean.mean) + " %" }
    return "\(text(gain.mean.mean)) % (95 % interval \(text(interval.lowerBound)) to \(text(interval.upperBound)))"
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
      "**What the best schedules have in common** (medians; in parentheses linear decay): with \(first.name) a peak at "
      + "\(first.texts[0]) of the run (0 %), within 10 % of it for \(first.texts[1]) (10 %), under half from \(first.texts[2]) "
      + "(50 %), end at \(first.texts[3]) of it (0 %)\(others)."
  }
}

extension BestFoundComparison {
  /// How linear decay compares with the best found, over the problems that are not separable.
  struct Gain {
    let mean: Headroom.Mean
    let problems: Int
    /// Problems where the best found is significantly lower, and higher.
    let told, missed: Int
  }

  /// nil without linear decay, or where no problem counts.
  var gain: Gain? {
    let losses = tuned[0]
    guard let linear, let mean = losses.mean(linear) else { return nil }
    let entries = losses.counted.compactMap { losses.entries[$0][linear] }
    return Gain(
      mean: mean, problems: entries.count, told: entries.count(where: \.isTold), missed: entries.count(where: \.isMissed))
  }
}

extension ScheduleOutline {
  /// `12 %`, with a decimal below 10 %.
  static func text(_ number: Double) -> String { fixed(100 * number, number < 0.0995 && number > 0 ? 1 : 0) + " %" }
}
