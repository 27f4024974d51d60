/// Refined from the gradient norms of an earlier run: the sweep's prior run, or the log `norms`.
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
  static let window = NumberParameter(
    "window", default: 0, in: 0...1e8, help: "The median's window in samples of the log, odd, in place of tau; 0 for tau.")
  static let powers = PowersParameter("powers", help: "g^-A times the later g^-B; those of the norm if left open.")
  static let method = ChoiceParameter(
    "method", default: "closed", of: RefinementOptions.Method.allCases.map(\.rawValue),
    help: "Closed form, or the minimum of the bound.")
  static let rounds = NumberParameter(
    "rounds", default: 0, in: 0...100, help: "In a sweep, how often to refine; 0 for the sweep's own.")
  static let prior = TextParameter("prior", placeholder: "NAME", help: "In a sweep, the schedule whose best run has the norms.")
  static let column = TextParameter("column", placeholder: "NAME|NUMBER", help: "The log's column or key.")
  static let run = NumberParameter("run", default: 1, in: 1...1e9, help: "The run in an array of several, from 1.")
  static let parameters: [any ScheduleParameter] = [
    norms, norm, smoothing, window, powers, method, rounds, prior, column, run,
  ]

  let norms: String?
  let norm: GradientNorm?
  let column: String?
  let run: Int?
  /// nil for the sweep's own.
  let rounds: Int?
  /// nil for the sweep's own.
  let prior: String?
  let options: RefinementOptions

  init(_ arguments: ScheduleArguments) throws {
    let window = arguments[Self.window]
    guard window == 0 || window.truncatingRemainder(dividingBy: 2) == 1 else {
      throw ScheduleError(spelling: Self.name, "a window of \(shortText(window)); expected an odd whole number")
    }
    if window != 0, arguments.gives(Self.smoothing.key) {
      throw ScheduleError(spelling: Self.name, "both tau and window are given; expected one")
    }
    let method = arguments[Self.method].flatMap { RefinementOptions.Method(rawValue: $0) } ?? .closed
    if method == .bound, arguments[Self.powers] != nil {
      throw ScheduleError(spelling: Self.name, "powers go with the method closed")
    }
    let rounds = arguments[Self.rounds]
    guard rounds == rounds.rounded() else {
      throw ScheduleError(spelling: Self.name, "\(shortText(rounds)) rounds; expected a whole number")
    }
    if let prior = arguments[Self.prior] {
      let schedule = try Schedule(parsing: prior)
      guard schedule.refinementOptions == nil else {
        throw ScheduleError(spelling: Self.name, "the prior '\(prior)' is itself refined; expected another schedule")
      }
    }
    if arguments[Self.norms] != nil, rounds > 0 || arguments[Self.prior] != nil {
      throw ScheduleError(spelling: Self.name, "rounds and prior are for the norms of a sweep, norms= for those of a file")
    }
    self.rounds = rounds > 0 ? Int(rounds) : nil
    prior = arguments[Self.prior]
    norms = arguments[Self.norms]
    norm = arguments[Self.norm].flatMap { GradientNorm(rawValue: $0) }
    column = arguments[Self.column]
    run = arguments.gives(Self.run.key) ? Int(arguments[Self.run]) : nil
    options = RefinementOptions(
      norm: norm ?? .l2, smoothing: arguments[Self.smoothing], window: window == 0 ? nil : Int(window),
      powers: arguments[Self.powers], method: method)
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

/// Two numbers A/B, as in `1/2`; no default.
struct PowersParameter: ScheduleParameter {
  let key: String
  let help: String
  let defaultValue: RefinementOptions.Powers? = nil

  init(_ key: String, help: String) {
    self.key = key
    self.help = help
  }

  var expectation: String { "two numbers from 0 to 10, as in 1/2" }

  func value(parsing text: String) -> RefinementOptions.Powers?? { RefinementOptions.Powers(parsing: text).map { .some($0) } }
  func text(of value: RefinementOptions.Powers?) -> String? { value?.text }
}
