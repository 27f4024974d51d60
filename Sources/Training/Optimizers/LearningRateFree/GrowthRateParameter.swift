import Schedules

/// The largest factor by which an estimate of the distance grows in a step; without a limit by default.
struct GrowthRateParameter: ScheduleParameter {
  private let number = NumberParameter("growth-rate", default: 1, in: 1...(.infinity), help: "")

  var key: String { number.key }
  var help: String { "The largest factor by which d grows in a step." }
  var defaultValue: Double { .infinity }
  var expectation: String { "\(number.expectation), or inf" }
  func value(parsing text: String) -> Double? { text == "inf" ? .infinity : number.value(parsing: text) }
  func text(of value: Double) -> String? { value == .infinity ? "inf" : number.text(of: value) }
}
