/// What tuning the learning rate is worth: the expected result if k rates, drawn without replacement from a fixed window, are
/// tried with one seed, the best of them is chosen, and other seeds judge it.
///
/// The expectation over draws is exact: with the n rates of the window in the order of the choosing seed's values, the best of
/// k rates is the one at position j (from 0) in C(n - 1 - j, k - 1) of the C(n, k) draws. Compare Dodge et al., "Show Your Work",
/// arXiv 1909.03004, who draw with replacement and judge on the values that chose.
struct TuningValue: Sendable, Hashable {
  /// For k = 1 ... n, the mean over the choosing seeds of the expected result on the other seeds.
  let expected: [Double]

  /// - Parameter values: [rate][seed], smaller is better; a diverged run has the value of the starting point. At least one rate,
  ///   at least two seeds, all rows of one length.
  /// - Returns: nil for fewer rates or seeds, or rows of different lengths.
  /// - Complexity: O(seeds (n log n + n seeds)).
  init?(_ values: [[Double]]) {
    guard let seeds = values.first?.count, seeds >= 2, values.allSatisfy({ $0.count == seeds }) else { return nil }
    let n = values.count
    var totals = [Double](repeating: 0, count: n)
    for seed in 0..<seeds {
      let order = values.indices.sorted { (values[$0][seed], $0) < (values[$1][seed], $1) }
      let judged = order.map { rate in
        (values[rate].reduce(0, +) - values[rate][seed]) / Double(seeds - 1)
      }
      for k in 1...n {
        // C(n - 1 - j, k - 1) / C(n, k), from one j to the next.
        var share = Double(k) / Double(n)
        for j in 0...(n - k) {
          totals[k - 1] += share * judged[j]
          share *= Double(n - k - j) / Double(max(n - 1 - j, 1))
        }
      }
    }
    expected = totals.map { $0 / Double(seeds) }
  }
}
