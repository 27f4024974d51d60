import Foundation
import SIMDShims
import Sparse

/// The sparse path: a step costs what the nonzeros of its batch do, whatever the number of features.
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
  /// Adam looks ahead where a batch has fewer than this share of the features; above, stepping through all features costs less.
  static let lookAheadShare = 1.0 / 3
  /// The longest momentum, in steps, that is looked ahead.
  private static let longestMomentum = 512

  /// Whether this path offers the optimizer: not for coupled or decoupled decay, nor for moments that the look-ahead's polynomials do
  /// not reach.
  static func offers(_ optimizer: Optimizer) -> Bool {
    switch optimizer {
    case .sgd(let momentum, weightDecay: 0): momentum >= 0 && horizon(momentum: momentum) <= longestMomentum
    case .adam(let beta1, let beta2, let epsilon, weightDecay: 0, _):
      SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) != nil
    default: false
    }
  }

  /// Data with fewer nonzeros than this share of the entries are best trained here.
  static let largestShare = 0.2

  static func isBest(for data: LabelledSparseData) -> Bool {
    Double(data.matrix.nonzeroCount) < largestShare * Double(data.rowCount) * Double(data.featureCount)
  }

  /// The number of runs that one call takes best, a multiple of 16.
  static func preferredLanes(_ shape: LaneShape, _ optimizer: Optimizer) -> Int {
    let arrays =
      switch optimizer {
      case .adam: 3
      case .sgd(let momentum, _): momentum == 0 ? 1 : 2
      }
    let bytes = (shape.features + 1) * storedClasses(shape) * arrays * 4
    var lanes = mostLanes
    while lanes > 16, lanes * bytes > largestState { lanes /= 2 }
    return lanes
  }

  /// Two classes are stored as one: their weights stay each other's negative.
  static func storedClasses(_ shape: LaneShape) -> Int { shape.classes == 2 ? 1 : shape.classes }

  /// Steps after which the momentum has fallen below 1e-9 of what is left.
  static func horizon(momentum: Double) -> Int {
    momentum <= 0 ? 1 : momentum < 1 ? max(1, Int((log(1e-9 * (1 - momentum)) / log(momentum)).rounded(.up))) : .max
  }

  /// Trains up to `mostLanes` runs.
  func train(
    _ runs: ArraySlice<Run>, order: SampleOrder, recording: Recording, cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    let vectors = (runs.count + laneWidth - 1) / laneWidth
    let entries = Self.storedClasses(shape) * vectors
    let weights = LaneBuffer(count: (shape.features + 1) * entries)
    var lanes = TrainedLanes(
      weights: LaneBuffer(count: shape.vectorCount * vectors), shape: shape, vectorsPerEntry: vectors)
    try rows.withPointers { rows in
      var pass = SparseLanePass(
        rows: rows, shape: shape, vectors: vectors, settings: settings, corrections: corrections, order: order,
        weights: weights.pointer)
      try pass.run(runs, recording, &lanes, &cancellation)
    }
    copy(weights, to: lanes)
    return lanes
  }

  private func copy(_ weights: LaneBuffer, to lanes: TrainedLanes) {
    let vectors = lanes.vectorsPerEntry
    for feature in 0...shape.features {
      let target = lanes.weights.pointer + feature * shape.classStride * vectors
      if shape.classes == 2 {
        let source = weights.pointer + feature * vectors
        for v in 0..<vectors {
          target[v] = lane_subtract(lane_splat(0), source[v])
          target[vectors + v] = source[v]
        }
      } else {
        target.update(from: weights.pointer + feature * shape.classes * vectors, count: shape.classes * vectors)
      }
    }
  }
}
