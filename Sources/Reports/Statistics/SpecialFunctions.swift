import Foundation

/// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in 0...1.
///
/// Continued fraction by Lentz's method (Numerical Recipes, 6.4); relative error about 1e-13.
func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges quickly on one side of the mean; the symmetry I_x(a, b) = 1 - I_{1-x}(b, a) gives the other.
  if x > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
  let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)) / a
  let tiny = 1e-300
  var c = 1.0
  var d = 1 / nonzero(1 - (a + b) * x / (a + 1), tiny)
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonzero(1 + even * d, tiny)
    c = nonzero(1 + even / c, tiny)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonzero(1 + odd * d, tiny)
    c = nonzero(1 + odd / c, tiny)
    fraction *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return front * fraction
}

/// The regularised upper incomplete gamma function Q(a, x), for a > 0 and x >= 0.
///
/// Series below a + 1, continued fraction above (Numerical Recipes, 6.2); relative error about 1e-13.
func regularizedUpperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 1 }
  let front = exp(a * log(x) - x - logGamma(a))
  if x < a + 1 {
    var term = 1 / a
    var sum = term
    var n = a
    while abs(term) > abs(sum) * 1e-16 {
      n += 1
      term *= x / n
      sum += term
    }
    return 1 - sum * front
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var fraction = d
  for i in 1...10_000 {
    let i = Double(i)
    let numerator = -i * (i - a)
    b += 2
    d = 1 / nonzero(numerator * d + b, tiny)
    c = nonzero(b + numerator / c, tiny)
    fraction *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return front * fraction
}

/// The cumulative distribution function of the standard normal distribution.
func normalCumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

private func logGamma(_ x: Double) -> Double { lgamma(x).0 }

private func nonzero(_ x: Double, _ tiny: Double) -> Double { abs(x) < tiny ? tiny : x }
