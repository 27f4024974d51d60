/// The Friedman test over problems, with Nemenyi's critical difference: whether average ranks differ by more than chance.
///
/// Follows J. Demsar, "Statistical comparisons of classifiers over multiple data sets", JMLR 7 (2006); the statistic is
/// corrected for ties and agrees with `scipy.stats.friedmanchisquare`.
public struct FriedmanTest: Sendable, Hashable {
  /// Average rank of each column over the problems; 1 is best.
  public let averageRanks: [Double]
  public let problems: Int
  public let statistic: Double
  /// From the chi-squared distribution with (columns - 1) degrees of freedom; 1 if all columns tie on every problem.
  public let pValue: Double
  /// Two average ranks further apart than this differ at `level`.
  public let criticalDifference: Double
  public let level: Double

  /// - Parameters:
  ///   - rows: one row per problem, one value per column; smaller is better.
  ///   - level: the significance level of the critical difference.
  /// - Returns: nil for fewer than two problems or three columns, or rows of unequal length.
  /// - Complexity: O(problems x columns log columns).
  public init?(_ rows: [[Double]], level: Double = 0.05) {
    guard rows.count >= 2, let columns = rows.first?.count, columns >= 3, rows.allSatisfy({ $0.count == columns }) else {
      return nil
    }
    let n = Double(rows.count)
    let k = Double(columns)
    var sums = [Double](repeating: 0, count: columns)
    var ties = 0.0
    for row in rows {
      let ranks = Reports.averageRanks(row)
      for column in 0..<columns { sums[column] += ranks[column] }
      for (_, group) in Dictionary(grouping: row, by: { $0 }) {
        let t = Double(group.count)
        ties += t * (t * t - 1)
      }
    }
    averageRanks = sums.map { $0 / n }
    problems = rows.count
    self.level = level
    criticalDifference =
      studentizedRangeQuantile(1 - level, groups: columns) / 2.0.squareRoot() * (k * (k + 1) / (6 * n)).squareRoot()
    let correction = 1 - ties / (k * (k * k - 1) * n)
    guard correction > 1e-12 else {
      statistic = 0
      pValue = 1
      return
    }
    let squares = sums.reduce(0) { $0 + $1 * $1 }
    statistic = (12 / (k * n * (k + 1)) * squares - 3 * n * (k + 1)) / correction
    pValue = regularizedUpperIncompleteGamma((k - 1) / 2, max(0, statistic) / 2)
  }
}
