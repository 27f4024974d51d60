import Schedules

/// A kind of optimizer. To add one, write a conforming type in a file of its own and list it in `OptimizerRegistry.builtIn`:
/// parsing, help, range checks, spelling, titles, the norm for refinement and the choice of kernels follow from it.
protocol OptimizerMethod: Sendable {
  /// What users type, as in "schedule-free-sgd": lower-case letters, digits and hyphens.
  static var name: String { get }
  /// As written in papers, for tables.
  static var title: String { get }
  /// One line for `--help`.
  static var summary: String { get }
  /// The norm used by the method's theory, which refinement takes its weights from: l2, or l1 for coordinate-wise methods.
  static var norm: GradientNorm { get }
  /// Its constants, `NumberParameter` or `FlagParameter`, in the order of the canonical spelling.
  static var parameters: [any ScheduleParameter] { get }
  /// Keys added when journals already held results without them: left out of run keys when at their defaults.
  static var laterKeys: Set<String> { get }
  /// Names of what it computes for itself at every step: "d" or "r", an estimate of the distance to the solution; "step_size";
  /// "averaging_weight". As the package's state holds them after the step.
  static var scalars: [String] { get }
  /// Whether it is made to run at a rate of 1.
  static var isSelfTuning: Bool { get }
  /// Whether its result is the last iterate, for which averages can be substituted.
  static var yieldsLastIterate: Bool { get }

  /// - Throws: `ScheduleError` for values that are in range but do not go together.
  init(_ arguments: ScheduleArguments) throws

  /// The steps of a run in Double, one line of code per line of the definition.
  ///
  /// - Parameter count: number of weights.
  func reference(count: Int) -> any ReferenceRule
  /// The cost of its update in each of the kernels.
  var costs: UpdateCosts { get }
  /// The same method with the tables shared by runs of `steps` steps.
  func prepared(steps: Int) -> Self
  /// Trains a vector of runs with one of its rules, updating every weight at every step.
  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes
  /// How the lists kernels take its steps exactly; nil if they cannot.
  var lists: ListsForm? { get }
}

extension OptimizerMethod {
  static var parameters: [any ScheduleParameter] { [] }
  static var laterKeys: Set<String> { [] }
  static var scalars: [String] { [] }
  static var isSelfTuning: Bool { false }
  static var yieldsLastIterate: Bool { true }
  var costs: UpdateCosts { .light }
  /// Its constants, and those of an average of its iterates.
  static var allParameters: [any ScheduleParameter] { parameters + (yieldsLastIterate ? IterateAverage.parameters : []) }
  func prepared(steps: Int) -> Self { self }
  var lists: ListsForm? { nil }
}

/// The steps of one run of the reference trainer.
protocol ReferenceRule {
  /// Updates the weights, at which the gradient was taken. They start at zero.
  ///
  /// - Parameters:
  ///   - gradient: of the batch's mean loss with respect to the weights.
  ///   - loss: the batch's mean loss.
  ///   - rate: base learning rate times the schedule's factor.
  mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double)
  /// What the method computed for itself by the end of the latest step, in the order of `OptimizerMethod.scalars`.
  var scalars: [Double] { get }
  /// The result, if it is not the weights themselves.
  func result(_ weights: [Double]) -> [Double]
}

extension ReferenceRule {
  var scalars: [Double] { [] }
  func result(_ weights: [Double]) -> [Double] { weights }
}
