/// Settings shared by all runs of a trainer.
public struct TrainingSettings: Sendable, Hashable {
  public var optimizer: Optimizer
  /// At least 1.
  public var epochs: Int
  /// At least 1; a problem with fewer rows uses a single batch of all rows.
  public var batchSize: Int
  /// Whether an epoch's incomplete last batch is used rather than dropped.
  public var keepsLastBatch: Bool
  /// The objective is the mean cross-entropy plus half of this times the sum of the squared weights, the biases left out. Its
  /// gradient is that of a mini-batch for every optimizer, and of the recorded norms. Finite and at least 0.
  public var l2: Double
  /// Numbers of steps, ascending, after which error and loss on the whole training file are evaluated, 0 to all of them.
  /// They do not change what is trained, but for the last bits of runs with Adam, momentum, RMSprop or Lion on listed batches
  /// (`Kernels/Lists`), where every feature's look-ahead ends at a checkpoint.
  public var checkpoints: [Int]
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
    /// Falls back to `scatter` if the optimizer has no exact form for lists, or with regularisation, which moves every weight.
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
    optimizer: Optimizer, epochs: Int, batchSize: Int = 16, keepsLastBatch: Bool = false, l2: Double = 0,
    checkpoints: [Int] = [], path: Path = .automatic
  ) {
    self.optimizer = optimizer
    self.epochs = epochs
    self.batchSize = batchSize
    self.keepsLastBatch = keepsLastBatch
    self.l2 = l2
    self.checkpoints = checkpoints
    self.path = path
  }
}

extension TrainingSettings {
  /// Traps where a number is not in its range.
  func checkRanges() {
    precondition(epochs >= 1 && batchSize >= 1, "at least one epoch, and one row a batch")
    precondition(l2 >= 0 && l2.isFinite, "l2 is finite and at least 0")
    precondition(
      (checkpoints.first ?? 0) >= 0 && zip(checkpoints, checkpoints.dropFirst()).allSatisfy(<), "checkpoints ascend from 0")
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
  /// Maximum length of the loss trace, whose entries are means of mini-batch objectives over windows of equal length; 0 for none.
  public var traceLength: Int
  /// Whether to return what the optimizer computes for itself at every step, such as D-Adaptation's d.
  public var scalars: Bool

  public init(norms: Bool = false, traceLength: Int = 0, scalars: Bool = false) {
    self.norms = norms
    self.scalars = scalars
    self.traceLength = traceLength
  }
}
