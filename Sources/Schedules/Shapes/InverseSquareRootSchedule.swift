/// s_t = sqrt(b / (b + t)), b = offset x T.
struct InverseSquareRootSchedule: ScheduleShape {
  static let name = "inverse-sqrt"
  static let summary = "1/sqrt(t): sqrt(b/(b+t)), b = offset x T"
  static let columnTitle = "1/sqrt(t)"
  static let color = "#c65f9e"
  static let offset = NumberParameter("offset", default: 0.01, above: 0, help: "b as a fraction of the number of steps T.")
  static let parameters: [any ScheduleParameter] = [offset]

  let offset: Double

  init(_ arguments: ScheduleArguments) { offset = arguments[Self.offset] }

  func factors(steps: Int) -> [Double] {
    let b = offset * Double(steps)
    return (0..<steps).map { (b / (b + Double($0))).squareRoot() }
  }
}
