import Foundation
import Schedules
import Sweeps

/// One optimizer's schedules along one axis of a study, all else equal.
struct AxisComparison {
  let axis: SweepConfiguration.Axis
  /// Ascending.
  let values: [Double]
  /// By value.
  let comparisons: [Comparison]
  /// The optimizer, and what the other axes are fixed at.
  let title: String
  let identifier: String

  /// Every axis, with every combination of the others and every optimizer.
  static func all(_ report: Report) -> [AxisComparison] {
    report.study.axes.flatMap { axis in
      var groups: [[ConditionReport]] = []
      for condition in report.conditions {
        if let place = groups.firstIndex(where: { $0[0].condition.isEqual(to: condition.condition, except: axis) }) {
          groups[place].append(condition)
        } else {
          groups.append([condition])
        }
      }
      return groups.flatMap { group -> [AxisComparison] in
        let ascending = group.sorted { axis.value($0.condition) < axis.value($1.condition) }
        let others = ascending[0].condition.description(on: report.study.axes.filter { $0 != axis })
        let optimizers = ascending[0].comparisons.map(\.optimizer)
        return optimizers.compactMap { optimizer in
          let comparisons = ascending.compactMap { $0.comparisons.first { $0.optimizer == optimizer } }
          guard comparisons.count == ascending.count, comparisons.count > 1 else { return nil }
          let name = comparisons[0].optimizerName + (others.isEmpty ? "" : ", " + others)
          return AxisComparison(
            axis: axis, values: ascending.map { axis.value($0.condition) }, comparisons: comparisons, title: name,
            identifier: identifiers(of: ["\(axis.rawValue)-\(name)"])[0])
        }
      }
    }
  }

  var columns: [ScheduleColumn] { comparisons[0].columns }

  var valueTexts: [String] { values.map { axis == .l2 ? significant($0, 6) : fixed($0, 0) } }

  /// The base-2 logarithm of a column's chosen rate, on a problem that is complete at every value; nil elsewhere.
  func exponents(problem: Int, column: Int) -> [Double]? {
    let known = comparisons.compactMap { comparison -> Double? in
      let cell = comparison.byError[problem][column]
      guard cell.isComplete, !comparison.separable[problem] else { return nil }
      return cell.best.map { log2($0.learningRate) }
    }
    return known.count == comparisons.count ? known : nil
  }

  // MARK: Findings

  /// What was found along the axis, from paired tests: whether the ranking holds, and how the best rate moves.
  var bullet: String {
    let name = "\(axis.title) \(valueTexts[0]) to \(valueTexts[valueTexts.count - 1])"
    return "**\(Markup.plain(title)), \(name)**: \(leaders). \(order) \(rates)"
  }

  /// What ranks, which along l2 is the error only where there is none.
  var measureText: String {
    let measures = Set(comparisons.map(\.primaryMeasure))
    return measures.count == 1 ? " in \(comparisons[0].primaryMeasure.shortTitle)" : " (of errors at l2 0, else of objectives)"
  }

  private var leaders: String {
    var parts: [(name: String, values: [String])] = []
    for (comparison, value) in zip(comparisons, valueTexts) {
      let verdict = Verdict(comparison.primaryMeasure, of: comparison)
      let name =
        verdict.map { verdict in
          let leaders = listed(([verdict.leader] + verdict.tied).map { "**\(verdict.title($0))**" })
          return verdict.isBestByChance ? "none told from the others" : leaders + (verdict.isSupported ? "" : " (not tested)")
        } ?? "not comparable"
      if parts.last?.name == name { parts[parts.count - 1].values.append(value) } else { parts.append((name, [value])) }
    }
    let measure = measureText
    if parts.count == 1 { return "best by rank\(measure) at every value: \(parts[0].name)" }
    let texts = parts.map { part in
      part.name + " at "
        + (part.values.count > 2 ? "\(part.values[0]) to \(part.values[part.values.count - 1])" : listed(part.values))
    }
    return "best by rank\(measure): "
      + listed(texts.count > 4 ? texts.prefix(3) + ["\(texts.count - 3) more, below"] : texts)
  }

  /// Pairs of schedules on a problem that are told apart at both ends: in the same order, or reversed.
  struct OrderCounts: Equatable {
    var kept = 0
    var reversed = 0
    var atOneEnd = 0
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

  private var order: String {
    let counts = orderCounts
    let both = counts.kept + counts.reversed
    guard both + counts.atOneEnd > 0 else { return "No two schedules are told apart at either end." }
    if both == 0 {
      return "\(counted(counts.atOneEnd, "pair")) of schedules told apart on a problem at one end only, none at both."
    }
    return "Of \(counted(both, "pair")) of schedules told apart on a problem at both ends, \(counts.reversed) "
      + "\(counts.reversed == 1 ? "reverses" : "reverse"); \(counts.atOneEnd) are told apart at one end only."
  }

  /// How many times larger the best rates are at the last value than at the first, with a 95 % interval over the problems.
  var rateChange: (mean: Double, low: Double, high: Double, problems: Int)? {
    let changes = comparisons[0].problems.indices.compactMap { problem -> Double? in
      let known = columns.indices.compactMap { column in
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

  private var rates: String {
    guard let change = rateChange else { return "Too few problems to say how the best rate moves." }
    let interval =
      "95 % interval \(significant(change.low, 2)) to \(significant(change.high, 2)), \(counted(change.problems, "problem"))"
    if change.low <= 1, change.high >= 1 { return "Best rates move no more than by chance (\(interval))." }
    return "Best rates are multiplied by \(significant(change.mean, 2)) (\(interval))."
  }
}

extension SweepConfiguration.Axis {
  func value(_ condition: Condition) -> Double {
    switch self {
    case .epochs: Double(condition.epochs)
    case .batchSize: Double(condition.batchSize)
    case .l2: condition.l2
    }
  }

  var title: String { rawValue.replacing("_", with: " ") }
}

extension Condition {
  fileprivate func isEqual(to other: Condition, except axis: SweepConfiguration.Axis) -> Bool {
    SweepConfiguration.Axis.allCases.allSatisfy { $0 == axis || $0.value(self) == $0.value(other) }
  }
}
