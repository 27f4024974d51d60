import Foundation
import Sparse

/// The minimum of the objective over weights (d + 1) x C on a data set, in double precision: of the mean cross-entropy, plus half of
/// l2 times the squared weights, bias left out. Without regularisation (l2 = 0), the infimum, if it is only approached as the
/// weights grow without bound; with it, the minimum is always attained.
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
  /// The minimum of the objective, or the infimum to within 1e-10; exactly 0 if the data are separable.
  public var loss: Double
  /// The l2 norm of the gradient over all (d + 1) x C entries, at the final weights.
  public var gradientNorm: Double
  /// Whether some weights attain the minimum.
  public var attained: Bool
  /// Whether some weights classify every row correctly and the infimum is therefore 0; never with regularisation.
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
  ///   - l2: strength of the regularisation, finite and at least 0.
  ///   - loop: lets other threads help.
  ///   - isCancelled: polled on this thread every few milliseconds; may do other work in the meantime.
  /// - Returns: nil if `OptimumCost.bound` is reached first.
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  /// - Complexity: at most `OptimumCost.bound`. O(n d^2 C^2 + d^3 C^3) for each of some 10 to 50 Newton iterations, with a
  ///   row's nonzeros in place of d for sparse rows; if that is too much, O(nonzeros C) for each of some thousand L-BFGS
  ///   iterations.
  public static func find(
    for data: LabelledSparseData, l2: Double = 0, sharing loop: SharedLoop = SharedLoop(),
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> Optimum? {
    precondition(l2 >= 0 && l2.isFinite, "l2 is finite and at least 0")
    defer { loop.close() }
    if data.classCount < 2 { return Optimum(loss: 0, gradientNorm: 0, attained: true, separable: l2 == 0, iterations: 0) }
    let cost = OptimumCost(data)
    let work = BoundedWork(bound: cost.bound, loop: loop, isCancelled: isCancelled)
    do {
      let search = try OptimumSearch(data, l2: l2, cost: cost, work: work)
      if cost.method == .newton { try search.runNewton() }
      if search.state == .searching { try search.runLBFGS() }
      return search.result
    } catch is BoundedWork.BoundReached {
      return nil
    }
  }
}
