import Sparse

/// Which kernels a problem takes: functions of its shape and of the optimizer, with constants measured once and for all.
enum PathThresholds {
  /// Data with fewer nonzeros than this share of the entries take sparse rows.
  static let largestSparseShare = 0.2
  /// Vectors of weights that SGD moves in the time that listing one nonzero takes.
  static let weightsPerListedNonzero = 6.0
  /// Adam looks ahead where a batch has fewer nonzeros than this share of the features; above, stepping through all features costs
  /// less.
  static let lookAheadShare = 1.0 / 3

  static func isSparse(_ data: LabelledSparseData) -> Bool {
    Double(data.matrix.nonzeroCount) < largestSparseShare * Double(data.rowCount) * Double(data.featureCount)
  }

  /// Whether sparse rows are scattered over the gradient of all features, rather than listed by feature.
  static func scatters(_ data: LabelledSparseData, _ settings: TrainingSettings, _ shape: LaneShape) -> Bool {
    let nonzerosOfBatch =
      Double(min(settings.batchSize, data.rowCount)) * Double(data.matrix.nonzeroCount) / Double(data.rowCount)
    switch settings.optimizer {
    case .sgd(momentum: 0, weightDecay: 0):
      let weights = Double(shape.features * SparseLaneTrainer.storedClasses(shape))
      return weights < weightsPerListedNonzero * nonzerosOfBatch
    default:
      return nonzerosOfBatch >= lookAheadShare * Double(shape.features)
    }
  }
}
