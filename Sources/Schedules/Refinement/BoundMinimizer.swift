/// The step sizes that minimise the last-iterate bound for these norms, scaled so that the largest is 1: the exact minimum,
/// without a search.
///
/// In the form of the bound that `LastIterateBound` states, every term G_k^2 eta_k^2 / S_{k+1} is convex. For a given S_t,
/// the minimum of the terms from step t on is c_t S_t, since they scale with the step sizes. Backwards from c_T = G_T^2, with
/// eta_t = x S_{t+1}:
///
///     c_t = min_x ( G_t^2 x^2 + c_{t+1} ) / (1 + x),  attained at  x = sqrt(1 + c_{t+1}/G_t^2) - 1,  where c_t = 2 G_t^2 x.
///
/// The whole bound is then (D^2/S_1 + c_1 S_1)/2, with minimum D sqrt(c_1): the shape does not depend on D.
///
/// - Precondition: norms finite and above 0.
/// - Complexity: O(T).
func boundMinimizingFactors(_ norms: [Double], norm: GradientNorm) -> [Double] {
  guard let last = norms.indices.last else { return [] }
  // Scaled by the largest, so that squares do not overflow; the shape does not change.
  let largest = norms.max() ?? 1
  var ratios = [Double](repeating: 0, count: norms.count)  // eta_t / S_{t+1}
  var cost = norm.squared(norms[last] / largest)
  for t in norms[..<last].indices.reversed() {
    let square = norm.squared(norms[t] / largest)
    let r = cost / square
    ratios[t] = r / ((1 + r).squareRoot() + 1)
    cost = 2 * square * ratios[t]
  }
  var rest = 1.0
  var factors = norms
  for t in norms[..<last].indices {
    let next = rest / (1 + ratios[t])
    factors[t] = ratios[t] * next
    rest = next
  }
  factors[last] = rest
  let top = factors.max() ?? 1
  return factors.map { $0 / top }
}
