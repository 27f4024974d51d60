/// `values`, taken as evenly spaced, interpolated linearly at `count` evenly spaced points, ends included: NumPy's
/// `np.interp(np.linspace(0, n - 1, count), np.arange(n), values)`. Unchanged if `count` is the number of values; the first
/// value if `count` is 1.
///
/// - Precondition: at least one value.
/// - Complexity: O(count).
package func linearlyInterpolated(_ values: [Double], count: Int) -> [Double] {
  if count == values.count { return values }
  if values.count == 1 { return [Double](repeating: values[0], count: count) }
  let step = Double(values.count - 1) / Double(max(1, count - 1))
  return (0..<count).map { index in
    let position = index == count - 1 && count > 1 ? Double(values.count - 1) : Double(index) * step
    let left = min(Int(position), values.count - 2)
    return values[left] + (values[left + 1] - values[left]) * (position - Double(left))
  }
}
