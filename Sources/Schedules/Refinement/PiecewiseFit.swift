import Foundation

/// The piecewise linear schedule with the fewest knots that is everywhere within a tolerance of a given schedule.
///
///     PiecewiseFit(of: result.factors)?.spelling  // "piecewise:knots=0@0.31/0.07@1/0.55@0.42/1@0"
///
/// Knots lie on the schedule, its largest factor among them. A segment between two points of the schedule is allowed if it
/// passes within the tolerance of all points between; the fewest segments are a shortest path (Imai and Iri 1988, "Polygonal
/// approximations of a curve").
public struct PiecewiseFit: Sendable, Hashable {
  public let knots: [Knot]
  /// Root mean square difference from the schedule.
  public let error: Double
  public let largestError: Double
  /// The steps of the knots; the last one may equal the number of steps.
  private let steps: [Int]
  private let schedule: Schedule

  /// nil where more than 100 knots are needed.
  ///
  /// - Parameter factors: the largest is 1.
  /// - Complexity: O(n), and O(m^2) for the m <= 2,000 points that are examined first.
  public init?(of factors: [Double], tolerance: Double = 0.02) {
    guard factors.count >= 2, let top = factors.indices.max(by: { factors[$0] < factors[$1] }) else { return nil }
    let places = Self.places(factors, top: top)
    // There may be others between the points examined, and knots are rounded: if need be, use a smaller tolerance, and put
    // the last knot at the last step rather than at the end of the run.
    for (isExact, share) in [false, true].flatMap({ isExact in [1, 0.9, 0.75, 0.5].map { (isExact, $0) } }) {
      let line = Self.fewest(factors, places.filter { $0 <= top }, within: share * tolerance)
      var steps = line.dropLast() + Self.fewest(factors, places.filter { $0 >= top }, within: share * tolerance)
      guard steps.count <= 100 else { return nil }
      let values = steps.map { (factors[$0] * 1e4).rounded() / 1e4 }
      if !isExact { steps[steps.count - 1] = factors.count }
      let knots = zip(steps, values).map {
        Knot(share: (Double($0) / Double(factors.count) * 1e6).rounded() / 1e6, factor: $1)
      }
      let spelling = "piecewise:knots=" + knots.map { "\(shortText($0.share))@\(shortText($0.factor))" }.joined(separator: "/")
      guard let schedule = try? Schedule(parsing: spelling), let made = try? schedule.factors(steps: factors.count) else {
        continue
      }
      let differences = zip(made, factors).map { abs($0 - $1) }
      guard let largest = differences.max(), largest <= tolerance else { continue }
      self.knots = knots
      self.steps = Array(steps)
      self.schedule = schedule
      largestError = largest
      error = (differences.reduce(0) { $0 + $1 * $1 } / Double(factors.count)).squareRoot()
      return
    }
    return nil
  }

  /// The spelling that `Schedule` parses.
  public var spelling: String { schedule.description }

  /// One line of Python, for any trainer that takes a function from the step (from 0) to the factor.
  public var pythonLambda: String {
    let x = steps.map(String.init).joined(separator: ", ")
    let y = knots.map { shortText($0.factor) }.joined(separator: ", ")
    return "lambda t, x=(\(x)), y=(\(y)): next((y[i] + (y[i + 1] - y[i]) * (t - x[i]) / (x[i + 1] - x[i]) "
      + "for i in range(len(x) - 1) if t < x[i + 1]), y[-1])"
  }

  /// The steps of the lowest and the highest factor in each of 1,000 equal parts, with both ends and the maximum.
  private static func places(_ factors: [Double], top: Int) -> [Int] {
    guard factors.count > 2000 else { return Array(factors.indices) }
    var places: Set = [0, top, factors.count - 1]
    for part in 0..<1000 {
      let range = part * factors.count / 1000..<(part + 1) * factors.count / 1000
      if let low = range.min(by: { factors[$0] < factors[$1] }) { places.insert(low) }
      if let high = range.max(by: { factors[$0] < factors[$1] }) { places.insert(high) }
    }
    return places.sorted()
  }

  /// The smallest subset of the steps, first and last included, whose segments pass within the tolerance of all others.
  private static func fewest(_ factors: [Double], _ places: [Int], within tolerance: Double) -> [Int] {
    var lines = [Int](repeating: .max, count: places.count)
    var before = [Int](repeating: 0, count: places.count)
    lines[0] = 0
    for i in places.indices {
      // The slopes of lines from here that pass within the tolerance of all points so far.
      var (low, high) = (-Double.infinity, Double.infinity)
      for j in places.indices.dropFirst(i + 1) {
        let width = Double(places[j] - places[i])
        let rise = factors[places[j]] - factors[places[i]]
        if low <= rise / width, rise / width <= high, lines[i] + 1 < lines[j] {
          lines[j] = lines[i] + 1
          before[j] = i
        }
        low = max(low, (rise - tolerance) / width)
        high = min(high, (rise + tolerance) / width)
        if low > high { break }
      }
    }
    var path = [places.count - 1]
    while let first = path.last, first > 0 { path.append(before[first]) }
    return path.reversed().map { places[$0] }
  }
}
