import Foundation
import SIMDShims
import Sparse

/// The mean cross-entropy of a problem and its gradient in double precision, for weights of shape (d + 1) x C with the
/// bias as the last feature.
///
/// Dense rows lie in panels of eight, one row a vector lane; sparse rows are taken one by one, eight classes a vector.
/// Sums have a fixed order: the same bits on every machine that rounds `log` alike. A value is for one thread.
final class OptimumLoss {
  typealias Vector = SIMD8<Double>

  let rows: Int
  /// d + 1.
  let features: Int
  let classes: Int
  var parameterCount: Int { features * classes }
  let isDense: Bool

  private let data: LabelledSparseData
  /// [panel][feature][8], zero beyond the last row, also in the bias.
  private let panels: UnsafeMutablePointer<Vector>
  private let panelCount: Int
  /// Dense: [class][panel of the block]. Sparse: [eight classes].
  private let residuals: UnsafeMutablePointer<Vector>
  /// [feature][class] partial sums of the gradient.
  private let partial: UnsafeMutablePointer<Vector>

  /// Panels that are worked on together, so that they stay in the cache between forward and gradient.
  static let blockPanels = 16

  /// - Precondition: every row has a class.
  init(_ data: LabelledSparseData) {
    precondition(data.rowCount > 0 && data.classes.allSatisfy { $0 >= 0 && $0 < data.classCount })
    self.data = data
    rows = data.rowCount
    features = data.featureCount + 1
    classes = data.classCount
    isDense = Self.isBestDense(data)
    panelCount = isDense ? (rows + 7) / 8 : 0
    panels = .allocate(capacity: max(1, panelCount * features))
    panels.initialize(repeating: .zero, count: max(1, panelCount * features))
    let residualCount = isDense ? classes * Self.blockPanels : (classes + 7) / 8
    residuals = .allocate(capacity: residualCount)
    residuals.initialize(repeating: .zero, count: residualCount)
    partial = .allocate(capacity: isDense ? features * classes : 1)
    if isDense { fillPanels() }
  }

  deinit {
    panels.deallocate()
    residuals.deallocate()
    partial.deallocate()
  }

  /// Dense rows cost (d + 1) / nonzeros times the arithmetic, at about a quarter of the price, and n (d + 1) doubles.
  static func isBestDense(_ data: LabelledSparseData) -> Bool {
    let entries = data.rowCount * (data.featureCount + 1)
    return entries <= 1 << 26 && entries <= 32 * (data.matrix.nonzeroCount + data.rowCount)
  }

  private func fillPanels() {
    let matrix = data.matrix
    let scalars = UnsafeMutableRawPointer(panels).assumingMemoryBound(to: Double.self)
    for row in 0..<rows {
      let first = scalars + (row / 8) * features * 8 + row % 8
      for k in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        first[Int(matrix.columns[k]) * 8] = Double(matrix.values[k])
      }
      first[(features - 1) * 8] = 1
    }
  }

  /// Replaces the features by an orthonormal basis of them. Dense rows only.
  func orthonormalize() -> OptimumBasis {
    precondition(isDense)
    let padded = panelCount * 8
    let columns = UnsafeMutablePointer<Double>.allocate(capacity: padded * features)
    defer { columns.deallocate() }
    let scalars = UnsafeMutableRawPointer(panels).assumingMemoryBound(to: Double.self)
    for k in 0..<padded {
      for feature in 0..<features { columns[feature * padded + k] = scalars[((k / 8) * features + feature) * 8 + k % 8] }
    }
    let basis = OptimumBasis(orthonormalizing: columns, features: features, paddedRows: padded, rows: rows)
    for k in 0..<padded {
      for feature in 0..<features { scalars[((k / 8) * features + feature) * 8 + k % 8] = columns[feature * padded + k] }
    }
    return basis
  }

  /// The loss at `weights` ([feature][class]) and its gradient, both arrays of `parameterCount` + 8 entries of which the
  /// last eight are padding.
  ///
  /// - Complexity: O(n d C) for dense rows, O(nonzeros C) for sparse ones.
  func evaluate(_ weights: [Double], gradient: inout [Double]) -> Double {
    precondition(weights.count == parameterCount + 8 && gradient.count == parameterCount + 8)
    return weights.withUnsafeBufferPointer { weights in
      gradient.withUnsafeMutableBufferPointer { gradient in
        isDense
          ? evaluateDense(weights.baseAddress!, gradient.baseAddress!)
          : evaluateSparse(weights.baseAddress!, gradient.baseAddress!)
      }
    }
  }

  // MARK: Dense rows

  private func evaluateDense(_ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>) -> Double {
    partial.initialize(repeating: .zero, count: features * classes)
    var sum = 0.0
    for first in stride(from: 0, to: panelCount, by: Self.blockPanels) {
      let count = min(Self.blockPanels, panelCount - first)
      sum += blockResiduals(weights, first: first, count: count)
      addBlockGradient(first: first, count: count)
    }
    let scale = 1 / Double(rows)
    for k in 0..<features * classes { gradient[k] = double_sum(partial[k]) * scale }
    for k in 0..<8 { gradient[features * classes + k] = 0 }
    return sum * scale
  }

  /// Fills `residuals` with softmax minus one-hot for a block of panels, and returns the block's summed loss.
  private func blockResiduals(_ weights: UnsafePointer<Double>, first: Int, count: Int) -> Double {
    var sum = 0.0
    for panel in 0..<count {
      let x = panels + (first + panel) * features
      let z = residuals + panel
      var c = 0
      while c + 6 <= classes {
        logits6(x, weights + c, z + c * Self.blockPanels)
        c += 6
      }
      while c + 2 <= classes {
        logits2(x, weights + c, z + c * Self.blockPanels)
        c += 2
      }
      if c < classes { logits1(x, weights + c, z + c * Self.blockPanels) }
      sum += panelSoftmax(z, firstRow: (first + panel) * 8)
    }
    return sum
  }

  @inline(__always)
  private func logits6(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    var b = a
    var c = a
    var d = a
    var e = a
    var f = a
    var w = w
    for feature in 0..<features {
      let value = x[feature]
      a = double_fma(value, double_splat(w[0]), a)
      b = double_fma(value, double_splat(w[1]), b)
      c = double_fma(value, double_splat(w[2]), c)
      d = double_fma(value, double_splat(w[3]), d)
      e = double_fma(value, double_splat(w[4]), e)
      f = double_fma(value, double_splat(w[5]), f)
      w += classes
    }
    let stride = Self.blockPanels
    z[0] = a
    z[stride] = b
    z[2 * stride] = c
    z[3 * stride] = d
    z[4 * stride] = e
    z[5 * stride] = f
  }

  @inline(__always)
  private func logits2(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    var b = a
    for feature in 0..<features {
      a = double_fma(x[feature], double_splat(w[feature * classes]), a)
      b = double_fma(x[feature], double_splat(w[feature * classes + 1]), b)
    }
    z[0] = a
    z[Self.blockPanels] = b
  }

  @inline(__always)
  private func logits1(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    for feature in 0..<features { a = double_fma(x[feature], double_splat(w[feature * classes]), a) }
    z[0] = a
  }

  /// Turns the logits of eight rows into residuals. The label's is minus the sum of the others, which keeps its digits
  /// where the label is all but certain; likewise the loss.
  private func panelSoftmax(_ z: UnsafeMutablePointer<Vector>, firstRow: Int) -> Double {
    let stride = Self.blockPanels
    var top = z[0]
    for c in 1..<max(1, classes) { top = double_max(top, z[c * stride]) }
    let scalars = UnsafeMutableRawPointer(z).assumingMemoryBound(to: Double.self)
    let lanes = min(8, rows - firstRow)
    var labelLogits = Vector.zero
    for lane in 0..<lanes { labelLogits[lane] = scalars[Int(data.classes[firstRow + lane]) * stride * 8 + lane] }
    for c in 0..<classes { z[c * stride] = exponential(double_subtract(z[c * stride], top)) }
    var labels = Vector.zero
    for lane in 0..<lanes {
      let index = Int(data.classes[firstRow + lane]) * stride * 8 + lane
      labels[lane] = scalars[index]
      scalars[index] = 0
    }
    var others = double_splat(0)
    for c in 0..<classes { others = double_add(others, z[c * stride]) }
    let inverse = double_divide(double_splat(1), double_add(others, labels))
    for c in 0..<classes { z[c * stride] = double_multiply(z[c * stride], inverse) }
    let residuals = double_multiply(others, inverse)
    var sum = 0.0
    for lane in 0..<lanes {
      scalars[Int(data.classes[firstRow + lane]) * stride * 8 + lane] = -residuals[lane]
      sum += rowLoss(top: top[lane], label: labelLogits[lane], labelExponential: labels[lane], others: others[lane])
    }
    return sum
  }

  @inline(__always)
  private func rowLoss(top: Double, label: Double, labelExponential: Double, others: Double) -> Double {
    label == top ? log1p(others) : (top - label) + log(others + labelExponential)
  }

  private func addBlockGradient(first: Int, count: Int) {
    var feature = 0
    while feature + 2 <= features {
      var c = 0
      while c + 3 <= classes {
        gradient2x3(feature, c, first, count)
        c += 3
      }
      while c < classes {
        gradient1x1(feature, c, first, count)
        gradient1x1(feature + 1, c, first, count)
        c += 1
      }
      feature += 2
    }
    if feature < features { for c in 0..<classes { gradient1x1(feature, c, first, count) } }
  }

  @inline(__always)
  private func gradient2x3(_ feature: Int, _ c: Int, _ first: Int, _ count: Int) {
    let g = partial + feature * classes + c
    let h = g + classes
    var g0 = g[0]
    var g1 = g[1]
    var g2 = g[2]
    var h0 = h[0]
    var h1 = h[1]
    var h2 = h[2]
    var x = panels + first * features + feature
    let r = residuals + c * Self.blockPanels
    for panel in 0..<count {
      let x0 = x[0]
      let x1 = x[1]
      let r0 = r[panel]
      g0 = double_fma(x0, r0, g0)
      h0 = double_fma(x1, r0, h0)
      let r1 = r[panel + Self.blockPanels]
      g1 = double_fma(x0, r1, g1)
      h1 = double_fma(x1, r1, h1)
      let r2 = r[panel + 2 * Self.blockPanels]
      g2 = double_fma(x0, r2, g2)
      h2 = double_fma(x1, r2, h2)
      x += features
    }
    g[0] = g0
    g[1] = g1
    g[2] = g2
    h[0] = h0
    h[1] = h1
    h[2] = h2
  }

  @inline(__always)
  private func gradient1x1(_ feature: Int, _ c: Int, _ first: Int, _ count: Int) {
    var sum = partial[feature * classes + c]
    let x = panels + first * features + feature
    let r = residuals + c * Self.blockPanels
    for panel in 0..<count { sum = double_fma(x[panel * features], r[panel], sum) }
    partial[feature * classes + c] = sum
  }

  /// Calls `body` for each row in turn with its features and residuals, row by row, at `weights`. Dense rows only.
  func forEachDenseRow(_ weights: [Double], _ body: (_ row: UnsafePointer<Double>, _ residuals: UnsafePointer<Double>) -> Void)
  {
    precondition(isDense && weights.count == parameterCount + 8)
    let row = UnsafeMutablePointer<Double>.allocate(capacity: features + 8)
    let rowResiduals = UnsafeMutablePointer<Double>.allocate(capacity: classes + 8)
    row.initialize(repeating: 0, count: features + 8)
    rowResiduals.initialize(repeating: 0, count: classes + 8)
    defer {
      row.deallocate()
      rowResiduals.deallocate()
    }
    let x = UnsafeRawPointer(panels).assumingMemoryBound(to: Double.self)
    let r = UnsafeRawPointer(residuals).assumingMemoryBound(to: Double.self)
    weights.withUnsafeBufferPointer { weights in
      for first in stride(from: 0, to: panelCount, by: Self.blockPanels) {
        let count = min(Self.blockPanels, panelCount - first)
        _ = blockResiduals(weights.baseAddress!, first: first, count: count)
        for k in first * 8..<min(rows, (first + count) * 8) {
          for feature in 0..<features { row[feature] = x[((k / 8) * features + feature) * 8 + k % 8] }
          for c in 0..<classes { rowResiduals[c] = r[(c * Self.blockPanels + k / 8 - first) * 8 + k % 8] }
          body(row, rowResiduals)
        }
      }
    }
  }

  // MARK: Sparse rows

  private func evaluateSparse(_ weights: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>) -> Double {
    for k in 0..<parameterCount + 8 { gradient[k] = 0 }
    var sum = 0.0
    data.matrix.columns.withUnsafeBufferPointer { columns in
      data.matrix.values.withUnsafeBufferPointer { values in
        for row in 0..<rows {
          let range = data.matrix.rowOffsets[row]..<data.matrix.rowOffsets[row + 1]
          rowLogits(columns, values, range, weights)
          sum += rowSoftmax(label: Int(data.classes[row]))
          addRowGradient(columns, values, range, gradient)
        }
      }
    }
    let scale = 1 / Double(rows)
    for k in 0..<parameterCount { gradient[k] *= scale }
    for k in parameterCount..<parameterCount + 8 { gradient[k] = 0 }
    return sum * scale
  }

  @inline(__always)
  private func rowLogits(
    _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Float>, _ range: Range<Int>,
    _ weights: UnsafePointer<Double>
  ) {
    for tile in 0..<(classes + 7) / 8 {
      let w = weights + tile * 8
      var sum = double_load(w + (features - 1) * classes)
      for k in range {
        sum = double_fma(double_load(w + Int(columns[k]) * classes), double_splat(Double(values[k])), sum)
      }
      residuals[tile] = sum
    }
  }

  /// As `panelSoftmax`, for one row; entries beyond the last class end as zeros.
  private func rowSoftmax(label: Int) -> Double {
    let tiles = (classes + 7) / 8
    let z = UnsafeMutableRawPointer(residuals).assumingMemoryBound(to: Double.self)
    for c in classes..<tiles * 8 { z[c] = -.greatestFiniteMagnitude }
    var tops = residuals[0]
    for tile in 1..<max(1, tiles) { tops = double_max(tops, residuals[tile]) }
    let top = tops.max()
    let labelLogit = z[label]
    for tile in 0..<tiles { residuals[tile] = exponential(double_subtract(residuals[tile], double_splat(top))) }
    for c in classes..<tiles * 8 { z[c] = 0 }
    let labelExponential = z[label]
    z[label] = 0
    var sums = double_splat(0)
    for tile in 0..<tiles { sums = double_add(sums, residuals[tile]) }
    let others = double_sum(sums)
    let inverse = 1 / (others + labelExponential)
    for tile in 0..<tiles { residuals[tile] = double_multiply(residuals[tile], double_splat(inverse)) }
    z[label] = -others * inverse
    return rowLoss(top: top, label: labelLogit, labelExponential: labelExponential, others: others)
  }

  /// The zeros beyond the last class are added to the next feature's entries, which changes nothing.
  @inline(__always)
  private func addRowGradient(
    _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Float>, _ range: Range<Int>,
    _ gradient: UnsafeMutablePointer<Double>
  ) {
    for tile in 0..<(classes + 7) / 8 {
      let g = gradient + tile * 8
      let r = residuals[tile]
      let bias = g + (features - 1) * classes
      double_store(bias, double_add(double_load(bias), r))
      for k in range {
        let entry = g + Int(columns[k]) * classes
        double_store(entry, double_fma(r, double_splat(Double(values[k])), double_load(entry)))
      }
    }
  }
}

/// exp(x) for x <= 0 within 1.5 ulp; below -708 exp(-708) = 3e-308.
///
/// x = k ln 2 + r by Cody and Waite's two-part logarithm, the Taylor polynomial of degree 13 on |r| <= ln 2 / 2 (remainder
/// 4e-18), and k added to the exponent.
@inline(__always)
func exponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
  let shift = double_splat(0x1.8p52)
  let x = double_max(x, double_splat(-708))
  let biased = double_fma(x, double_splat(1.4426950408889634), shift)
  let k = double_subtract(biased, shift)
  var r = double_fma(k, double_splat(-0x1.62e42fefa3800p-1), x)
  r = double_fma(k, double_splat(-0x1.ef35793c76730p-45), r)
  var p = double_splat(1 / 6_227_020_800)
  p = double_fma(p, r, double_splat(1 / 479_001_600))
  p = double_fma(p, r, double_splat(1 / 39_916_800))
  p = double_fma(p, r, double_splat(1 / 3_628_800))
  p = double_fma(p, r, double_splat(1 / 362_880))
  p = double_fma(p, r, double_splat(1 / 40_320))
  p = double_fma(p, r, double_splat(1 / 5_040))
  p = double_fma(p, r, double_splat(1 / 720))
  p = double_fma(p, r, double_splat(1 / 120))
  p = double_fma(p, r, double_splat(1 / 24))
  p = double_fma(p, r, double_splat(1 / 6))
  p = double_fma(p, r, double_splat(0.5))
  p = double_fma(p, r, double_splat(1))
  p = double_fma(p, r, double_splat(1))
  return double_scale(p, biased)
}
