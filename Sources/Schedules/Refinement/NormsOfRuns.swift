/// The median over runs at every step; for an even number of runs, the mean of the middle two.
///
/// Shorter runs are stretched to the length of the longest by linear interpolation.
///
/// - Parameter runs: finite norms; at least one run, and one norm in each.
/// - Complexity: O(n r log r) for r runs of n norms.
public func medianOverRuns(_ runs: [[Double]]) -> [Double] {
  let count = runs.map(\.count).max() ?? 0
  if runs.count == 1 { return runs[0] }
  let even = runs.map { linearlyInterpolated($0, count: count) }
  return (0..<count).map { step in
    let norms = even.map { $0[step] }.sorted()
    let middle = norms.count / 2
    return norms.count % 2 == 1 ? norms[middle] : norms[middle - 1] / 2 + norms[middle] / 2
  }
}
