import Foundation

/// The base learning rates that a schedule is trained at: first `base`; while the best of them lies at an edge, the next one
/// beyond it.
struct LearningRates: Sendable, Hashable {
  /// Ascending.
  let base: [Double]
  /// Ascending.
  let above: [Double]
  /// Descending.
  let below: [Double]
}

extension SweepConfiguration {
  /// The rates that are listed; else powers of 2, and what the grid may be extended to.
  var rates: LearningRates {
    if let learningRates { return LearningRates(base: learningRates.sorted(), above: [], below: []) }
    /// The powers of 2 from one exponent to another, in steps that start at `minimumExponent`.
    func powers(_ indices: some Sequence<Int>, while isAllowed: (Double) -> Bool) -> [Double] {
      indices.lazy.map { Double(minimumExponent) + Double($0) * learningRateStep }.prefix(while: isAllowed).map(exp2)
    }
    // Steps such as 0.1 add up inexactly.
    let slack = 1e-9
    let base = powers(0...1_000_000) { $0 <= Double(maximumExponent) + slack }
    return LearningRates(
      base: base, above: powers(base.count...(base.count + 1_000_000)) { $0 <= Double(maximumExtendedExponent) + slack },
      below: powers((1...1_000_000).lazy.map { -$0 }) { $0 >= Double(minimumExtendedExponent) - slack })
  }
}
