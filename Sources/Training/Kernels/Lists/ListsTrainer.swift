import SIMDShims
import Sparse

/// Trains runs on data with many features: the cost of a step follows from the nonzeros of its batch, not from the number of
/// features.
///
/// The features of a batch are listed once for all lanes. Plain SGD touches only these. Momentum and Adam also move absent
/// features: when a feature occurs, all steps up to its next event are applied at once. This is exact because the sample order
/// is known, and without a gradient the moments only decay.
struct ListsTrainer {
  /// Up to `mostLanes` runs.
  let group: LaneGroup

  /// Maximum number of runs that share the lists of a batch.
  static let mostLanes = 128
  /// Maximum size of a call's weights and moments in bytes, unless it has only 16 lanes.
  static let largestState = 256 << 20

  /// Best number of runs per call, a multiple of 16.
  ///
  /// - Parameter arrays: number of the optimizer's arrays, including the weights.
  static func preferredLanes(_ shape: LaneShape, arrays: Int) -> Int {
    let bytes = shape.packed.vectorCount * arrays * 4
    var lanes = mostLanes
    while lanes > 16, lanes * bytes > largestState { lanes /= 2 }
    return lanes
  }

  /// - Returns: one result per vector of runs.
  func train<Steps: ListsSteps>(
    arrays: Int, looksAhead: Bool, _ cancellation: inout Cancellation,
    _ makeSteps: (LaneGroup, RuleMemory, KernelMemory) -> Steps
  ) throws -> [TrainedLanes] {
    let vectors = group.vectors.map { ListsGroup<Steps>($0, arrays: arrays, makeSteps) }
    let order = group.order
    try group.rows.withPointers { rows in
      let lists = BatchLists(rows: rows, order: order, storedClasses: group.shape.packed.classes)
      let gaps = looksAhead ? FeatureGaps(rows: rows, group) : nil
      var indices = [Int32](repeating: 0, count: order.rows)
      for epoch in 0..<group.settings.epochs {
        if let gaps {
          gaps.advance(to: epoch)
          indices = gaps.indices
        } else {
          order.shuffle(epoch: epoch, into: &indices)
        }
        let firstStep = epoch * order.stepsPerEpoch
        for vector in vectors { vector.begin(epochFrom: firstStep) }
        for batches in group.stretches(ofEpoch: epoch) {
          try evaluate(vectors, after: firstStep + batches.lowerBound, &cancellation)
          var step = batches.lowerBound
          while step < batches.upperBound {
            indices.withUnsafeBufferPointer {
              lists.fill($0.baseAddress.unsafelyUnwrapped, step..<batches.upperBound, gaps: gaps)
            }
            for vector in vectors {
              try vector.take(lists.batches, firstStep: firstStep + step, stepOfEpoch: step, &cancellation)
            }
            step += lists.batches.count
          }
        }
      }
      try evaluate(vectors, after: group.steps, &cancellation)
    }
    return vectors.map { $0.finish() }
  }

  /// Evaluates the runs if there is a checkpoint after `step` steps.
  private func evaluate<Steps: ListsSteps>(
    _ vectors: [ListsGroup<Steps>], after step: Int, _ cancellation: inout Cancellation
  ) throws {
    guard group.isCheckpoint(step) else { return }
    for vector in vectors { try vector.evaluate(on: group.rows, atCheckpoint: step, &cancellation) }
  }
}
