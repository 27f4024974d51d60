import Schedules

/// A kind of optimizer. To add one, write a type that conforms to this in a file of its own and name it in `OptimizerRegistry.builtIn`:
/// parsing, help, range checks, spelling, titles, the norm that goes with it and the choice of kernels follow from it.
protocol OptimizerMethod: Sendable {
  /// What users type, as in "schedule-free-sgd": small letters, digits and hyphens.
  static var name: String { get }
  /// As papers write it, for tables.
  static var title: String { get }
  /// One line for `--help`.
  static var summary: String { get }
  /// The norm that the theory of the method is about, which refinement weights are made of: l2, or l1 for coordinate-wise methods.
  static var norm: GradientNorm { get }
  /// Its constants, in the order of the canonical spelling: `NumberParameter` and `FlagParameter`.
  static var parameters: [any ScheduleParameter] { get }
  /// Keys that it was given after results had been journalled without them: left out of the keys of runs where they are at their
  /// defaults.
  static var laterKeys: Set<String> { get }

  /// - Throws: `ScheduleError` for values that are right one by one but not together.
  init(_ arguments: ScheduleArguments) throws

  /// The steps of a run in Double, one line of code for a line of the definition.
  ///
  /// - Parameter count: of the weights.
  func reference(count: Int) -> any ReferenceRule
  /// What its update costs the kernels.
  var costs: UpdateCosts { get }
  /// The same method with what its runs of a number of steps share.
  func prepared(steps: Int) -> Self
  /// Trains a vector of runs, every weight at every step, with one of its rules.
  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes
  /// How the kernels that list the features of a batch take its steps exactly; nil where they cannot.
  var lists: ListsForm? { get }
}

extension OptimizerMethod {
  static var parameters: [any ScheduleParameter] { [] }
  static var laterKeys: Set<String> { [] }
  var costs: UpdateCosts { .light }
  func prepared(steps: Int) -> Self { self }
  var lists: ListsForm? { nil }
}

/// The steps of a run of the reference trainer.
protocol ReferenceRule {
  /// Moves the weights, which are zero at the start and where the gradient was taken.
  ///
  /// - Parameters:
  ///   - gradient: of the batch's mean loss by the weights.
  ///   - loss: the batch's mean loss.
  ///   - rate: base learning rate times the schedule's factor.
  mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double)
  /// The result, where it is not the weights themselves.
  func result(_ weights: [Double]) -> [Double]
}

extension ReferenceRule {
  func result(_ weights: [Double]) -> [Double] { weights }
}
