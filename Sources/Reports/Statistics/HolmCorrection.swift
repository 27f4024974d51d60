/// Holm's step-down correction: p-values adjusted for the number of comparisons, in the input order.
///
/// Controls the family-wise error rate, as Bonferroni's correction does, and rejects at least as often.
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
///
/// - Complexity: O(m log m).
func holmAdjusted(_ pValues: [Double]) -> [Double] {
  let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  var adjusted = pValues
  var running = 0.0
  for (position, index) in order.enumerated() {
    running = max(running, min(1, pValues[index] * Double(pValues.count - position)))
    adjusted[index] = running
  }
  return adjusted
}
