/// The last-iterate bound for step sizes eta_1 .. eta_T, gradient norms G_1 .. G_T and initial distance D = |x_1 - x*| to the
/// optimum: what the theory guarantees for the last iterate.
///
/// Theorem 10 of arXiv 2310.07831:
///
///     [ D^2 + sum_t G_t^2 eta_t^2 ] / (2 sum_t eta_t)
///       + 1/2 sum_{k<T} eta_k / S_{k+1} * ( sum_{t>=k} G_t^2 eta_t^2 ) / S_k,      S_k = sum_{t>=k} eta_t
///
/// Since eta_k / (S_{k+1} S_k) = 1/S_{k+1} - 1/S_k, summation by parts gives a sum of positive terms, free of cancellation:
///
///     1/2 [ D^2 / S_1 + sum_{k<T} G_k^2 eta_k^2 / S_{k+1} + G_T^2 eta_T ]
///
/// For step sizes gamma eta_t this is A/gamma + B gamma.
public struct LastIterateBound: Sendable, Hashable {
  /// The bound for the step sizes as given.
  public let value: Double
  /// The gamma that minimises the bound for step sizes gamma eta_t; infinite where all norms are zero.
  public let bestScale: Double
  public let valueAtBestScale: Double

  /// Trailing zero step sizes are dropped with their norms, as they do not move the iterate.
  ///
  /// - Parameters:
  ///   - stepSizes: eta_t, finite, 0 or more, not all 0.
  ///   - norms: one per step, finite, 0 or more.
  ///   - norm: l2 norms are G_t; l1 norms take the place of G_t^2.
  ///   - distance: D, above 0.
  /// - Throws: `LastIterateBoundError`.
  /// - Complexity: O(T).
  public init(stepSizes: [Double], norms: [Double], norm: GradientNorm = .l2, distance: Double = 1) throws {
    guard stepSizes.count == norms.count else {
      throw LastIterateBoundError.differentLengths(stepSizes: stepSizes.count, norms: norms.count)
    }
    guard distance.isFinite, distance > 0 else { throw LastIterateBoundError.distanceOutOfRange(distance) }
    if let step = stepSizes.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw LastIterateBoundError.stepSizeOutOfRange(step: step + 1)
    }
    if let step = norms.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw LastIterateBoundError.normOutOfRange(step: step + 1)
    }
    guard let last = stepSizes.lastIndex(where: { $0 > 0 }) else { throw LastIterateBoundError.noStep }

    var rest = stepSizes[last]
    var sum = norm.squared(norms[last]) * rest
    for k in stepSizes[..<last].indices.reversed() {
      sum += norm.squared(norms[k]) * stepSizes[k] * (stepSizes[k] / rest)
      rest += stepSizes[k]
    }
    let (a, b) = (distance * distance / rest / 2, sum / 2)
    value = a + b
    bestScale = (a / b).squareRoot()
    valueAtBestScale = 2 * (a * b).squareRoot()
  }
}

/// Inputs for which the bound is not defined. Steps count from 1.
public enum LastIterateBoundError: Error, Hashable, CustomStringConvertible {
  case differentLengths(stepSizes: Int, norms: Int)
  case distanceOutOfRange(Double)
  case stepSizeOutOfRange(step: Int)
  case normOutOfRange(step: Int)
  case noStep

  public var description: String {
    switch self {
    case .differentLengths(let stepSizes, let norms):
      "\(counted(stepSizes, "step size")) for \(counted(norms, "norm")); expected as many of both"
    case .distanceOutOfRange(let value): "a distance of \(shortText(value)); expected a number above 0"
    case .stepSizeOutOfRange(let step): "the step size at step \(step) is not a finite number of 0 or more"
    case .normOutOfRange(let step): "the norm at step \(step) is not a finite number of 0 or more"
    case .noStep: "all step sizes are 0; expected one above 0"
    }
  }
}
