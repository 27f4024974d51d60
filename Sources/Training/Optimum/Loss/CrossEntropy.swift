import Foundation
import SIMDShims
import Sparse

/// The mean cross-entropy of a problem and its gradient in double precision, for weights of shape (d + 1) x C with the bias as
/// the last feature.
///
/// Dense rows are stored in panels of eight, one row per vector lane; sparse rows are processed one by one, with eight classes
/// per vector. An evaluation first computes the residuals (softmax minus one-hot) of all rows, divided among threads by rows,
/// then the gradient, divided by features. Sums have a fixed order: results are bit-identical for any number of threads, and on
/// every machine with the same rounding of `log`.
final class CrossEntropy {
  typealias Vector = SIMD8<Double>

  let rows: Int
  /// d + 1.
  let features: Int
  let classes: Int
  var parameterCount: Int { features * classes }
  let isDense: Bool

  let data: LabelledSparseData
  /// Dense rows: [panel][feature][8], zero after the last row, including the bias.
  let panels: UnsafeMutablePointer<Vector>
  let panelCount: Int
  /// From the last evaluation. Dense rows: [block of panels][class][panel of the block]. Sparse rows: [row][eight classes],
  /// zero after the last class.
  let residuals: UnsafeMutablePointer<Vector>
  /// Dense rows: [feature][class] partial sums of the gradient.
  let partial: UnsafeMutablePointer<Vector>
  /// From the last evaluation: per block of panels, or per sparse row.
  let losses: UnsafeMutablePointer<Double>
  /// Sparse rows: the entries by feature.
  let entries: FeatureEntries?
  private let operations: Double

  /// - Precondition: every row has a class.
  init(_ data: LabelledSparseData, storesZeros: Bool) {
    precondition(data.rowCount > 0 && data.classes.allSatisfy { $0 >= 0 && $0 < data.classCount })
    self.data = data
    rows = data.rowCount
    features = data.featureCount + 1
    classes = data.classCount
    isDense = storesZeros
    panelCount = isDense ? (rows + 7) / 8 : 0
    panels = .allocate(capacity: max(1, panelCount * features))
    panels.initialize(repeating: .zero, count: max(1, panelCount * features))
    let blocks = (panelCount + Self.blockPanels - 1) / Self.blockPanels
    let residualCount = isDense ? blocks * classes * Self.blockPanels : rows * ((classes + 7) / 8)
    residuals = .allocate(capacity: residualCount)
    residuals.initialize(repeating: .zero, count: residualCount)
    partial = .allocate(capacity: isDense ? features * classes : 1)
    losses = .allocate(capacity: isDense ? blocks : rows)
    entries = isDense ? nil : FeatureEntries(data.matrix)
    operations = OptimumCost(data).evaluation
    if isDense { fillPanels() }
  }

  deinit {
    panels.deallocate()
    residuals.deallocate()
    partial.deallocate()
    losses.deallocate()
  }

  /// Evaluates the loss at `weights` ([feature][class]) and its gradient. Both arrays have `parameterCount` + 8 entries; the
  /// last eight are padding.
  ///
  /// - Throws: as `BoundedWork.count`.
  /// - Complexity: O(n d C) for dense rows, O(nonzeros C) for sparse ones.
  func evaluate(_ weights: [Double], gradient: inout [Double], work: BoundedWork) throws -> Double {
    precondition(weights.count == parameterCount + 8 && gradient.count == parameterCount + 8)
    try evaluateResiduals(weights, work: work)
    try gradient.withUnsafeMutableBufferPointer { gradient in
      guard let g = gradient.baseAddress else { return }
      if isDense {
        try work.split((features + 1) / 2, operations: operations / 2) { [self] pairs in
          addPanelGradient(of: 2 * pairs.lowerBound..<min(2 * pairs.upperBound, features), to: g)
        }
      } else if let entries {
        try work.run(slices: entries.slices.count + 1, operations: operations / 2) { [self] slice in
          if slice == 0 {
            setBiasGradient(g)
          } else {
            for feature in entries.slices[slice - 1] { setGradient(of: feature, entries, g) }
          }
        }
      }
      for k in 0..<parameterCount { g[k] *= 1 / Double(rows) }
      for k in parameterCount..<parameterCount + 8 { g[k] = 0 }
    }
    let count = isDense ? (panelCount + Self.blockPanels - 1) / Self.blockPanels : rows
    var sum = 0.0
    for k in 0..<count { sum += losses[k] }
    return sum * (1 / Double(rows))
  }

  /// Fills `residuals` and `losses` at `weights`.
  func evaluateResiduals(_ weights: [Double], work: BoundedWork) throws {
    try weights.withUnsafeBufferPointer { weights in
      guard let w = weights.baseAddress else { return }
      if isDense {
        let blocks = (panelCount + Self.blockPanels - 1) / Self.blockPanels
        try work.split(blocks, operations: operations / 2) { [self] in for block in $0 { setBlockResiduals(block, w) } }
      } else {
        try work.split(rows, operations: operations / 2) { [self] in setRowResiduals(of: $0, w) }
      }
    }
  }

  @inline(__always)
  static func rowLoss(top: Double, label: Double, labelExponential: Double, others: Double) -> Double {
    label == top ? log1p(others) : (top - label) + log(others + labelExponential)
  }
}
