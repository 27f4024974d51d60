/// The mean of a sample with its standard error.
public struct SampleMean: Sendable, Hashable {
  public let count: Int
  public let mean: Double
  /// Standard deviation (n - 1 in the denominator) over the square root of n; nil for fewer than two values.
  public let standardError: Double?

  /// - Returns: nil for an empty sample.
  /// - Complexity: O(n).
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    count = values.count
    self.mean = mean
    guard values.count > 1 else {
      standardError = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = (squares / (n - 1) / n).squareRoot()
  }
}
