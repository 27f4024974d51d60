import SIMDShims
import Sparse

/// The dense path: every weight is touched at every step. One vector of runs at a time.
struct DenseLaneTrainer {
  let rows: KernelRows
  let shape: LaneShape
  let settings: TrainingSettings
  let corrections: BiasCorrection

  /// Trains up to `laneWidth` runs; lanes without a run have rate 0.
  func train(
    _ runs: ArraySlice<Run>, order: SampleOrder, recording: Recording, cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    switch settings.optimizer {
    case .sgd(momentum: 0, weightDecay: 0):
      try train(runs, SGDRule.self, order, recording, &cancellation)
    case .sgd:
      try train(runs, MomentumRule.self, order, recording, &cancellation)
    case .adam(_, _, _, weightDecay: 0, _):
      try train(runs, AdamRule.self, order, recording, &cancellation)
    case .adam:
      try train(runs, DecayingAdamRule.self, order, recording, &cancellation)
    }
  }

  private func train<Rule: UpdateRule>(
    _ runs: ArraySlice<Run>, _: Rule.Type, _ order: SampleOrder, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    let memory = DenseLaneMemory(shape: shape, batchSize: order.batchSize, stateCount: Rule.stateCount)
    let steps = order.stepsPerEpoch * settings.epochs
    let norms = LaneBuffer(count: recording.norms ? 2 * steps : 0)
    var trace = LossTrace(length: recording.traceLength, steps: steps)
    let rates = LaneRates(runs, capacity: order.stepsPerEpoch)
    try withExtendedLifetime((memory, norms, rates)) {
      try rows.withPointers { rows in
        let rule = Rule(optimizer: settings.optimizer, memory: memory.optimizer)
        var pass = DensePass(memory: memory, rows: rows, rule: rule)
        var indices = [Int32](repeating: 0, count: order.rows)
        for epoch in 0..<settings.epochs {
          order.shuffle(epoch: epoch, into: &indices)
          rates.fill(from: epoch * order.stepsPerEpoch)
          try pass.epoch(
            indices, order, firstStep: epoch * order.stepsPerEpoch, rates: rates.vectors.pointer, corrections: corrections,
            norms: recording.norms ? norms.pointer : nil, &trace, &cancellation)
        }
      }
    }
    trace.close()
    var lanes = TrainedLanes(
      weights: memory.optimizer.weights, shape: shape, storedClasses: shape.classes, featureStride: shape.classStride)
    lanes.trace = trace.means
    if recording.norms {
      lanes.l1Norms = norms.floats(everySecondFrom: 0)
      lanes.l2Norms = norms.floats(everySecondFrom: 1)
    }
    return lanes
  }
}

/// The arrays of one vector of runs.
final class DenseLaneMemory {
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
  let masks: UnsafeMutablePointer<Int32>

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
    masks = .allocate(capacity: paddedRows * shape.classStride)
    masks.initialize(repeating: -1, count: paddedRows * shape.classStride)
  }

  deinit {
    labels.deallocate()
    masks.deallocate()
  }
}

/// What a step tells about its batch.
struct StepResult {
  var l1: LaneVector
  var squared: LaneVector
  /// Mean over the batch; 0 where it was not asked for.
  var loss: LaneVector
}

/// A training loop's kernels over one vector of runs: pointers only, so that a step neither allocates nor counts references.
struct DensePass<Rule: UpdateRule> {
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
    residualTerms = LaneResidualTerms(factors: memory.factors.pointer, masks: memory.masks)
  }

  /// The steps of an epoch.
  ///
  /// - Parameters:
  ///   - rates: one vector a step of the epoch.
  ///   - norms: l1 and l2 of every step of the run; nil where they are not wanted.
  mutating func epoch(
    _ indices: [Int32], _ order: SampleOrder, firstStep: Int, rates: UnsafePointer<LaneVector>, corrections: BiasCorrection,
    norms: UnsafeMutablePointer<LaneVector>?, _ trace: inout LossTrace, _ cancellation: inout Cancellation
  ) throws {
    let wantsLoss = trace.isWanted
    try corrections.withPointer { corrections, lastCorrection in
      try indices.withUnsafeBufferPointer { buffer in
        var indices = buffer.baseAddress.unsafelyUnwrapped
        var left = order.rows
        for batch in 0..<order.stepsPerEpoch {
          let count = min(order.batchSize, left)
          left &-= count
          prefetch(indices + count, count: min(order.batchSize, left))
          let result = try step(
            indices, count: count, rate: rates[batch], correction: corrections[min(firstStep &+ batch, lastCorrection)],
            wantsLoss: wantsLoss, &cancellation)
          if let norms {
            norms[2 &* (firstStep &+ batch)] = result.l1
            norms[2 &* (firstStep &+ batch) &+ 1] = lane_sqrt(result.squared)
          }
          if wantsLoss { trace.add(result.loss) }
          indices += count
        }
      }
    }
  }

  /// One step on the rows `indices[0 ..< count]`.
  @inline(__always)
  mutating func step(
    _ indices: UnsafePointer<Int32>, count: Int, rate: LaneVector, correction: BiasCorrection.Step, wantsLoss: Bool,
    _ cancellation: inout Cancellation
  ) throws -> StepResult {
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
    let norms = gradient.update(rule, tile, continues: isChunked)
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
