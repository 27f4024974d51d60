/// s_t = 1 - t / T.
struct LinearSchedule: ScheduleShape {
  static let name = "linear"
  static let summary = "linear decay: 1 - t/T"
  static let columnTitle = "linear"
  static let color = "#2459b8"

  init(_ arguments: ScheduleArguments) {}

  func factors(steps: Int) -> [Double] { (0..<steps).map { 1 - Double($0) / Double(steps) } }
}
