import Schedules

/// s_t falls from 1 to `low` in each of `teeth` equal parts of the run.
struct SawtoothSchedule: ScheduleShape {
  static let name = "sawtooth"
  static let summary = "linear decay, started again several times"
  static let columnTitle = "sawtooth"
  static let color = "#6a6fd1"
  static let teeth = NumberParameter("teeth", default: 4, in: 1...1000, help: "How often it falls.")
  static let low = NumberParameter("low", default: 0, in: 0...1, help: "The factor at the end of each fall.")
  static let parameters: [any ScheduleParameter] = [teeth, low]

  let teeth: Double
  let low: Double

  init(_ arguments: ScheduleArguments) {
    teeth = arguments[Self.teeth]
    low = arguments[Self.low]
  }

  func factors(steps: Int) -> [Double] {
    (0..<steps).map { t in
      let place = Double(t) / Double(steps) * teeth
      return 1 - (1 - low) * (place - place.rounded(.down))
    }
  }
}
