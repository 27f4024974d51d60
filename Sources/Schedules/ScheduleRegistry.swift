/// The kinds of schedules there are.
public struct ScheduleRegistry: Sendable {
  /// In the order of help and of tables.
  public var shapes: [any ScheduleShape.Type]

  public init(_ shapes: [any ScheduleShape.Type]) { self.shapes = shapes }

  /// Every schedule of the suite. A new one is added by its line here.
  public static let builtIn = ScheduleRegistry([
    FlatSchedule.self,
    InverseSchedule.self,
    InverseSquareRootSchedule.self,
    StepwiseSchedule.self,
    CosineSchedule.self,
    LinearSchedule.self,
    PolynomialSchedule.self,
    ExponentialSchedule.self,
    WarmupStableDecaySchedule.self,
    OneCycleSchedule.self,
    RefinedSchedule.self,
    TableSchedule.self,
    FormulaSchedule.self,
    PiecewiseSchedule.self,
  ])

  public var names: [String] { shapes.map { $0.name } }

  /// The share of the steps that every schedule may begin with by rising linearly.
  public static let warmup = NumberParameter(
    "warmup", default: 0, in: 0...1, help: "Share of the steps over which the factor first rises linearly to 1.")

  func shape(named name: String, in spelling: String) throws -> any ScheduleShape.Type {
    guard let shape = shapes.first(where: { $0.name == name }) else {
      let near = suggestion(for: name, among: names)
      throw ScheduleError(
        spelling: spelling, "no schedule is called '\(name)'\(near) (expected one of: \(names.joined(separator: ", ")))")
    }
    return shape
  }

  /// Every schedule with its keys, values, and defaults, for `--help`.
  public var help: String {
    var lines: [String] = []
    for shape in shapes {
      lines.append(shape.name.padded(to: 14) + shape.summary)
      for parameter in shape.parameters { lines.append("  " + Self.help(of: parameter)) }
    }
    lines.append("every schedule")
    lines.append("  " + Self.help(of: Self.warmup))
    return lines.joined(separator: "\n")
  }

  private static func help<Parameter: ScheduleParameter>(of parameter: Parameter) -> String {
    let initial = parameter.text(of: parameter.defaultValue)
    return ":\(parameter.key)=".padded(to: 20) + "\(parameter.help) (\(parameter.expectation)"
      + (initial.map { "; default \($0))" } ?? ")")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
