/// By seed, the candidate (a schedule and a learning rate) that the other seeds choose: the one with the lowest mean, ties by
/// the mean of a second value, then the earlier candidate.
///
/// A rate chosen and judged on the same seeds looks better than it is, the more so the more rates were tried; judged on a seed
/// that had no say, it does not. M. Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36 (1974).
///
///     // Seed 1 alone would choose the second candidate, seeds 2 and 3 the first.
///     leaveOneSeedOut([[3, 1, 1], [0, 2, 2]], ties: [[0, 0, 0], [0, 0, 0]])  // [0, 1, 1]
///
/// - Parameters:
///   - values: By candidate, then seed; nil where a run diverged, or is missing.
///   - ties: In the same shape; nil is larger than any number.
///   - tolerance: Means closer than this are ties.
/// - Returns: By seed; nil where every candidate diverged with another seed, or there is no other seed. A single candidate leaves
///   nothing to choose, and is taken.
/// - Complexity: O(candidates x seeds^2).
func leaveOneSeedOut(_ values: [[Double?]], ties: [[Double?]], tolerance: Double = 1e-9) -> [Int?] {
  let seeds = values.first?.count ?? 0
  if values.count == 1 { return Array(repeating: 0, count: seeds) }
  /// nil if one of the others is.
  func mean(_ row: [Double?], without seed: Int) -> Double? {
    let others = row.indices.filter { $0 != seed }.compactMap { row[$0] }
    return others.count == seeds - 1 && !others.isEmpty ? others.reduce(0, +) / Double(others.count) : nil
  }
  return (0..<seeds).map { seed in
    let means = values.map { mean($0, without: seed) }
    guard let lowest = means.compactMap({ $0 }).min() else { return nil }
    let best = values.indices.filter { index in means[index].map { $0 <= lowest + tolerance } ?? false }
    return best.min { a, b in
      let (first, second) = (mean(ties[a], without: seed) ?? .infinity, mean(ties[b], without: seed) ?? .infinity)
      return (first, a) < (second, b)
    }
  }
}
