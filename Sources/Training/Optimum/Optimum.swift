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
/// Two calls on equal data return the same bits, whatever the number of threads.
public struct Optimum: Sendable, Hashable, Codable {
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
  /// - Parameters:
  ///   - loop: through which other threads may help.
  ///   - isCancelled: asked on this thread, every few milliseconds; may do other work meanwhile.
  /// - Returns: nil where `OptimumCost.bound` is reached before.
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  /// - Complexity: at most `OptimumCost.bound`. O(n d^2 C^2 + d^3 C^3) for each of some 10 to 50 Newton iterations, for sparse rows
  ///   with their nonzeros in place of d; where that is too much, O(nonzeros C) for each of some thousand L-BFGS iterations.
  public static func find(
    for data: LabelledSparseData, sharing loop: SharedLoop = SharedLoop(), isCancelled: @escaping () -> Bool = { false }
  ) throws -> Optimum? {
    defer { loop.close() }
    if data.classCount < 2 { return Optimum(loss: 0, gradientNorm: 0, attained: true, separable: true, iterations: 0) }
    let cost = OptimumCost(data)
    let work = BoundedWork(bound: cost.bound, loop: loop, isCancelled: isCancelled)
    do {
      let search = try OptimumSearch(data, cost: cost, work: work)
      if cost.method == .newton { try search.runNewton() }
      if search.state == .searching { try search.runLBFGS() }
      return search.result
    } catch is BoundedWork.BoundReached {
      return nil
    }
  }
}
