import Training

/// What a sweep trains: the contents of a configuration file, with the paper's protocol as defaults.
public struct SweepConfiguration: Sendable, Hashable {
  /// Canonical spellings, in the order of the tables' columns.
  public var schedules: [String] = [
    "flat",
    "inverse:offset=0.001", "inverse", "inverse:offset=0.1",
    "inverse-sqrt:offset=0.001", "inverse-sqrt", "inverse-sqrt:offset=0.1",
    "stepwise", "cosine", "linear", "refined",
  ]
  public var optimizers: [Optimizer] = [.adam(), .sgd()]
  /// Base rates 2^minimum ... 2^maximum by factors of 2.
  public var minimumExponent = -12
  public var maximumExponent = 3
  /// How far the grid may be extended where a best rate is at its edge.
  public var minimumExtendedExponent = -20
  public var maximumExtendedExponent = 10
  public var seeds = 10
  public var epochs = 100
  public var batchSize = 16
  public var keepsLastBatch = false
  /// Smoothing fraction tau of the refinement.
  public var smoothing = 0.1
  /// Rounds of refinement.
  public var rounds = 1
  /// The schedule whose best run gives the norms.
  public var priorSchedule = "linear"

  public init() {}
}
