/// The available kinds of schedules.
public struct ScheduleRegistry: Sendable {
  /// In the order of the help and the tables.
  public var shapes: [any ScheduleShape.Type]

  public init(_ shapes: [any ScheduleShape.Type]) { self.shapes = shapes }

  /// Every built-in schedule. To add one, add its type to this list.
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

  /// The fraction of the steps over which any schedule may first rise linearly.
  public static let warmup = NumberParameter(
    "warmup", default: 0, in: 0...1, help: "Fraction of the steps over which the factor first rises linearly to 1.")

  func shape(named name: String, in spelling: String) throws -> any ScheduleShape.Type {
    guard let shape = shapes.first(where: { $0.name == name }) else {
      throw ScheduleError(spelling: spelling, unknownName("schedule", name, expecting: names))
    }
    return shape
  }

  /// Every schedule with its keys, values and defaults, for `--help`.
  public var help: String {
    let lines = shapes.map { parametersHelp($0.name, $0.summary, $0.parameters) }
    return (lines + ["every schedule", "  " + parameterHelp(Self.warmup)]).joined(separator: "\n")
  }
}
