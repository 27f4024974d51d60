/// Refined from the gradient norms of an earlier run, which a sweep provides, or the file `norms`.
struct RefinedSchedule: ScheduleShape {
  static let name = "refined"
  static let summary = "refined from gradient norms"
  static let columnTitle = "refined"
  static let color = "#cc3d00"
  static let norms = TextParameter(
    "norms", placeholder: "FILE", help: "The log of gradient norms (a sweep has its own).", isPath: true)
  static let norm = ChoiceParameter(
    "norm", default: nil, of: GradientNorm.allCases.map(\.rawValue), help: "The norm: that of the optimizer if left open.")
  static let smoothing = NumberParameter("tau", default: 0.1, in: 0...1, help: "The smoothing fraction.")
  static let method = ChoiceParameter(
    "method", default: "closed", of: RefinementOptions.Method.allCases.map(\.rawValue),
    help: "Closed form, or the minimum of the bound.")
  static let column = TextParameter("column", placeholder: "NAME|NUMBER", help: "The log's column or key.")
  static let run = NumberParameter("run", default: 1, in: 1...1e9, help: "The run in an array of several, from 1.")
  static let parameters: [any ScheduleParameter] = [norms, norm, smoothing, method, column, run]

  let norms: String?
  let norm: GradientNorm?
  let column: String?
  let run: Int?
  let options: RefinementOptions

  init(_ arguments: ScheduleArguments) throws {
    norms = arguments[Self.norms]
    norm = arguments[Self.norm].flatMap(GradientNorm.init)
    column = arguments[Self.column]
    run = arguments.gives(Self.run.key) ? Int(arguments[Self.run]) : nil
    options = RefinementOptions(
      norm: norm ?? .l2, smoothing: arguments[Self.smoothing],
      method: arguments[Self.method].flatMap(RefinementOptions.Method.init) ?? .closed)
  }

  func factors(steps: Int) throws -> [Double] { try factors(steps: steps, unspecifiedNorm: .l2, note: { _, _ in }) }

  func factors(steps: Int, unspecifiedNorm: GradientNorm, note: (String, LogMessage) -> Void) throws -> [Double] {
    guard let norms else {
      throw ScheduleError(spelling: Self.name, "outside a sweep it needs gradient norms; expected refined:norms=FILE")
    }
    var options = options
    options.norm = norm ?? unspecifiedNorm
    options.points = steps
    let log = try NormLog(path: norms, selection: NormLogSelection(column: column, run: run, norm: options.norm))
    for message in log.messages { note(norms, message) }
    do {
      return try RefinementResult(refining: log.norms, options: options).factors
    } catch let error as RefinementError {
      throw ScheduleFileError(.malformed, path: norms, "\(error)")
    }
  }
}
