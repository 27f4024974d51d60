import Foundation
import Schedules
import Sweeps

/// How much better than linear decay one can be over the conditions of a study, and what that depends on.
struct BestFoundHeadroom {
  /// An optimizer at a condition.
  private struct Case {
    let title: String
    /// By factor: what its value is called.
    let values: [String]
    let gain: BestFoundComparison.Gain
  }

  /// What cases differ in: the optimizer, and the axes.
  private struct Factor {
    let name: String
    /// In order, each with its cases' mean share of linear decay's loss.
    let means: [(value: String, mean: Double)]
    var range: Double { (means.map(\.mean).max() ?? 0) - (means.map(\.mean).min() ?? 0) }
  }

  private let cases: [Case]
  private let factors: [Factor]
  private let base: String

  /// - Returns: nil where nothing can be said of any case.
  init?(_ findings: [BestFoundFindings], axes: [SweepConfiguration.Axis]) {
    cases = findings.flatMap { finding in
      finding.conditions.compactMap { report, bestFound in
        bestFound.gain.map { gain in
          let condition = report.condition
          return Case(
            title: "\(finding.name), \(Markup.plain(report.title))",
            values: [finding.name] + axes.map { "\($0.title) \(significant($0.value(condition), 6))" }, gain: gain)
        }
      }
    }
    guard !cases.isEmpty else { return nil }
    let names = ["the optimizer"] + axes.map { $0 == .l2 ? "the penalty" : $0 == .epochs ? "the horizon" : "the batch size" }
    let all = cases
    factors = names.indices.map { index in
      var values: [String] = []
      for value in all.map({ $0.values[index] }) where !values.contains(value) { values.append(value) }
      return Factor(
        name: names[index],
        means: values.map { value in (value, Self.mean(all.filter { $0.values[index] == value })) })
    }.filter { $0.means.count > 1 }.sorted { $0.range > $1.range }
    let bases = Set(findings.flatMap(\.conditions).map(\.bestFound.baseText))
    base = bases.count == 1 ? bases.first ?? "loss" : "loss (or objective) above the optimum"
  }

  /// Geometric, as over the problems.
  private static func mean(_ cases: [Case]) -> Double {
    1 - exp(cases.reduce(0) { $0 + log(1 - $1.gain.mean.mean) } / Double(cases.count))
  }

  var bullets: [String] { [headline, dependence, ends].compactMap { $0 } }

  private var headline: String {
    func sum(_ count: (BestFoundComparison.Gain) -> Int) -> Int { cases.reduce(0) { $0 + count($1.gain) } }
    let (problems, told, missed) = (sum(\.problems), sum(\.told), sum(\.missed))
    let name = "**How much better than linear decay one can be**"
    let worse = missed == 0 ? "" : ", significantly worse on \(missed)"
    let share = "\(text(Self.mean(cases))) % of linear decay's \(base)"
    let count = "\(problems) cases (problem, optimizer and condition)"
    guard told > 0 else {
      return "\(name): **not significantly on any of \(count)**\(worse); on average the best found for each saves \(share)."
    }
    return "\(name): on average the best found for each saves **\(share)**, significantly on \(told) of \(count)\(worse)."
  }

  /// `most on the penalty, 6.8 % at l2 0 and 50.4 % at l2 0.001; less on ...`: factors by how far apart their means are.
  private var dependence: String? {
    guard let first = factors.first else { return nil }
    func values(_ factor: Factor) -> String {
      let ends = factor.means.count > 3 ? [factor.means[0], factor.means[factor.means.count - 1]] : factor.means
      return listed(ends.map { "\(text($0.mean)) % \(factor.name == "the optimizer" ? "with" : "at") \($0.value)" })
    }
    let others = factors.dropFirst().map { "\($0.name) (\(values($0)))" }
    let most = factors.count > 1 ? "most on " : ""
    return "**What that depends on** (means over all else, not tested): \(most)**\(first.name)**, "
      + values(first) + (others.isEmpty ? "" : "; less on \(listed(others))") + "."
  }

  /// The cases where least and most is left.
  private var ends: String? {
    let sorted = cases.sorted { $0.gain.mean.mean < $1.gain.mean.mean }
    guard let least = sorted.first, let most = sorted.last, cases.count > 1 else { return nil }
    func described(_ entry: Case) -> String {
      let gain = entry.gain
      let error = gain.mean.standardError.map { " ± \(text($0))" } ?? ""
      let untold = gain.mean.interval.map { $0.contains(0) ? "on average not told from none, " : "" } ?? ""
      return "with \(entry.title): \(text(gain.mean.mean))\(error) % (\(untold)significant on \(gain.told) of "
        + "\(counted(gain.problems, "problem")))"
    }
    return "**Most is left** \(described(most)); **least** \(described(least))."
  }

  private func text(_ share: Double) -> String { fixed(100 * share, 1) }
}
