import Foundation
import SIMDShims
import Sparse

/// The sparse path for data with many features: a step costs what the nonzeros of its batch do, whatever the number of features.
///
/// The features of a batch are listed once for all lanes. SGD touches them alone. Momentum and Adam move a feature that does not
/// occur too: when it occurs, all steps up to its next event are applied at once, which is exact because the sample order is known
/// and without a gradient the moments only decay.
struct SparseLaneTrainer {
  let rows: KernelRows
  let shape: LaneShape
  let settings: TrainingSettings
  let corrections: BiasCorrection

  /// Runs that share the lists of a batch, at most.
  static let mostLanes = 128
  /// Weights and moments of a call take at most this many bytes, or those of 16 lanes.
  static let largestState = 256 << 20
  /// The longest momentum, in steps, that is looked ahead.
  private static let longestMomentum = 512

  /// Whether this path offers the optimizer: not with decay that is coupled to a momentum, nor for moments that the look-ahead's
  /// polynomials do not reach.
  static func offers(_ optimizer: Optimizer) -> Bool {
    switch optimizer {
    case .sgd(momentum: 0, _): true
    case .sgd(let momentum, let weightDecay):
      weightDecay == 0 && momentum > 0 && horizon(momentum: momentum) <= longestMomentum
    case .adam(let beta1, let beta2, let epsilon, let weightDecay, let isDecoupled):
      (weightDecay == 0 || isDecoupled) && SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) != nil
    }
  }

  /// The number of runs that one call takes best, a multiple of 16.
  static func preferredLanes(_ shape: LaneShape, _ optimizer: Optimizer) -> Int {
    let arrays =
      switch optimizer {
      case .adam: 3
      case .sgd: optimizer == .sgd() ? 1 : 2
      }
    let bytes = (shape.features + 1) * storedClasses(shape) * arrays * 4
    var lanes = mostLanes
    while lanes > 16, lanes * bytes > largestState { lanes /= 2 }
    return lanes
  }

  /// Two classes are stored as one: their weights stay each other's negative.
  static func storedClasses(_ shape: LaneShape) -> Int { storedClasses(shape.classes) }
  static func storedClasses(_ classes: Int) -> Int { classes == 2 ? 1 : classes }

  /// Steps after which the momentum has fallen below 1e-9 of what is left.
  static func horizon(momentum: Double) -> Int {
    momentum <= 0 ? 1 : momentum < 1 ? max(1, Int((log(1e-9 * (1 - momentum)) / log(momentum)).rounded(.up))) : .max
  }

  /// Trains up to `mostLanes` runs: one result for each vector of them.
  func train(
    _ runs: ArraySlice<Run>, order: SampleOrder, recording: Recording, cancellation: inout Cancellation
  ) throws -> [TrainedLanes] {
    let groups = stride(from: runs.startIndex, to: runs.endIndex, by: laneWidth).map { start in
      SparseLaneGroup(
        runs[start..<min(start + laneWidth, runs.endIndex)], shape: shape, settings: settings, corrections: corrections,
        order: order, recording: recording)
    }
    try rows.withPointers { rows in
      let lists = SparseLaneLists(rows: rows, order: order, storedClasses: Self.storedClasses(shape))
      let gaps =
        settings.optimizer == .sgd() ? nil : SparseLaneGaps(rows: rows, order: order, epochs: settings.epochs)
      var indices = [Int32](repeating: 0, count: order.rows)
      for epoch in 0..<settings.epochs {
        if let gaps {
          gaps.advance(to: epoch)
          indices = gaps.indices
        } else {
          order.shuffle(epoch: epoch, into: &indices)
        }
        let firstStep = epoch * order.stepsPerEpoch
        for group in groups { group.begin(epochFrom: firstStep) }
        var step = 0
        while step < order.stepsPerEpoch {
          indices.withUnsafeBufferPointer { lists.fill($0.baseAddress.unsafelyUnwrapped, from: step, gaps: gaps) }
          for group in groups {
            try group.take(lists.batches, firstStep: firstStep + step, stepOfEpoch: step, &cancellation)
          }
          step += lists.batches.count
        }
      }
    }
    return groups.map { $0.finish() }
  }
}
