import Foundation

/// P(range of `groups` standard normal variables <= q): the studentised range with infinitely many degrees of freedom.
///
/// groups x the integral of phi(z) (Phi(z) - Phi(z - q))^(groups - 1), by Simpson's rule over -8...8+q; error about 1e-12.
func studentizedRangeCumulative(_ q: Double, groups: Int) -> Double {
  guard q > 0 else { return 0 }
  let low = -8.0
  let high = 8 + q
  let intervals = 2_000
  let step = (high - low) / Double(intervals)
  var sum = 0.0
  for i in 0...intervals {
    let z = low + Double(i) * step
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    let value = density * pow(normalCumulative(z) - normalCumulative(z - q), Double(groups - 1))
    sum += value * (i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2)
  }
  return Double(groups) * sum * step / 3
}

/// The quantile of the range, as `scipy.stats.studentized_range.ppf(p, groups, inf)`.
func studentizedRangeQuantile(_ probability: Double, groups: Int) -> Double {
  var low = 0.0
  var high = 20.0
  while high - low > 1e-10 {
    let middle = (low + high) / 2
    if studentizedRangeCumulative(middle, groups: groups) < probability { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
