import Foundation
import Sweeps

/// Columns of tables along one axis of a study, all else equal: one optimizer's schedules, or the methods of the table across
/// optimizers.
struct AxisComparison {
  enum Subject {
    case schedules(optimizer: String)
    /// - Parameters:
    ///   - untuned: Indices of the columns that no rate is chosen for.
    ///   - leftOut: Titles of methods made elsewhere that lack results at some value.
    case methods(untuned: Set<Int>, leftOut: [String])
  }

  let subject: Subject
  let axis: SweepConfiguration.Axis
  /// Ascending.
  let values: [Double]
  /// By value.
  let comparisons: [Comparison]
  /// The optimizer, and what the other axes are fixed at.
  let title: String
  /// For file names of figures and anchors of tables, unique in a report.
  private(set) var identifier = ""

  /// - Returns: nil for fewer than two values.
  init?(
    _ subject: Subject, along axis: SweepConfiguration.Axis, conditions: [Condition], comparisons: [Comparison], title: String
  ) {
    guard comparisons.count == conditions.count, comparisons.count > 1 else { return nil }
    self.subject = subject
    self.axis = axis
    values = conditions.map(axis.value)
    self.comparisons = comparisons
    self.title = title
  }

  /// Every axis, with every combination of the others: each optimizer, and the methods across optimizers. These are first where
  /// `methods` are configured, and stand for optimizers with a single schedule.
  static func all(_ report: Report) -> [AxisComparison] {
    let isAboutMethods = !report.study.configuration.methods.isEmpty
    var all = report.study.axes.flatMap { axis in
      groups(report.conditions, along: axis).flatMap { group -> [AxisComparison] in
        let others = group[0].condition.description(on: report.study.axes.filter { $0 != axis })
        let methods = acrossOptimizers(group, along: axis, others: others)
        let schedules = byOptimizer(group, along: axis, others: others).filter { methods == nil || $0.columns.count > 1 }
        return isAboutMethods ? [methods].compactMap { $0 } + schedules : schedules + [methods].compactMap { $0 }
      }
    }
    for (index, identifier) in identifiers(of: all.map { "\($0.axis.rawValue)-\($0.title)" }).enumerated() {
      all[index].identifier = identifier
    }
    return all
  }

  /// Conditions that differ along the axis alone, ascending.
  private static func groups(_ conditions: [ConditionReport], along axis: SweepConfiguration.Axis) -> [[ConditionReport]] {
    var groups: [[ConditionReport]] = []
    for condition in conditions {
      if let place = groups.firstIndex(where: { $0[0].condition.isEqual(to: condition.condition, except: axis) }) {
        groups[place].append(condition)
      } else {
        groups.append([condition])
      }
    }
    return groups.map { $0.sorted { axis.value($0.condition) < axis.value($1.condition) } }
  }

  private static func byOptimizer(_ group: [ConditionReport], along axis: SweepConfiguration.Axis, others: String)
    -> [AxisComparison]
  {
    group[0].comparisons.map(\.optimizer).compactMap { optimizer in
      let comparisons = group.compactMap { $0.comparisons.first { $0.optimizer == optimizer } }
      let name = comparisons[0].optimizerName + (others.isEmpty ? "" : ", " + others)
      return AxisComparison(
        .schedules(optimizer: optimizer), along: axis, conditions: group.map(\.condition), comparisons: comparisons, title: name
      )
    }
  }

  var columns: [ScheduleColumn] { comparisons[0].columns }

  /// Indices of the columns that rates are chosen for.
  var tuned: [Int] {
    switch subject {
    case .schedules: Array(columns.indices)
    case .methods(let untuned, _): columns.indices.filter { !untuned.contains($0) }
    }
  }

  /// What a column is.
  var noun: String {
    switch subject {
    case .schedules: "schedule"
    case .methods: "method"
    }
  }

  /// What the columns belong to, at the end of a phrase.
  var phrase: String {
    switch subject {
    case .schedules: " with \(title)"
    case .methods: ", \(title)"
    }
  }

  var valueTexts: [String] { values.map { axis == .l2 ? significant($0, 6) : fixed($0, 0) } }

  /// What ranks, which along l2 is the error only where there is none.
  var measureText: String {
    let measures = Set(comparisons.map(\.primaryMeasure))
    return measures.count == 1 ? " in \(comparisons[0].primaryMeasure.shortTitle)" : " (of errors at l2 0, else of objectives)"
  }

  /// The base-2 logarithm of a column's chosen rate, on a problem that is complete at every value; nil elsewhere.
  func exponents(problem: Int, column: Int) -> [Double]? {
    guard tuned.contains(column) else { return nil }
    let known = comparisons.compactMap { comparison -> Double? in
      let cell = comparison.byError[problem][column]
      guard cell.isComplete, !comparison.separable[problem] else { return nil }
      return cell.rate.map { log2($0.mean) }
    }
    return known.count == comparisons.count ? known : nil
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
