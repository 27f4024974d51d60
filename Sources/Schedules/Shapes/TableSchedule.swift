/// The factors of a file, interpolated linearly onto the steps.
struct TableSchedule: ScheduleShape {
  static let name = "table"
  static let summary = "factors from a file, one per line"
  static let columnTitle = "table"
  static let color = "#7d6b52"
  static let file = TextParameter(
    "file", placeholder: "FILE", help: "The factors, evenly spaced over the steps.", isPath: true)
  static let parameters: [any ScheduleParameter] = [file]

  let file: String

  init(_ arguments: ScheduleArguments) throws {
    guard let file = arguments[Self.file] else {
      throw ScheduleError(spelling: Self.name, "no file given; expected table:file=FILE")
    }
    self.file = file
  }

  func factors(steps: Int) throws -> [Double] { try factors(steps: steps, unspecifiedNorm: .l2, note: { _, _ in }) }

  func factors(steps: Int, unspecifiedNorm: GradientNorm, note: (String, LogMessage) -> Void) throws -> [Double] {
    guard steps > 0 else { return [] }
    return linearlyInterpolated(try FactorFile.read(file) { note(file, $0) }, count: steps)
  }
}
