import Sparse

/// The readable trainer: scalar, in Double, one run after the other, a line of code for a line of the definition.
public struct ReferenceTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  public init(problem: Problem, settings: TrainingSettings) {
    self.problem = problem
    self.settings = settings
  }

  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    []
  }
}
