import Foundation

/// Multiplied by `factor` at every milestone: from step t >= milestone x T on.
struct StepwiseSchedule: ScheduleShape {
  static let name = "stepwise"
  static let summary = "multiplied by a factor at each milestone"
  static let columnTitle = "stepwise"
  static let color = "#008a5c"
  static let milestones = NumberListParameter(
    "milestones", default: [0.6, 0.8, 0.95], help: "Fractions of the run at which it is multiplied.")
  static let factor = NumberParameter("factor", default: 0.1, in: 0...1, help: "The multiplier.")
  static let parameters: [any ScheduleParameter] = [milestones, factor]

  let milestones: [Double]
  let factor: Double

  init(_ arguments: ScheduleArguments) {
    milestones = arguments[Self.milestones]
    factor = arguments[Self.factor]
  }

  func factors(steps: Int) -> [Double] {
    // With a tolerance for rounding: 0.55 x 20 (11.000000000000002 in binary) is step 11.
    let starts = milestones.map { $0 * Double(steps) * (1 - 1e-14) }
    return (0..<steps).map { t in pow(factor, Double(starts.count { Double(t) >= $0 })) }
  }
}
