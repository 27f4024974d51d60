import Schedules

/// A kind of optimizer. To add one, write a conforming type in a file of its own, list it in `OptimizerRegistry.builtIn`, and
/// add its name to `GradientNorm`. Parsing, help, range checks, spelling, titles and the choice of kernels follow from it.
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
  var costs: UpdateCosts { .light }
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
  /// The result, if it is not the weights themselves.
  func result(_ weights: [Double]) -> [Double]
}

extension ReferenceRule {
  func result(_ weights: [Double]) -> [Double] { weights }
}
