/// Everything that a results folder holds of one plan: the results of every condition.
public struct StudyResults: Sendable {
  public struct ConditionResults: Sendable {
    public var condition: Condition
    /// With `configuration.at(condition)` as its configuration.
    public var results: SweepResults

    public init(condition: Condition, results: SweepResults) {
      self.condition = condition
      self.results = results
    }
  }

  /// With its axes.
  public var configuration: SweepConfiguration
  /// At least one, in the order of `configuration.conditions`.
  public var conditions: [ConditionResults]

  public init(configuration: SweepConfiguration, conditions: [ConditionResults]) {
    self.configuration = configuration
    self.conditions = conditions
  }

  /// A study of one condition.
  public init(_ results: SweepResults) {
    self.init(
      configuration: results.configuration,
      conditions: [ConditionResults(condition: results.configuration.condition, results: results)])
  }

  public var axes: [SweepConfiguration.Axis] { configuration.axes }

  /// The results whose plan, protocol, warnings and sessions are those of the study: all conditions have the same.
  public var first: SweepResults { conditions[0].results }
}

/// A column of the table across optimizers, with its runs.
public struct MethodResults: Sendable, Hashable {
  public var method: Method
  /// Of every problem, by problem, schedule, rate and seed.
  public var runs: [RunRecord]
  /// How many runs tuned it, by problem: those of `runs`, and those of prior runs where it is refined.
  public var tuningRuns: [String: Int]
  /// What is missing of it.
  public var incomplete: [IncompleteSchedule]
  /// Why a refined schedule could not be made, by problem.
  public var refinementFailures: [String: String]

  public init(
    method: Method, runs: [RunRecord] = [], tuningRuns: [String: Int] = [:], incomplete: [IncompleteSchedule] = [],
    refinementFailures: [String: String] = [:]
  ) {
    self.method = method
    self.runs = runs
    self.tuningRuns = tuningRuns
    self.incomplete = incomplete
    self.refinementFailures = refinementFailures
  }
}
