/// One run of a trainer: a base learning rate and a schedule.
public struct Run: Sendable {
  /// Base learning rate; eta_t = learningRate x factors[t].
  public let learningRate: Double
  /// One factor a step; its length is the number of steps that the trainer's settings give.
  public let factors: [Double]

  public init(learningRate: Double, factors: [Double]) {
    self.learningRate = learningRate
    self.factors = factors
  }
}

/// What all runs of a trainer share.
public struct TrainingSettings: Sendable, Hashable {
  public var optimizer: Optimizer
  /// At least 1.
  public var epochs: Int
  /// At least 1; a problem with fewer rows uses one batch of all rows.
  public var batchSize: Int
  /// Whether an incomplete last batch of an epoch is used rather than dropped.
  public var keepsLastBatch: Bool
  /// Which kernels: decided by the shape of the data, or forced.
  public var path: Path

  public enum Path: String, Sendable, Hashable, Codable, CaseIterable {
    case automatic, dense, sparse
  }

  public init(
    optimizer: Optimizer, epochs: Int, batchSize: Int = 16, keepsLastBatch: Bool = false, path: Path = .automatic
  ) {
    self.optimizer = optimizer
    self.epochs = epochs
    self.batchSize = batchSize
    self.keepsLastBatch = keepsLastBatch
    self.path = path
  }
}

/// What a trainer notes down along the way.
public struct Recording: Sendable, Hashable {
  /// Whether the l1 and l2 gradient norms of every step are returned.
  public var norms: Bool
  /// Windows of the loss trace: at most this many means of mini-batch losses over equal stretches of steps; 0 for none.
  public var traceLength: Int

  public init(norms: Bool = false, traceLength: Int = 0) {
    self.norms = norms
    self.traceLength = traceLength
  }
}

/// What a run ended with. Errors are fractions of 1; losses are mean cross-entropies; both of the last iterate.
public struct RunOutcome: Sendable {
  public var trainError: Double
  public var trainLoss: Double
  /// nil where the problem has no test file.
  public var testError: Double?
  public var testLoss: Double?
  /// Whether a weight or a loss was not finite at the end; errors and losses then are not numbers to compare.
  public var diverged: Bool
  public var steps: Int
  /// The l1 and l2 norm of the mini-batch gradient of each step; empty unless asked for.
  public var l1Norms: [Float]
  public var l2Norms: [Float]
  /// Windowed means of the mini-batch loss; empty unless asked for.
  public var trace: [Float]

  public init(
    trainError: Double, trainLoss: Double, testError: Double? = nil, testLoss: Double? = nil, diverged: Bool, steps: Int,
    l1Norms: [Float] = [], l2Norms: [Float] = [], trace: [Float] = []
  ) {
    self.trainError = trainError
    self.trainLoss = trainLoss
    self.testError = testError
    self.testLoss = testLoss
    self.diverged = diverged
    self.steps = steps
    self.l1Norms = l1Norms
    self.l2Norms = l2Norms
    self.trace = trace
  }
}
