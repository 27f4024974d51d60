import Foundation

/// s_t = (1 - t / T)^power.
struct PolynomialSchedule: ScheduleShape {
  static let name = "polynomial"
  static let summary = "polynomial decay: (1 - t/T)^power"
  static let columnTitle = "polynomial"
  static let color = "#3b9aa8"
  static let power = NumberParameter("power", default: 2, above: 0, help: "The power p.")
  static let parameters: [any ScheduleParameter] = [power]

  let power: Double

  init(_ arguments: ScheduleArguments) { power = arguments[Self.power] }

  func factors(steps: Int) -> [Double] {
    (0..<steps).map { pow(1 - Double($0) / Double(steps), power) }
  }
}
