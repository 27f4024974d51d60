/// s_t = an expression of t (0 ..< T), T and u = t/T, divided by its largest value.
struct FormulaSchedule: ScheduleShape {
  static let name = "formula"
  static let summary = "an expression of t (0 to T-1), T and u = t/T"
  static let columnTitle = "formula"
  static let color = "#5b6abf"
  static let expression = TextParameter(
    "s", placeholder: "EXPRESSION",
    help:
      "Numbers, + - * / ^, comparisons, \(Function.named.map(\.rawValue).joined(separator: " ")), pi; scaled to a maximum of 1.",
    isDefinition: true)
  static let parameters: [any ScheduleParameter] = [expression]

  let expression: Expression

  init(_ arguments: ScheduleArguments) throws {
    guard let text = arguments[Self.expression] else {
      throw ScheduleError(spelling: Self.name, "no expression given; expected formula:s=EXPRESSION, as in formula:s=(1-u)^2")
    }
    do {
      expression = try Expression(parsing: text, variables: ["t", "T", "u"])
    } catch let error as ExpressionError {
      throw ScheduleError(spelling: Self.name, "column \(error.column) of the expression: \(error.message)")
    }
  }

  func factors(steps: Int) throws -> [Double] {
    let count = Double(steps)
    let factors = try (0..<steps).map { step in
      let t = Double(step)
      let factor = expression.value([t, count, t / count])
      guard factor.isFinite, factor >= 0 else {
        throw ScheduleError(
          spelling: Self.name,
          "the expression is \(shortText(factor)) at t = \(step) of T = \(steps); expected a finite number of 0 or more")
      }
      return factor
    }
    guard let largest = factors.max() else { return [] }
    guard largest > 0 else {
      throw ScheduleError(spelling: Self.name, "the expression is 0 at all of \(counted(steps, "step")); expected more at one")
    }
    return factors.map { $0 / largest }
  }
}
