import Foundation
import Sparse

/// State shared by Newton's method and L-BFGS: the current weights, and what is known of the problem.
final class OptimumSearch {
  enum State: Hashable {
    case searching, attained, unattained, separable
  }

  let data: LabelledSparseData
  let loss: CrossEntropy
  /// nil without regularisation.
  let penalty: CentredPenalty?
  let work: BoundedWork
  /// The basis of the weights if Newton's method works on dense rows; nil if they refer to the features themselves.
  let basis: OrthonormalBasis?
  /// Per feature, the unit of its weights, chosen so that all have about the same curvature. 1 with a basis.
  let scale: [Double]
  var weights: [Double]
  var gradient: [Double]
  var value: Double
  var iterations = 0
  var state = State.searching
  /// True proves that the minimum is not attained; false proves nothing.
  lazy var isSeparatedByOneFeature = Self.oneFeatureSeparates(data)

  /// - Throws: as `BoundedWork.count`.
  init(_ data: LabelledSparseData, l2: Double = 0, cost: OptimumCost, work: BoundedWork) throws {
    self.data = data
    self.work = work
    loss = CrossEntropy(data, storesZeros: cost.storesZeros)
    penalty = l2 > 0 ? CentredPenalty(l2: l2, features: data.featureCount, classes: data.classCount) : nil
    // The penalty is one of the features' own weights.
    basis = cost.storesZeros && cost.method == .newton && l2 == 0 ? try loss.orthonormalize(work: work) : nil
    scale = basis == nil ? Self.rootMeanSquares(data).map { 1 / $0 } : [Double](repeating: 1, count: loss.features)
    weights = [Double](repeating: 0, count: loss.parameterCount + 8)
    gradient = weights
    value = try loss.evaluate(weights, gradient: &gradient, work: work)
  }

  /// The objective at `weights` and its gradient, as `CrossEntropy.evaluate`.
  func evaluate(_ weights: [Double], gradient: inout [Double]) throws -> Double {
    let value = try loss.evaluate(weights, gradient: &gradient, work: work)
    return value + (penalty?.add(to: &gradient, at: weights) ?? 0)
  }

  var result: Optimum {
    let gradient = basis?.featureGradient(gradient, classes: loss.classes) ?? gradient
    return Optimum(
      loss: state == .separable ? 0 : value, gradientNorm: DoubleVectors.dot(gradient, gradient).squareRoot(),
      attained: state == .attained, separable: state == .separable, iterations: iterations)
  }

  /// Below this loss every label has a probability above one half, since no row's loss exceeds the sum of all. With
  /// regularisation, nothing is below.
  var separableLoss: Double { penalty == nil ? 0.5 * log(2) / Double(loss.rows) : 0 }

  /// Per feature; 1 for a feature that is zero throughout. The squares are the curvature at zero weights, up to a constant.
  private static func rootMeanSquares(_ data: LabelledSparseData) -> [Double] {
    var squares = [Double](repeating: 0, count: data.featureCount + 1)
    for (column, value) in zip(data.matrix.columns, data.matrix.values) {
      squares[Int(column)] += Double(value) * Double(value)
    }
    squares[data.featureCount] = Double(data.rowCount)
    return squares.map { $0 > 0 ? ($0 / Double(data.rowCount)).squareRoot() : 1 }
  }

  /// Whether, for some feature and class, a threshold separates the values of the class's rows from those of all others, not
  /// all values being equal to it: the class's weight of that feature then grows without bound.
  ///
  /// - Complexity: O(nonzeros + d C).
  static func oneFeatureSeparates(_ data: LabelledSparseData) -> Bool {
    let classes = data.classCount
    var rows = [Int](repeating: 0, count: classes)
    for c in data.classes { rows[Int(c)] += 1 }
    var ranges = [(low: Float, high: Float, count: Int)](
      repeating: (.infinity, -.infinity, 0), count: data.featureCount * classes)
    for row in 0..<data.rowCount {
      for k in data.matrix.rowOffsets[row]..<data.matrix.rowOffsets[row + 1] {
        let cell = Int(data.matrix.columns[k]) * classes + Int(data.classes[row])
        let value = data.matrix.values[k]
        ranges[cell] = (min(ranges[cell].low, value), max(ranges[cell].high, value), ranges[cell].count + 1)
      }
    }
    for feature in 0..<data.featureCount {
      var lows: [Float] = []
      var highs: [Float] = []
      for c in 0..<classes {
        let range = ranges[feature * classes + c]
        let hasZero = range.count < rows[c]
        lows.append(hasZero ? min(range.low, 0) : range.low)
        highs.append(hasZero ? max(range.high, 0) : range.high)
      }
      let (sortedLows, sortedHighs) = (lows.sorted(), highs.sorted())
      if sortedLows[0] == sortedHighs[classes - 1] { continue }
      for c in 0..<classes {
        let lowOfOthers = sortedLows[0] == lows[c] ? sortedLows[1] : sortedLows[0]
        let highOfOthers = sortedHighs[classes - 1] == highs[c] ? sortedHighs[classes - 2] : sortedHighs[classes - 1]
        if highs[c] <= lowOfOthers || highOfOthers <= lows[c] { return true }
      }
    }
    return false
  }

  /// The least and the greatest change of the margin of the label over another class, over all rows and classes, when
  /// `direction` ([feature][class]) is added to the weights.
  ///
  /// - Throws: as `BoundedWork.count`.
  func leadChanges(along direction: [Double]) throws -> (least: Double, greatest: Double) {
    let direction = basis?.featureWeights(direction, classes: loss.classes) ?? direction
    let changes = UnsafeMutablePointer<SIMD2<Double>>.allocate(capacity: loss.rows)
    defer { changes.deallocate() }
    let operations = Double(data.matrix.nonzeroCount + loss.rows) * Double(2 * loss.classes)
    try direction.withUnsafeBufferPointer { direction in
      guard let d = direction.baseAddress else { return }
      try work.split(loss.rows, operations: operations) { [self] in setLeadChanges(of: $0, along: d, changes) }
    }
    var (least, greatest) = (Double.infinity, -Double.infinity)
    for row in 0..<loss.rows { (least, greatest) = (min(least, changes[row].x), max(greatest, changes[row].y)) }
    return (least, greatest)
  }

  private func setLeadChanges(
    of rows: Range<Int>, along direction: UnsafePointer<Double>, _ changes: UnsafeMutablePointer<SIMD2<Double>>
  ) {
    let classes = loss.classes
    let matrix = data.matrix
    var logits = [Double](repeating: 0, count: classes)
    for row in rows {
      for c in 0..<classes { logits[c] = direction[(loss.features - 1) * classes + c] }
      for k in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        let value = Double(matrix.values[k])
        let first = Int(matrix.columns[k]) * classes
        for c in 0..<classes { logits[c] += value * direction[first + c] }
      }
      let label = Int(data.classes[row])
      var change = SIMD2(Double.infinity, -Double.infinity)
      for c in 0..<classes where c != label {
        let lead = logits[label] - logits[c]
        change = SIMD2(min(change.x, lead), max(change.y, lead))
      }
      changes[row] = change
    }
  }
}
