/// Kendall's tau-b between two rankings of the same items: 1 if they agree on every pair, -1 if on none; ties are handled as
/// in `scipy.stats.kendalltau`.
///
/// - Returns: nil for fewer than two items, or if all items tie in one of the rankings.
/// - Complexity: O(n^2).
public func kendallTau(_ first: [Double], _ second: [Double]) -> Double? {
  guard first.count == second.count, first.count >= 2 else { return nil }
  var agreement = 0.0
  var firstPairs = 0.0
  var secondPairs = 0.0
  for i in first.indices {
    for j in first.indices where j > i {
      let a = sign(first[i] - first[j])
      let b = sign(second[i] - second[j])
      agreement += a * b
      firstPairs += a * a
      secondPairs += b * b
    }
  }
  guard firstPairs > 0, secondPairs > 0 else { return nil }
  return agreement / (firstPairs * secondPairs).squareRoot()
}

private func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
