import Sparse

/// The method for a problem's optimum and its cost in double-precision multiply-adds; both depend on the shape of the data
/// alone.
///
/// With n rows, d features and C classes there are U = (d + 1)(C - 1) unknowns. The bound is 4,000 evaluations of the loss and
/// its gradient, plus 60 Newton iterations if Newton's method is affordable. If U exceeds n, most minima are not attained and
/// no method proves it quickly; the bound is then 100 evaluations. It is at least 1e10 operations, about two seconds on one
/// core.
public struct OptimumCost: Sendable, Hashable {
  enum Method: Hashable {
    case newton, lbfgs
  }

  /// Whether rows are stored with their zeros.
  let storesZeros: Bool
  let method: Method
  /// Cost of the loss and its gradient.
  let evaluation: Double
  /// Cost of a Hessian and its factorization.
  let newtonIteration: Double
  /// The search ends without a result at this cost.
  public let bound: Double
  /// Expected cost of the search; at most `bound`.
  public let estimate: Double
  /// Whether the search is worth its time and memory: at most 50,000 weights, and at most 2^26 probabilities (rows x classes).
  public let isAffordable: Bool

  /// On one core.
  public static let secondsPerOperation = 2e-10

  private static let mostUnknowns = 3_000
  private static let mostHessianOperations = 2e10

  /// - Complexity: O(rows).
  public init(_ data: LabelledSparseData) {
    let rows = Double(data.rowCount)
    let features = Double(data.featureCount + 1)
    let classes = Double(data.classCount)
    let entries = Double(data.matrix.nonzeroCount) + rows
    let paddedClasses = Double((data.classCount + 7) & ~7)
    let unknowns = features * max(1, classes - 1)
    let classPairs = max(1, classes * (classes - 1) / 2)
    let denseHessian = rows * features * (features + 1) / 2 * classPairs
    let offsets = data.matrix.rowOffsets
    let sparsePairs = zip(offsets, offsets.dropFirst()).reduce(0.0) {
      let entries = Double($1.1 - $1.0 + 1)
      return $0 + entries * (entries + 1) / 2
    }
    let sparseHessian = sparsePairs * max(8, classPairs)
    let fewUnknowns = unknowns <= Double(Self.mostUnknowns)
    // Dense arithmetic is about four times as fast per entry, eight times in a Hessian, but takes n (d + 1) doubles.
    let canStoreZeros = rows * features <= 0x1p26 && rows * features <= 32 * entries
    let prefersSparseHessian = fewUnknowns && rows * features > 6 * entries && sparseHessian <= Self.mostHessianOperations
    storesZeros = canStoreZeros && !prefersSparseHessian
    let hessian = storesZeros ? denseHessian : sparseHessian
    newtonIteration = hessian + unknowns * unknowns * unknowns / 6
    evaluation =
      storesZeros ? rows * classes * (2 * features + 16) : paddedClasses * (2 * entries + 16 * rows)
    let isNewtonAffordable = fewUnknowns && hessian <= Self.mostHessianOperations
    let evaluations = unknowns > rows ? 100 * evaluation : 4_000 * evaluation + (isNewtonAffordable ? 60 * newtonIteration : 0)
    bound = max(1e10, evaluations)
    method = isNewtonAffordable && 15 * newtonIteration <= bound ? .newton : .lbfgs
    estimate = min(bound, method == .newton ? 25 * (newtonIteration + 2 * evaluation) : 4_000 * evaluation)
    isAffordable =
      (data.featureCount + 1) * data.classCount <= 50_000 && rows * paddedClasses <= 0x1p26
      && data.matrix.nonzeroCount < Int(UInt32.max)
  }
}
