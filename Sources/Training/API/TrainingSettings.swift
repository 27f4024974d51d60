/// Settings shared by all runs of a trainer.
public struct TrainingSettings: Sendable, Hashable {
  public var optimizer: Optimizer
  /// At least 1.
  public var epochs: Int
  /// At least 1; a problem with fewer rows uses a single batch of all rows.
  public var batchSize: Int
  /// Whether an epoch's incomplete last batch is used rather than dropped.
  public var keepsLastBatch: Bool
  /// Which kernels to use: chosen from the shape of the data, or forced.
  public var path: Path

  /// The kernels to choose from.
  public enum Path: String, Sendable, Hashable, Codable, CaseIterable {
    /// The cheapest.
    case automatic
    case dense
    /// The cheaper of `scatter` and `lists`.
    case sparse
    case scatter
    /// Falls back to `scatter` if the optimizer has no exact form for lists.
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

/// Kernels of a step: for dense rows; for sparse rows, scattering nonzeros into a full gradient; for sparse rows, grouping a
/// batch's nonzeros by feature.
package enum Kernels: String, CaseIterable, Sendable {
  case dense, scatter, lists
}

/// What a trainer records during training.
public struct Recording: Sendable, Hashable {
  /// Whether to return the l1 and l2 norms of every step's gradient.
  public var norms: Bool
  /// Maximum length of the loss trace, whose entries are means of mini-batch losses over windows of equal length; 0 for none.
  public var traceLength: Int
  /// Whether to return what the optimizer computes for itself at every step, such as D-Adaptation's d.
  public var scalars: Bool

  public init(norms: Bool = false, traceLength: Int = 0, scalars: Bool = false) {
    self.norms = norms
    self.scalars = scalars
    self.traceLength = traceLength
  }
}
