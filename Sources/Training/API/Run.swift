import Schedules

/// One run of a trainer: a base learning rate and a schedule.
public struct Run: Sendable {
  /// Base learning rate; eta_t = learningRate x factors[t].
  public let learningRate: Double
  /// One factor per step; the trainer's settings determine the number of steps.
  public let factors: [Double]

  public init(learningRate: Double, factors: [Double]) {
    self.learningRate = learningRate
    self.factors = factors
  }
}

/// The outcome of a run. Errors are fractions of 1, losses are mean cross-entropies, both of the last iterate or of the result
/// that the optimizer defines.
public struct RunOutcome: Sendable {
  public var trainError: Double
  public var trainLoss: Double
  /// The regularised objective on the training file; nil without regularisation, where it is the loss.
  public var trainObjective: Double?
  /// nil if the problem has no test file.
  public var testError: Double?
  public var testLoss: Double?
  /// Whether a weight or loss was not finite at the end; errors and losses are then meaningless.
  public var diverged: Bool
  public var steps: Int
  /// The l1 and l2 norms of each step's mini-batch gradient; empty unless requested.
  public var l1Norms: [Float]
  public var l2Norms: [Float]
  /// Windowed means of the mini-batch objective; empty unless requested.
  public var trace: [Float]
  /// One for each of the settings' checkpoints.
  public var checkpoints: [CheckpointOutcome]

  public init(
    trainError: Double, trainLoss: Double, trainObjective: Double? = nil, testError: Double? = nil, testLoss: Double? = nil,
    diverged: Bool, steps: Int, l1Norms: [Float] = [], l2Norms: [Float] = [], trace: [Float] = [],
    checkpoints: [CheckpointOutcome] = []
  ) {
    self.trainError = trainError
    self.trainLoss = trainLoss
    self.trainObjective = trainObjective
    self.testError = testError
    self.testLoss = testLoss
    self.diverged = diverged
    self.steps = steps
    self.l1Norms = l1Norms
    self.l2Norms = l2Norms
    self.trace = trace
    self.checkpoints = checkpoints
  }
}

/// What a run had reached after some of its steps: of the iterate, or of the result that the optimizer would have given then.
/// Not finite where the run had diverged.
public struct CheckpointOutcome: Sendable, Hashable {
  /// Number of steps taken.
  public var step: Int
  public var trainError: Double
  public var trainLoss: Double
  /// nil without regularisation, where it is the loss.
  public var trainObjective: Double?

  public init(step: Int, trainError: Double, trainLoss: Double, trainObjective: Double? = nil) {
    self.step = step
    self.trainError = trainError
    self.trainLoss = trainLoss
    self.trainObjective = trainObjective
  }
}

extension RunOutcome {
  /// The norms of one kind, a step an element.
  public func norms(_ norm: GradientNorm) -> [Float] { norm == .l1 ? l1Norms : l2Norms }
}
