import Foundation
import Sparse

/// The minimum of the mean cross-entropy over weights (d + 1) x C on a data set, without regularisation, in double precision;
/// or its infimum, if it is only approached as the weights grow without bound.
///
/// The search ends when 1,000 further iterations of L-BFGS would gain less than 1e-10. If the Hessian is small enough to be
/// factored, Newton's method gets there first: it stops when half the squared Newton decrement, an estimate of the remaining
/// gain, is below 1e-12. Otherwise L-BFGS itself runs until its last 1,000 iterations have gained less.
///
/// The minimum is not attained if there is a separating direction: one along which no row's label loses to another class, and
/// some gain without bound (Albert and Anderson, Biometrika 71, 1984). Newton steps then keep changing some logits by about 1
/// while the decrement vanishes; if the minimum is attained, both vanish together.
///
/// Bit-identical for equal data, whatever the number of threads.
public struct Optimum: Sendable, Hashable, Codable {
  /// The minimum, or the infimum to within 1e-10; exactly 0 if the data are separable.
  public var loss: Double
  /// The l2 norm of the gradient over all (d + 1) x C entries, at the final weights.
  public var gradientNorm: Double
  /// Whether some weights attain the minimum.
  public var attained: Bool
  /// Whether some weights classify every row correctly; the infimum is then 0.
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

  /// Finds the optimum of `data`, all of whose rows must have a class.
  ///
  /// - Parameters:
  ///   - loop: lets other threads help.
  ///   - isCancelled: polled on this thread every few milliseconds; may do other work in the meantime.
  /// - Returns: nil if `OptimumCost.bound` is reached first.
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  /// - Complexity: at most `OptimumCost.bound`. O(n d^2 C^2 + d^3 C^3) for each of some 10 to 50 Newton iterations, with a
  ///   row's nonzeros in place of d for sparse rows; if that is too much, O(nonzeros C) for each of some thousand L-BFGS
  ///   iterations.
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
