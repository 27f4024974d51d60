import SIMDShims
import Sparse

/// Error and loss of trained lanes on a file, by the kernels of training.
struct LaneEvaluation {
  let rows: KernelRows

  /// One number a lane.
  struct Result {
    /// Share of rows predicted wrong; rows whose label the training file does not have are.
    var errors: [Double]
    /// Mean cross-entropy over the rows with a known label; not a number where there are none.
    var losses: [Double]
  }

  private static let chunkRows = 16

  /// - Complexity: O(rows x features x classes) where rows are dense, O(nonzeros x classes) else.
  func callAsFunction(_ lanes: TrainedLanes, cancellation: inout Cancellation) throws -> Result {
    var errors = [Double](repeating: 0, count: laneWidth)
    var losses = errors
    var known = 0
    let stored = LaneShape(features: lanes.shape.features, classes: lanes.storedClasses)
    let isOneOfTwo = lanes.storedClasses < lanes.shape.classes
    let buffer = LaneBuffer(count: Self.chunkRows * (stored.classStride + 1))
    try rows.withPointers { rows in
      let logits = LaneLogits(
        values: buffer.pointer, maxima: buffer.pointer + Self.chunkRows * stored.classStride, shape: stored)
      let forward = LaneForward(
        shape: stored, weights: UnsafePointer(lanes.weights.pointer), featureStride: lanes.featureStride, logits: logits)
      for start in stride(from: 0, to: rows.rowCount, by: Self.chunkRows) {
        let count = min(Self.chunkRows, rows.rowCount - start)
        try cancellation.check(work: forward(rows, from: start, count: count))
        var wrong = lane_splat(0)
        var loss = lane_splat(0)
        for i in 0..<count {
          let label = Int(rows.classes[start + i])
          guard label >= 0 else {
            wrong = lane_add(wrong, lane_splat(1))
            continue
          }
          if isOneOfTwo {
            let logit = logits.values[i * stored.classStride]
            wrong = lane_add(wrong, SparseLaneSoftmax.errorOfTwo(logit, label: label))
            loss = lane_add(loss, SparseLaneSoftmax.lossOfTwo(logit, label: label))
          } else {
            wrong = lane_add(wrong, logits.error(row: i, label: label))
            loss = lane_add(loss, logits.loss(row: i, label: label))
          }
          known += 1
        }
        for lane in 0..<laneWidth {
          errors[lane] += Double(wrong[lane])
          losses[lane] += Double(loss[lane])
        }
      }
    }
    withExtendedLifetime((buffer, lanes.weights)) {}
    for lane in 0..<laneWidth {
      errors[lane] /= Double(rows.data.rowCount)
      losses[lane] /= Double(known)
    }
    return Result(errors: errors, losses: losses)
  }
}

extension LaneForward {
  /// Scores neighbouring rows of a file.
  ///
  /// - Returns: the work done, in multiply-adds of vectors.
  @inline(__always)
  fileprivate func callAsFunction(_ rows: RowPointers, from start: Int, count: Int) -> Int {
    if let dense = rows.dense {
      let samples = SampleTile(
        values: dense + start * rows.stride, stride: rows.stride, paddedRows: SampleTile.padded(count))
      self(samples)
      return samples.paddedRows * shape.vectorCount
    }
    var work = 0
    for i in 0..<count {
      let row = rows.sparse(start + i)
      self(row, into: i)
      work += (row.count + 1) * shape.classes
    }
    return work
  }
}
