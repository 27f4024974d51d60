import Foundation
import Schedules

extension AxisComparison {
  /// What was found along the axis, from paired tests: whether the ranking holds, and how the best rate moves.
  var bullet: String {
    let name = "\(axis.title) \(valueTexts[0]) to \(valueTexts[valueTexts.count - 1])"
    let subject = if case .methods = subject { title.capitalizedFirst } else { title }
    let findings = columns.count > 1 ? [leaders + ".", orderCounts.sentence(of: noun), rates] : [rates]
    return "**\(Markup.plain(subject)), \(name)**: " + findings.compactMap { $0 }.joined(separator: " ")
  }

  private var leaders: String {
    let verdicts = comparisons.map { Verdict($0.primaryMeasure, of: $0) }
    // Said once, where it holds at every value.
    let isUntested = verdicts.allSatisfy { $0?.isUntested ?? true } && verdicts.contains { $0 != nil }
    var parts: [(name: String, values: [String])] = []
    for (verdict, value) in zip(verdicts, valueTexts) {
      let name = verdict.map { $0.leaders + (isUntested || !$0.isUntested ? "" : " (not tested)") } ?? "not comparable"
      if parts.last?.name == name { parts[parts.count - 1].values.append(value) } else { parts.append((name, [value])) }
    }
    let measure = measureText + (isUntested ? " (not tested: too few \(noun)s or problems)" : "")
    if parts.count == 1 { return "best by rank\(measure) at every value: \(parts[0].name)" }
    let texts = parts.map { part in
      part.name + " at "
        + (part.values.count > 2 ? "\(part.values[0]) to \(part.values[part.values.count - 1])" : listed(part.values))
    }
    return "best by rank\(measure): "
      + listed(texts.count > 4 ? texts.prefix(3) + ["\(texts.count - 3) more, below"] : texts)
  }

  /// Pairs of columns on a problem that are told apart at both ends: in the same order, or reversed.
  struct OrderCounts: Equatable {
    var kept = 0
    var reversed = 0
    var atOneEnd = 0

    func sentence(of noun: String) -> String {
      let both = kept + reversed
      guard both + atOneEnd > 0 else { return "No two \(noun)s are told apart at either end." }
      if both == 0 {
        return "\(counted(atOneEnd, "pair")) of \(noun)s told apart on a problem at one end only, none at both."
      }
      return "Of \(counted(both, "pair")) of \(noun)s told apart on a problem at both ends, \(reversed) "
        + "\(reversed == 1 ? "reverses" : "reverse"); \(atOneEnd) \(atOneEnd == 1 ? "is" : "are") told apart at one end only."
    }
  }

  var orderCounts: OrderCounts {
    var counts = OrderCounts()
    guard let first = comparisons.first, let last = comparisons.last else { return counts }
    for problem in first.problems.indices {
      for a in columns.indices {
        for b in columns.indices where b > a {
          let outcomes = [first, last].map { comparison -> Int in
            guard !comparison.separable[problem] else { return 0 }
            switch comparison.outcome(a, b, problem: problem, margin: nil) {
            case .better: return -1
            case .worse: return 1
            case .noWorse, .undecided: return 0
            }
          }
          switch outcomes[0] * outcomes[1] {
          case 1: counts.kept += 1
          case -1: counts.reversed += 1
          default: counts.atOneEnd += outcomes[0] != outcomes[1] ? 1 : 0
          }
        }
      }
    }
    return counts
  }

  /// How many times larger the best rates are at the last value than at the first, with a 95 % interval over the problems.
  var rateChange: (mean: Double, low: Double, high: Double, problems: Int)? {
    let changes = comparisons[0].problems.indices.compactMap { problem -> Double? in
      let known = tuned.compactMap { column in
        exponents(problem: problem, column: column).map { ($0.last ?? 0) - ($0.first ?? 0) }
      }
      return SampleMean(known)?.mean
    }
    guard changes.count >= PairedTTest.minimumPairs, let sample = SampleMean(changes), let error = sample.standardError else {
      return nil
    }
    let reach = error * PairedTTest.criticalValue(level: Standing.level, degreesOfFreedom: Double(changes.count - 1))
    return (exp2(sample.mean), exp2(sample.mean - reach), exp2(sample.mean + reach), changes.count)
  }

  /// nil where no rate is chosen.
  private var rates: String? {
    guard !tuned.isEmpty else { return nil }
    guard let change = rateChange else { return "Too few problems to say how the best rate moves." }
    let interval =
      "95 % interval \(significant(change.low, 2)) to \(significant(change.high, 2)), \(counted(change.problems, "problem"))"
    let isTold = change.low > 1 || change.high < 1
    return "Best rates are multiplied by \(significant(change.mean, 2)) (\(interval)\(isTold ? "" : ": not told from 1"))."
  }
}

extension Verdict {
  /// Ranks that no test was made of, though there are several problems.
  var isUntested: Bool { !isSupported && !isBestByChance }

  /// Markup: what has the lowest rank.
  var leaders: String {
    isBestByChance ? "none told from the others" : listed(([leader] + tied).map { "**\(title($0))**" })
  }
}
