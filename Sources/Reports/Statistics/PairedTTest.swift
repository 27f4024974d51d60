/// The paired t-test: whether two schedules differ in the mean, judged by their differences seed by seed.
///
/// All schedules of a problem see the same sample order for the same seed, so the differences do not contain the effect of
/// the order. The t-test is preferred to Wilcoxon's signed-rank test because errors of small problems take few values, so
/// differences are often tied or zero, and because Wilcoxon's test cannot reach 0.05 with five seeds or fewer. Agrees with
/// `scipy.stats.ttest_rel` (two-sided).
public struct PairedTTest: Sendable, Hashable {
  /// With fewer pairs there is no test.
  public static let minimumPairs = 3

  public let pairs: Int
  /// Mean of first - second.
  public let meanDifference: Double
  /// Standard error of that mean.
  public let standardError: Double
  /// Two-sided. 1 for identical samples. If all differences are the same nonzero number, the t statistic is infinite; the
  /// sign test's 2^(1 - pairs) is used instead of its p-value of 0.
  public let pValue: Double

  /// - Returns: nil if the samples differ in length or have fewer than `minimumPairs` values.
  /// - Complexity: O(n).
  public init?(_ first: [Double], _ second: [Double]) {
    guard first.count == second.count, first.count >= Self.minimumPairs else { return nil }
    let differences = zip(first, second).map { $0 - $1 }
    guard let sample = SampleMean(differences), let standardError = sample.standardError else { return nil }
    pairs = first.count
    meanDifference = sample.mean
    self.standardError = standardError
    let spread = (differences.max() ?? 0) - (differences.min() ?? 0)
    let scale = max(first.map(abs).max() ?? 0, second.map(abs).max() ?? 0)
    if spread <= 1e-14 * scale {
      // The differences are equal up to the rounding of the subtraction.
      pValue = abs(sample.mean) <= 1e-14 * scale ? 1 : 2 / Double(1 << min(pairs, 60))
    } else {
      pValue = Self.twoSidedP(t: sample.mean / standardError, degreesOfFreedom: Double(pairs - 1))
    }
  }

  /// P(|T| >= |t|) for Student's distribution.
  static func twoSidedP(t: Double, degreesOfFreedom n: Double) -> Double {
    regularizedIncompleteBeta(n / (n + t * t), n / 2, 0.5)
  }

  /// The critical value, which |T| exceeds with probability `level`, for confidence intervals.
  static func criticalValue(level: Double, degreesOfFreedom n: Double) -> Double {
    var low = 0.0
    var high = 1.0
    while twoSidedP(t: high, degreesOfFreedom: n) > level { high *= 2 }
    for _ in 0..<200 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if twoSidedP(t: middle, degreesOfFreedom: n) > level { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
