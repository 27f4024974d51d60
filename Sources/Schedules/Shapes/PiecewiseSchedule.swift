import Foundation

/// Linear between knots at fractions u = t/T of the run, in the factor or in its logarithm; constant before the first knot
/// and after the last. The largest knot is 1.
struct PiecewiseSchedule: ScheduleShape {
  static let name = "piecewise"
  static let summary = "lines between points of the run"
  static let columnTitle = "piecewise"
  static let color = "#9a7400"
  static let knots = KnotsParameter("knots", help: "Points, with the share of the run ascending.")
  static let scale = ChoiceParameter(
    "scale", default: "linear", of: ["linear", "log"], help: "What is linear: the factor, or its logarithm (not from or to 0).")
  static let parameters: [any ScheduleParameter] = [knots, scale]

  let knots: [Knot]
  let isLogarithmic: Bool

  init(_ arguments: ScheduleArguments) throws {
    let knots = arguments[Self.knots]
    guard let largest = knots.map(\.factor).max() else {
      throw ScheduleError(spelling: Self.name, "no knots given; expected piecewise:knots=SHARE@FACTOR/..., as in 0@1/0.8@1/1@0")
    }
    guard largest > 0 else { throw ScheduleError(spelling: Self.name, "all knots are 0; expected one above 0") }
    self.knots = knots.map { Knot(share: $0.share, factor: $0.factor / largest) }
    isLogarithmic = arguments[Self.scale] == "log"
  }

  func factors(steps: Int) -> [Double] {
    var left = 0
    return (0..<steps).map { t in
      let share = Double(t) / Double(steps)
      while left + 1 < knots.count, knots[left + 1].share <= share { left += 1 }
      let a = knots[left]
      guard left + 1 < knots.count, share > a.share else { return a.factor }
      let b = knots[left + 1]
      let x = (share - a.share) / (b.share - a.share)
      if isLogarithmic, a.factor > 0, b.factor > 0 { return a.factor * pow(b.factor / a.factor, x) }
      return a.factor + (b.factor - a.factor) * x
    }
  }
}

/// A point of a piecewise schedule.
public struct Knot: Sendable, Hashable {
  /// Fraction of the run, 0 to 1.
  public var share: Double
  public var factor: Double

  public init(share: Double, factor: Double) {
    self.share = share
    self.factor = factor
  }
}

/// Points SHARE@FACTOR, separated by slashes, as in `0@0/0.05@1/1@0`; no default.
public struct KnotsParameter: ScheduleParameter {
  public let key: String
  public let help: String
  public let defaultValue: [Knot] = []

  public init(_ key: String, help: String) {
    self.key = key
    self.help = help
  }

  public var expectation: String {
    "SHARE@FACTOR separated by slashes, shares ascending from 0 to 1, factors 0 or more, as in 0@1/0.8@1/1@0"
  }

  public func value(parsing text: String) -> [Knot]? {
    var knots: [Knot] = []
    for item in text.split(separator: "/", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "@", omittingEmptySubsequences: false).map { finiteNumber(String($0)) }
      guard parts.count == 2, let share = parts[0], let factor = parts[1], (0...1).contains(share), factor >= 0,
        share > knots.last?.share ?? -1
      else { return nil }
      knots.append(Knot(share: share, factor: factor))
    }
    return knots
  }

  public func text(of value: [Knot]) -> String? {
    value.isEmpty ? nil : value.map { "\(shortText($0.share))@\(shortText($0.factor))" }.joined(separator: "/")
  }
}
