/// Which columns of a row are best, and which are not significantly different from the best.
///
/// Every other column is compared with the best by a paired t-test over the seeds they share; the p-values are corrected by
/// Holm's method for the number of columns compared.
struct Standing {
  static let level = 0.05

  /// Column with the lowest mean; nil for an empty row.
  let best: Int?
  /// Adjusted p-values of the comparison with the best; nil for the best itself and where no test was possible.
  let pValues: [Double?]
  /// Whether the mean equals the lowest mean.
  let tied: [Bool]

  /// - Parameter samples: by column, values by seed; empty where there is nothing.
  init(_ samples: [[UInt64: Double]]) {
    let means = samples.map { values in SampleMean(values.keys.sorted().compactMap { values[$0] })?.mean }
    let best = means.indices.filter { means[$0] != nil }.min { means[$0] ?? 0 < means[$1] ?? 0 }
    self.best = best
    guard let best, let lowest = means[best] else {
      pValues = samples.map { _ in nil }
      tied = samples.map { _ in false }
      return
    }
    tied = means.map { $0.map { $0 - lowest <= 1e-12 * max(1, abs(lowest)) } ?? false }
    var tested: [(column: Int, p: Double)] = []
    for column in samples.indices where column != best {
      let shared = samples[column].keys.filter { samples[best][$0] != nil }.sorted()
      let first = shared.compactMap { samples[column][$0] }
      let second = shared.compactMap { samples[best][$0] }
      if let test = PairedTTest(first, second) { tested.append((column, test.pValue)) }
    }
    var pValues = [Double?](repeating: nil, count: samples.count)
    for (test, adjusted) in zip(tested, holmAdjusted(tested.map(\.p))) { pValues[test.column] = adjusted }
    self.pValues = pValues
  }

  /// Whether a column is best, ties with the best mean, or is not significantly different from the best.
  func isBold(_ column: Int) -> Bool {
    column == best || tied[column] || (pValues[column].map { $0 >= Self.level } ?? false)
  }

  /// Whether any column could be tested.
  var isTested: Bool { pValues.contains { $0 != nil } }
}

extension Comparison {
  func standing(_ measure: Measure, problem: Int) -> Standing {
    let cells = cells(measure)[problem]
    return Standing(columns.indices.map { cells[$0].isComplete ? values(measure, problem: problem, column: $0) : [:] })
  }
}
