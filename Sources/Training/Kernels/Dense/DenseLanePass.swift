import SIMDShims
import Sparse

/// The arrays of one vector of runs on the dense path.
final class DenseLaneMemory: LaneMemory {
  let shape: LaneShape
  let chunkRows: Int
  let optimizer: OptimizerMemory
  let logits: LaneBuffer
  let maxima: LaneBuffer
  /// Sums of the gradient over the chunks of a batch; nil where a batch is one chunk.
  let partial: LaneBuffer?
  /// Two vectors a row: see `LaneGradient`.
  let scaled: LaneBuffer
  let factors: LaneBuffer
  /// A chunk's samples, in the stride of `KernelRows`.
  let samples: LaneBuffer
  /// A chunk's labels.
  let labels: UnsafeMutablePointer<Int32>
  /// See `LaneResidualTerms`.
  let isOther: UnsafeMutablePointer<Float>

  /// Logits of a chunk take at most this many vectors, or 16 rows where those are more: a level-2 cache holds them.
  static let largestChunk = 8192

  init(shape: LaneShape, batchSize: Int, stateCount: Int) {
    self.shape = shape
    chunkRows = min(batchSize, max(16, min(64, Self.largestChunk / shape.classStride & ~15)))
    let paddedRows = SampleTile.padded(chunkRows)
    optimizer = OptimizerMemory(shape: shape, stateCount: stateCount)
    logits = LaneBuffer(count: paddedRows * shape.classStride, cacheLineOffset: 11)
    maxima = LaneBuffer(count: paddedRows)
    partial = batchSize > chunkRows ? LaneBuffer(count: shape.vectorCount) : nil
    scaled = LaneBuffer(count: 2 * paddedRows, cacheLineOffset: 29)
    factors = LaneBuffer(count: paddedRows, cacheLineOffset: 19)
    samples = LaneBuffer(
      count: (paddedRows * KernelRows.stride(shape.features) + laneWidth - 1) / laneWidth, cacheLineOffset: 5)
    labels = .allocate(capacity: paddedRows)
    labels.initialize(repeating: 0, count: paddedRows)
    isOther = .allocate(capacity: paddedRows * shape.classStride)
    isOther.initialize(repeating: 1, count: paddedRows * shape.classStride)
  }

  var trained: TrainedLanes {
    TrainedLanes(
      weights: optimizer.weights, shape: shape, storedClasses: shape.classes, featureStride: shape.classStride)
  }

  deinit {
    labels.deallocate()
    isOther.deallocate()
  }
}

/// The dense path: rows in a constant stride, products in tiles. Pointers only, so that a step neither allocates nor counts references.
struct DenseLanePass<Rule: UpdateRule>: LanePass {
  private let rows: RowPointers
  private var rule: Rule
  private let forward: LaneForward
  private let gradient: LaneGradient
  private let samples: UnsafeMutablePointer<Float>
  private let labels: UnsafeMutablePointer<Int32>
  private let residualTerms: LaneResidualTerms
  private let chunkRows: Int
  private let shape: LaneShape

  init(memory: DenseLaneMemory, rows: RowPointers, rule: Rule) {
    self.rows = rows
    self.rule = rule
    shape = memory.shape
    chunkRows = memory.chunkRows
    let logits = LaneLogits(values: memory.logits.pointer, maxima: memory.maxima.pointer, shape: shape)
    forward = LaneForward(
      shape: shape, weights: UnsafePointer(memory.optimizer.weights.pointer), featureStride: shape.classStride, logits: logits)
    gradient = LaneGradient(
      shape: shape, residuals: UnsafePointer(logits.values), factors: UnsafePointer(memory.factors.pointer),
      scaled: memory.scaled.pointer, partial: memory.partial?.pointer)
    samples = UnsafeMutableRawPointer(memory.samples.pointer)
      .bindMemory(to: Float.self, capacity: SampleTile.padded(chunkRows) * rows.stride)
    labels = memory.labels
    residualTerms = LaneResidualTerms(factors: memory.factors.pointer, isOther: memory.isOther)
  }

  @inline(__always)
  mutating func step(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, rate: LaneVector, correction: BiasCorrection.Step,
    wantsNorms: Bool, wantsLoss: Bool, _ cancellation: inout Cancellation
  ) throws -> StepResult {
    prefetch(indices + count, count: min(count, following))
    rule.begin(rate: rate, correction: correction)
    let isChunked = count > chunkRows
    if isChunked, let partial = gradient.partial {
      for i in 0..<shape.vectorCount { partial[i] = lane_splat(0) }
    }
    let scale = lane_splat(1 / Float(count))
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
      wantsNorms
      ? gradient.update(rule, tile, continues: isChunked, WithNorms.self)
      : gradient.update(rule, tile, continues: isChunked, WithoutNorms.self)
    return StepResult(l1: norms.l1, squared: norms.squared, loss: lane_multiply(loss, scale))
  }

  /// Gathers the rows of a chunk, and leaves their residuals where their logits were.
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
    forward.logits.makeResiduals(
      labels: UnsafePointer(labels), count: count, paddedRows: paddedRows, scale: scale, terms: residualTerms,
      wantsLoss: wantsLoss, &loss)
    return tile
  }

  /// Asks for the rows of the next step.
  @inline(__always)
  func prefetch(_ indices: UnsafePointer<Int32>, count: Int) {
    for i in 0..<min(count, 64) { rows.prefetch(Int(indices[i])) }
  }
}
