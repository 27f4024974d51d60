import Foundation
import Sparse

/// The least mean cross-entropy that any weights (d + 1) x C reach on a data set, without regularisation, in double
/// precision; or its infimum, where weights that grow without bound approach it and none attain it.
///
/// The search goes on until 1,000 further iterations of L-BFGS would gain less than 1e-10. Where the Hessian is small
/// enough to be factored, Newton's method gets there first: it ends where half the squared Newton decrement, which
/// estimates all that is left to gain, is below 1e-12. Elsewhere L-BFGS itself does, and its last 1,000 iterations are
/// the proof.
///
/// A minimum is not attained when some direction separates: along it no row's label loses to another class and some win
/// for ever (Albert and Anderson, Biometrika 71, 1984). Then Newton steps keep moving some logits by about 1 while the
/// decrement vanishes; where the minimum is attained, both vanish together.
///
/// Two calls on equal data return the same bits.
public struct Optimum: Sendable, Hashable {
  /// The minimum, or the infimum to within 1e-10; exactly 0 where the data are separable.
  public var loss: Double
  /// The l2 norm of the gradient over all (d + 1) x C entries, at the last weights.
  public var gradientNorm: Double
  /// Whether some weights attain the minimum.
  public var attained: Bool
  /// Whether some weights classify every row correctly. Then the infimum is 0.
  public var separable: Bool
  /// Newton and L-BFGS iterations.
  public var iterations: Int

  public init(loss: Double, gradientNorm: Double, attained: Bool, separable: Bool, iterations: Int) {
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.attained = attained
    self.separable = separable
    self.iterations = iterations
  }

  /// Finds the optimum of `data`, whose rows must all have a class.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  /// - Complexity: O(n d^2 C^2 + d^3 C^3) for each of some 10 to 40 Newton iterations; where that is too much, O(nonzeros C)
  ///   for each of some thousand L-BFGS iterations.
  public static func find(for data: LabelledSparseData, isCancelled: () -> Bool = { false }) throws -> Optimum {
    let search = OptimumSearch(data)
    if data.classCount < 2 { return Optimum(loss: 0, gradientNorm: 0, attained: true, separable: true, iterations: 0) }
    if search.basis != nil {
      try search.runNewton(isCancelled: isCancelled)
    }
    if search.state == .searching {
      try search.runLBFGS(isCancelled: isCancelled)
    }
    return search.result
  }
}

/// What Newton's method and L-BFGS share: the present weights, and what is known of the problem.
final class OptimumSearch {
  enum State: Hashable {
    case searching, attained, unattained, separable
  }

  let data: LabelledSparseData
  let loss: OptimumLoss
  /// What the weights refer to where Newton's method is affordable; elsewhere they are those of the features themselves.
  let basis: OptimumBasis?
  var weights: [Double]
  var gradient: [Double]
  var value: Double
  var iterations = 0
  var state = State.searching
  /// Proof that the minimum is not attained; its absence proves nothing.
  lazy var isSeparatedByOneFeature = Self.oneFeatureSeparates(data)

  init(_ data: LabelledSparseData) {
    self.data = data
    loss = OptimumLoss(data)
    basis = Self.isNewtonAffordable(loss) ? loss.orthonormalize() : nil
    weights = [Double](repeating: 0, count: loss.parameterCount + 8)
    gradient = weights
    value = loss.evaluate(weights, gradient: &gradient)
  }

  var result: Optimum {
    let gradient = basis?.featureGradient(gradient, classes: loss.classes) ?? gradient
    return Optimum(
      loss: state == .separable ? 0 : value, gradientNorm: DoubleVectors.dot(gradient, gradient).squareRoot(),
      attained: state == .attained, separable: state == .separable, iterations: iterations)
  }

  /// Below this every row's label has a probability above a half, since no row's loss exceeds the sum of all.
  var separableLoss: Double { 0.5 * log(2) / Double(loss.rows) }

  /// The curvature along each weight at zero weights up to a constant: the feature's mean square, 1 for a feature that is
  /// zero throughout. The scale on which L-BFGS starts.
  lazy var curvature: [Double] = {
    if basis != nil { return [Double](repeating: 1, count: loss.features) }
    var squares = [Double](repeating: 0, count: loss.features)
    for (column, value) in zip(data.matrix.columns, data.matrix.values) {
      squares[Int(column)] += Double(value) * Double(value)
    }
    squares[loss.features - 1] = Double(loss.rows)
    return squares.map { $0 > 0 ? $0 / Double(loss.rows) : 1 }
  }()

  /// Whether for some feature and class the class's rows have values on one side of a threshold and all others on the
  /// other, not all on the threshold: then the class's weight of that feature grows for ever.
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

  /// The least and the greatest change, over all rows and all classes but the label, of the label's lead when `direction`
  /// ([feature][class]) is added to the weights.
  func leadChanges(along direction: [Double]) -> (least: Double, greatest: Double) {
    let classes = loss.classes
    let direction = basis?.featureWeights(direction, classes: classes) ?? direction
    var least = Double.infinity
    var greatest = -Double.infinity
    var logits = [Double](repeating: 0, count: classes)
    for row in 0..<loss.rows {
      for c in 0..<classes { logits[c] = direction[(loss.features - 1) * classes + c] }
      for k in data.matrix.rowOffsets[row]..<data.matrix.rowOffsets[row + 1] {
        let value = Double(data.matrix.values[k])
        let first = Int(data.matrix.columns[k]) * classes
        for c in 0..<classes { logits[c] += value * direction[first + c] }
      }
      let label = Int(data.classes[row])
      for c in 0..<classes where c != label {
        least = min(least, logits[label] - logits[c])
        greatest = max(greatest, logits[label] - logits[c])
      }
    }
    return (least, greatest)
  }
}
