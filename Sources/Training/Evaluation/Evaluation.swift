import SIMDShims
import Sparse

/// Error and loss of a vector of runs on a file, computed with the training kernels.
struct Evaluation {
  /// Per lane, the fraction of misclassified rows; a row with a label unknown to the training file counts as misclassified.
  private(set) var errors = [Double](repeating: 0, count: laneWidth)
  /// Mean cross-entropy over the rows with a known label; NaN if there are none.
  private(set) var losses = [Double](repeating: 0, count: laneWidth)
  /// The losses plus the penalty of the weights; nil without regularisation.
  private(set) var objectives: [Double]?

  private static let chunkRows = 16

  /// - Parameters:
  ///   - weights: of `shape`; the caller keeps their memory alive.
  ///   - l2: strength of the regularisation; 0 for none.
  /// - Complexity: O(rows x features x classes) for dense rows, O(nonzeros x classes) for sparse ones.
  init(
    _ weights: LaneWeights, _ shape: LaneShape, on rows: KernelRows, l2: Double, _ cancellation: inout Cancellation
  ) throws {
    var known = 0
    let isOneOfTwo = weights.storedClasses < shape.classes
    let memory = KernelMemory()
    let logits = Logits(
      samples: Self.chunkRows, classes: weights.storedClasses,
      stride: LaneShape(features: shape.features, classes: weights.storedClasses).classStride, in: memory)
    try rows.withPointers { rows in
      for start in stride(from: 0, to: rows.rowCount, by: Self.chunkRows) {
        let count = min(Self.chunkRows, rows.rowCount - start)
        try cancellation.check(work: logits.score(rows, from: start, count: count, weights))
        var wrong = lane_splat(0)
        var loss = lane_splat(0)
        for i in 0..<count {
          let label = Int(rows.classes[start + i])
          guard label >= 0 else {
            wrong = lane_add(wrong, lane_splat(1))
            continue
          }
          if isOneOfTwo {
            wrong = lane_add(wrong, SoftmaxOfTwo.error(logits.sample(i)[0], label: label))
            loss = lane_add(loss, SoftmaxOfTwo.loss(logits.sample(i)[0], label: label))
          } else {
            wrong = lane_add(wrong, logits.error(i, label: label))
            loss = lane_add(loss, logits.loss(i, label: label))
          }
          known += 1
        }
        for lane in 0..<laneWidth {
          errors[lane] += Double(wrong[lane])
          losses[lane] += Double(loss[lane])
        }
      }
    }
    withExtendedLifetime(memory) {}
    for lane in 0..<laneWidth {
      errors[lane] /= Double(rows.data.rowCount)
      losses[lane] /= Double(known)
    }
    if l2 > 0 { objectives = zip(losses, weights.squaredNorms(shape)).map { $0 + l2 / 2 * $1 } }
  }
}

extension Logits {
  /// Scores a range of consecutive rows.
  ///
  /// - Returns: the work done, in vector multiply-adds.
  @inline(__always)
  fileprivate func score(_ rows: RowPointers, from start: Int, count: Int, _ weights: LaneWeights) -> Int {
    if let dense = rows.dense {
      let samples = SampleTile(
        values: dense + start * rows.stride, stride: rows.stride, paddedRows: SampleTile.padded(count))
      let forward = DenseForward(
        logits: self, weights: UnsafePointer(weights.weights), features: rows.features, featureStride: weights.featureStride)
      forward(samples)
      return samples.paddedRows * (rows.features + 1) * stride
    }
    let forward = SparseForward(
      logits: self, weights: UnsafePointer(weights.weights), featureStride: weights.featureStride, bias: rows.features,
      prefetches: false)
    var work = 0
    for i in 0..<count {
      let row = rows.sparse(start + i)
      forward(row, to: i)
      work += (row.count + 1) * classes
    }
    return work
  }
}
