import Schedules

/// What can be said of a schedule's shape in a few numbers, whatever its scale.
struct ScheduleOutline: Sendable, Hashable {
  /// Fraction of the run after which the largest factor is reached.
  let maximumAt: Double
  /// Fraction of the run with factors of at least 0.9 times the largest.
  let plateau: Double
  /// Fraction of the run after which factors stay below half the largest; 1 where they do not.
  let halfAt: Double
  /// The last factor over the largest.
  let end: Double

  /// - Parameter factors: evenly spaced over the steps, ends included.
  /// - Returns: nil unless the largest is positive.
  init?(_ factors: [Double]) {
    guard let top = factors.max(), top > 0, top.isFinite, let last = factors.last, factors.count > 1 else { return nil }
    let count = Double(factors.count)
    maximumAt = Double(factors.firstIndex(of: top) ?? 0) / (count - 1)
    plateau = Double(factors.count { $0 >= 0.9 * top }) / count
    halfAt = Double((factors.lastIndex { $0 >= top / 2 } ?? -1) + 1) / count
    end = last / top
  }

  /// In the order in which reports give them.
  var numbers: [Double] { [maximumAt, plateau, halfAt, end] }

  /// Of each number by itself; nil for no outlines.
  init?(mediansOf outlines: [ScheduleOutline]) {
    guard !outlines.isEmpty else { return nil }
    let medians = medianOverRuns(outlines.map(\.numbers))
    (maximumAt, plateau, halfAt, end) = (medians[0], medians[1], medians[2], medians[3])
  }
}

/// The distance of two schedules' shapes: the root mean square difference of their factors, both scaled to a mean of 1.
///
/// 0 for the same shape; 0.58 between a flat schedule and linear decay.
///
/// - Returns: nil unless both have as many factors, with a positive mean.
/// - Complexity: O(n).
func shapeDistance(_ first: [Double], _ second: [Double]) -> Double? {
  guard first.count == second.count, !first.isEmpty else { return nil }
  let count = Double(first.count)
  let (a, b) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
  guard a > 0, b > 0, a.isFinite, b.isFinite else { return nil }
  let squares = zip(first, second).reduce(0) { sum, pair in
    let difference = pair.0 / a - pair.1 / b
    return sum + difference * difference
  }
  return (squares / count).squareRoot()
}
