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

  /// The kernels that may be used.
  public enum Path: String, Sendable, Hashable, Codable, CaseIterable {
    /// Those that cost least.
    case automatic
    case dense
    /// `scatter` or `lists`, whichever cost less.
    case sparse
    case scatter
    /// Where the optimizer has no exact form for lists: `scatter`.
    case lists

    var kernels: [Kernels] {
      switch self {
      case .automatic: Kernels.allCases
      case .sparse: [.scatter, .lists]
      case .dense: [.dense]
      case .scatter: [.scatter]
      case .lists: [.lists]
      }
    }
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

/// The ways of a step: dense rows; sparse rows whose nonzeros are scattered over the gradient of all features; sparse rows listed by
/// feature.
package enum Kernels: String, CaseIterable, Sendable {
  case dense, scatter, lists
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
