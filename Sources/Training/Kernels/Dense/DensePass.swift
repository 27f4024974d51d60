import SIMDShims
import Sparse

/// A step on dense rows: gathers them with a constant stride, and computes the products in tiles.
///
/// A batch is processed in chunks that fit the L2 cache. For each chunk, rows are copied side by side, `DenseForward` computes
/// their logits, `Softmax` turns these into residuals, and `DenseGradient` sums value times residual; for the last chunk it
/// passes each finished sum to the optimizer's rule, which updates the weight.
struct DensePass<Rule: LaneRule>: StepwisePass {
  private let rows: RowPointers
  private let shape: LaneShape
  private let chunkRows: Int
  let arrays: RuleMemory
  private var rule: Rule
  private let forward: DenseForward
  private let softmax: Softmax
  private let gradient: DenseGradient
  /// A chunk's samples, with the stride of `KernelRows`, and their labels.
  private let samples: UnsafeMutablePointer<Float>
  private let labels: UnsafeMutablePointer<Int32>

  /// Maximum number of vectors in a chunk's logits, so that they fit the L2 cache; a chunk has at least 16 rows.
  private static var largestChunk: Int { 8192 }

  init(_ method: Rule.Method, _ group: LaneGroup, _ rows: RowPointers, in memory: KernelMemory) {
    self.rows = rows
    shape = group.shape
    let batchSize = group.order.batchSize
    chunkRows = min(batchSize, max(16, min(64, Self.largestChunk / shape.classStride & ~15)))
    let paddedRows = SampleTile.padded(chunkRows)
    arrays = RuleMemory(shape: shape, copies: 1, in: memory)
    rule = Rule(method, arrays)
    let logits = Logits(samples: paddedRows, classes: shape.classes, stride: shape.classStride, in: memory)
    forward = DenseForward(
      logits: logits, weights: UnsafePointer(arrays.weights), features: shape.features, featureStride: shape.classStride)
    softmax = Softmax(logits, samples: paddedRows, in: memory)
    gradient = DenseGradient(
      shape: shape, residuals: UnsafePointer(logits.values), factors: UnsafePointer(softmax.factors),
      scaled: memory.vectors(2 * paddedRows, line: 29),
      partial: batchSize > chunkRows ? memory.vectors(shape.vectorCount) : nil)
    samples = UnsafeMutableRawPointer(memory.vectors((paddedRows * rows.stride + laneWidth - 1) / laneWidth, line: 5))
      .bindMemory(to: Float.self, capacity: paddedRows * rows.stride)
    labels = memory.array(repeating: 0, count: paddedRows)
  }

  @inline(__always)
  mutating func step(
    _ step: LaneStep, _ indices: UnsafePointer<Int32>, count: Int, following: Int, wantsNorms: Bool, wantsLoss: Bool,
    _ cancellation: inout Cancellation
  ) throws -> BatchTotals {
    prefetch(indices + count, count: min(count, following))
    rule.begin(step)
    let isChunked = count > chunkRows
    if isChunked, let partial = gradient.partial {
      for i in 0..<shape.vectorCount { partial[i] = lane_splat(0) }
    }
    let scale = lane_splat(1 / Float(count))
    let wantsLoss = wantsLoss || rule.needsLoss
    var loss = lane_splat(0)
    var start = 0
    while start + chunkRows < count {
      try cancellation.check(work: 2 * chunkRows * shape.vectorCount)
      gradient.accumulate(residuals(indices + start, count: chunkRows, scale: scale, wantsLoss: wantsLoss, &loss))
      start += chunkRows
    }
    try cancellation.check(work: 2 * chunkRows * shape.vectorCount)
    let tile = residuals(indices + start, count: count - start, scale: scale, wantsLoss: wantsLoss, &loss)
    let norms =
      wantsNorms || rule.needsNorms
      ? gradient.update(rule, tile, continues: isChunked, WithNorms.self)
      : gradient.update(rule, tile, continues: isChunked, WithoutNorms.self)
    var totals = BatchTotals(norms: norms, loss: lane_multiply(loss, scale))
    rule.end(step, &totals, arrays)
    return totals
  }

  mutating func result() -> LaneWeights {
    rule.finish(arrays)
    return LaneWeights(weights: arrays.weights, storedClasses: shape.classes, featureStride: shape.classStride)
  }

  /// Gathers the rows of a chunk, and replaces their logits by residuals.
  @inline(__always)
  private func residuals(
    _ indices: UnsafePointer<Int32>, count: Int, scale: LaneVector, wantsLoss: Bool, _ loss: inout LaneVector
  ) -> SampleTile {
    let paddedRows = SampleTile.padded(count)
    for i in 0..<count {
      rows.copy(Int(indices[i]), to: samples + i &* rows.stride)
      labels[i] = rows.classes[Int(indices[i])]
    }
    if count < paddedRows {
      (samples + count * rows.stride).update(repeating: 0, count: (paddedRows - count) * rows.stride)
      for i in count..<paddedRows { labels[i] = 0 }
    }
    let tile = SampleTile(values: UnsafePointer(samples), stride: rows.stride, paddedRows: paddedRows)
    forward(tile)
    if wantsLoss {
      for i in 0..<count { loss = lane_add(loss, softmax.logits.loss(i, label: Int(labels[i]))) }
    }
    var row = 0
    while row < paddedRows {
      if lane_registers() == 32 {
        softmax.makeResiduals(Vectors4.self, from: row, scale: scale) { Int(labels[row &+ $0]) }
        row &+= 4
      } else {
        softmax.makeResiduals(Vectors2.self, from: row, scale: scale) { Int(labels[row &+ $0]) }
        row &+= 2
      }
    }
    for i in count..<paddedRows { softmax.factors[i] = lane_splat(0) }
    return tile
  }

  /// Prefetches the rows of the next step.
  @inline(__always)
  private func prefetch(_ indices: UnsafePointer<Int32>, count: Int) {
    for i in 0..<min(count, 64) { rows.prefetch(Int(indices[i])) }
  }
}
