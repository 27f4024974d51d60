/// s_t = 1.
struct FlatSchedule: ScheduleShape {
  static let name = "flat"
  static let summary = "constant: 1"
  static let columnTitle = "flat"
  static let color = "#949494"

  init(_ arguments: ScheduleArguments) {}

  func factors(steps: Int) -> [Double] { [Double](repeating: 1, count: steps) }
}
