import Foundation

/// s_t = final^(t / T).
struct ExponentialSchedule: ScheduleShape {
  static let name = "exponential"
  static let summary = "exponential decay: final^(t/T)"
  static let columnTitle = "exponential"
  static let color = "#5f8a1f"
  static let final = NumberParameter("final", default: 0.01, above: 0, through: 1, help: "The factor after T steps.")
  static let parameters: [any ScheduleParameter] = [final]

  let final: Double

  init(_ arguments: ScheduleArguments) { final = arguments[Self.final] }

  func factors(steps: Int) -> [Double] {
    (0..<steps).map { pow(final, Double($0) / Double(steps)) }
  }
}
