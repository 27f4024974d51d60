import Foundation

/// A refined schedule, with the intermediate results.
///
/// Source: Defazio, Cutkosky, Mehta, Mishchenko, "When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement",
/// arXiv 2310.07831, Algorithms 1 (SGD, l2) and 2 (Adam, l1); for the method `bound`, Theorem 10.
///
///     let result = try RefinementResult(refining: norms, options: RefinementOptions(norm: .l2))
///     result.factors  // one per step; the largest is 1, the last 0
public struct RefinementResult: Sendable, Hashable {
  public let options: RefinementOptions
  /// The finite input norms.
  public let norms: [Double]
  /// How many norms were left out because they are not finite.
  public let omitted: Int
  /// The window of the running median, in norms or, where there are more of them, in points.
  public let width: Int
  /// What the factors were computed from, one per factor.
  public let smoothedNorms: [Double]
  /// s_t, t = 0 ..< points; the largest is 1.
  public let factors: [Double]

  /// - Throws: `RefinementError`.
  /// - Complexity: O(T log T), where T is the larger of the numbers of norms and points.
  public init(refining norms: [Double], options: RefinementOptions = RefinementOptions()) throws {
    let (tau, points) = (options.smoothing, options.points)
    guard tau >= 0, tau <= 1 else { throw RefinementError.smoothingOutOfRange(tau) }
    if let points, points < 2 { throw RefinementError.tooFewPoints(points) }
    if let step = norms.firstIndex(where: { $0 < 0 && $0.isFinite }) { throw RefinementError.negativeNorm(step: step + 1) }
    let finite = norms.filter(\.isFinite)
    guard finite.count >= 3 else {
      throw RefinementError.tooFewNorms(finite: finite.count, omitted: norms.count - finite.count)
    }
    if let window = options.window, !(1...finite.count).contains(window) || window % 2 == 0 {
      throw RefinementError.windowOutOfRange(window, norms: finite.count)
    }
    let raw = points.map { $0 > finite.count ? linearlyInterpolated(finite, count: $0) : finite } ?? finite
    let width = options.width(count: raw.count, norms: finite.count)
    var smoothed = runningMedian(raw, width: width)
    if let step = smoothed.firstIndex(of: 0) { throw RefinementError.zeroSmoothedNorm(step: step + 1) }
    if let points { smoothed = linearlyInterpolated(smoothed, count: points) }

    self.options = options
    self.norms = finite
    self.omitted = norms.count - finite.count
    self.smoothedNorms = smoothed
    self.width = width
    switch options.method {
    case .closed: self.factors = closedFormFactors(smoothed, powers: options.powers ?? .init(options.norm))
    case .bound: self.factors = boundMinimizingFactors(smoothed, norm: options.norm)
    }
    guard factors.allSatisfy(\.isFinite) else {
      throw RefinementError.rangeTooWide(smallest: smoothed.min() ?? 0, largest: smoothed.max() ?? 0)
    }
  }
}

extension RefinementResult {
  /// The closest warmup and polynomial decay.
  public var polynomialFit: PolynomialDecayFit { PolynomialDecayFit(of: factors) }

  /// What a user should know before relying on the schedule, one sentence each; empty if there is nothing to say.
  ///
  /// - Complexity: O(T log T).
  public var warnings: [String] {
    var warnings: [String] = []
    if omitted > 0 {
      let wereOmitted = omitted == 1 ? "is not finite and was" : "are not finite and were"
      warnings.append("\(omitted) of \(norms.count + omitted) norms \(wereOmitted) left out.")
    }
    if width == 1, options.window == nil, options.smoothing > 0 {
      warnings.append(
        "\(counted(norms.count, "norm")) are too few for a median over \(shortText(options.smoothing * 100)) % of them: nothing is smoothed. "
          + "Log more often.")
    }
    if let plateau = plateauAtMaximum {
      warnings.append(
        "\(plateau) of \(norms.count) norms are at their maximum, \(shortText(norms.max() ?? 0)): if the gradients were "
          + "clipped, log the norm before clipping.")
    }
    if let steps = stepsOfNineTenths {
      warnings.append(
        "The schedule is degenerate: over 90 % of its area lies in \(steps) of \(factors.count) steps, as the norms collapse. "
          + "The theory does not fit models that interpolate their data; a plain linear decay is the safer choice.")
    }
    return warnings
  }

  /// How many norms equal the largest up to the margin that clipping leaves (PyTorch adds 1e-6), if there are many.
  private var plateauAtMaximum: Int? {
    guard let largest = norms.max() else { return nil }
    let count = norms.count { $0 >= largest * (1 - 1e-5) }
    return count >= 3 && Double(count) >= 0.05 * Double(norms.count) ? count : nil
  }

  /// The number of steps that hold over 90 % of the schedule's area, if they are under 5 % of all steps.
  private var stepsOfNineTenths: Int? {
    let area = factors.reduce(0, +)
    var covered = 0.0
    for (index, factor) in factors.sorted(by: >).enumerated() {
      if Double(index + 1) >= 0.05 * Double(factors.count) { return nil }
      covered += factor
      if covered > 0.9 * area { return index + 1 }
    }
    return nil
  }
}

/// s_t = g_t^-A sum_{p > t} g_p^-B, divided by its maximum. - Complexity: O(T).
func closedFormFactors(_ norms: [Double], powers: RefinementOptions.Powers) -> [Double] {
  // Scaled by the smallest norm, so that no weight overflows; the scale cancels in the end.
  let smallest = norms.min() ?? 1
  var rest = 0.0
  var factors = norms
  for t in norms.indices.reversed() {
    factors[t] = power(smallest / norms[t], powers.own) * rest
    rest += power(smallest / norms[t], powers.later)
  }
  let largest = factors.max() ?? 1
  return factors.map { $0 / largest }
}

/// x^p, within one rounding for the paper's powers.
private func power(_ x: Double, _ p: Double) -> Double { p == 2 ? x * x : p == 1 ? x : pow(x, p) }
