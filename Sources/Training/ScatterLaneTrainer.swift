import SIMDShims
import Sparse

/// The sparse path for data with few features: rows are sparse, and every weight is moved at every step.
///
/// Each nonzero adds to the gradient where its feature stands, which takes less time than listing the features of a batch; and a
/// batch has so many of the features that going through all of them costs little.
struct ScatterLaneTrainer {
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
    let classes = SparseLaneTrainer.storedClasses(shape)
    let memory = OptimizerMemory(
      shape: LaneShape(features: shape.features, packedClasses: classes), stateCount: Rule.stateCount)
    let logits = LaneBuffer(count: order.batchSize * classes, cacheLineOffset: 11)
    let gradient = LaneBuffer(count: (shape.features + 1) * classes, cacheLineOffset: 53)
    let steps = order.stepsPerEpoch * settings.epochs
    let norms = LaneBuffer(count: recording.norms ? 2 * steps : 0)
    var trace = LossTrace(length: recording.traceLength, steps: steps)
    let rates = LaneRates(runs, capacity: order.stepsPerEpoch)
    try withExtendedLifetime((memory, logits, gradient, norms, rates)) {
      try rows.withPointers { rows in
        var pass = ScatterLanePass(
          rows: rows, classes: classes, copies: shape.classes == 2 ? 2 : 1, weights: UnsafePointer(memory.weights.pointer),
          rule: Rule(optimizer: settings.optimizer, memory: memory), logits: logits.pointer, gradient: gradient.pointer)
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
    var lanes = TrainedLanes(weights: memory.weights, shape: shape, storedClasses: classes, featureStride: classes)
    lanes.trace = trace.means
    if recording.norms {
      lanes.l1Norms = norms.floats(everySecondFrom: 0)
      lanes.l2Norms = norms.floats(everySecondFrom: 1)
    }
    return lanes
  }
}

/// The steps of one vector of runs: pointers only, so that a step neither allocates nor counts references.
struct ScatterLanePass<Rule: UpdateRule> {
  private let rows: RowPointers
  /// Stored; the row of feature f starts at f * classes.
  private let classes: Int
  /// Two classes count twice in norms: the first has the second's gradient turned round.
  private let copies: Float
  private let forward: SparseLaneForward
  private var rule: Rule
  /// [sample][class]: logits, then residuals.
  private let logits: UnsafeMutablePointer<LaneVector>
  /// [feature][class], zero between steps.
  private let gradient: UnsafeMutablePointer<LaneVector>

  init(
    rows: RowPointers, classes: Int, copies: Float, weights: UnsafePointer<LaneVector>, rule: Rule,
    logits: UnsafeMutablePointer<LaneVector>, gradient: UnsafeMutablePointer<LaneVector>
  ) {
    self.rows = rows
    self.classes = classes
    self.copies = copies
    self.rule = rule
    self.logits = logits
    self.gradient = gradient
    forward = SparseLaneForward(
      classes: classes, weights: weights, featureStride: classes, bias: rows.features, prefetches: false)
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
          rule.begin(rate: rates[batch], correction: corrections[min(firstStep &+ batch, lastCorrection)])
          let (loss, work) = makeResiduals(
            indices, count: count, following: left, wantsLoss: wantsLoss)
          try cancellation.check(work: work)
          let total = update()
          if let norms {
            norms[2 &* (firstStep &+ batch)] = lane_multiply(lane_splat(copies), total.l1)
            norms[2 &* (firstStep &+ batch) &+ 1] = lane_sqrt(lane_multiply(lane_splat(copies), total.squared))
          }
          if wantsLoss { trace.add(lane_multiply(lane_splat(1 / Float(count)), loss)) }
          indices += count
        }
      }
    }
  }

  /// Asks for where a row stands, and for its label.
  @inline(__always)
  private func prefetchPlace(of row: Int) {
    memory_prefetch(rows.offsets + row)
    memory_prefetch(rows.classes + row)
  }

  /// Asks for a row whose place is at hand.
  @inline(__always)
  private func prefetch(_ row: Int) {
    let offset = rows.offsets[row]
    memory_prefetch(rows.columns + offset)
    memory_prefetch(rows.columns + (offset &+ 16))
    memory_prefetch(rows.values + offset)
    memory_prefetch(rows.values + (offset &+ 16))
  }

  /// Logits, residuals, and the sums of the gradient over the batch `indices[0 ..< count]`, behind which `following` rows follow.
  @inline(__always)
  private func makeResiduals(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, wantsLoss: Bool
  ) -> (loss: LaneVector, work: Int) {
    var loss = lane_splat(0)
    let softmax = SparseLaneSoftmax(classes: classes, scale: lane_splat(1 / Float(count)), wantsLoss: wantsLoss)
    var nonzeros = count
    var i = 0
    while i &+ 4 <= count {
      let (a, b) = (rows.sparse(Int(indices[i])), rows.sparse(Int(indices[i &+ 1])))
      let (c, d) = (rows.sparse(Int(indices[i &+ 2])), rows.sparse(Int(indices[i &+ 3])))
      nonzeros &+= a.count &+ b.count &+ c.count &+ d.count
      forward(a, b, c, d, to: logits + i &* classes)
      i &+= 4
    }
    while i < count {
      let row = rows.sparse(Int(indices[i]))
      nonzeros &+= row.count
      forward(row, to: logits + i &* classes)
      i &+= 1
    }
    for i in 0..<count {
      softmax.makeResiduals(logits + i &* classes, label: Int(rows.classes[Int(indices[i])]), &loss)
    }
    for i in 0..<count {
      // One by one between the sums: all at once they would keep the cache from answering.
      if i < following { prefetch(Int(indices[count &+ i])) }
      if count &+ i < following { prefetchPlace(of: Int(indices[2 &* count &+ i])) }
      scatter(rows.sparse(Int(indices[i])), UnsafePointer(logits + i &* classes))
    }
    return (loss, (2 &* nonzeros &+ 2 &* rows.features) &* classes)
  }

  /// Adds value times residual to the gradient of each nonzero's feature, and the residual to that of the bias.
  @inline(__always)
  private func scatter(_ row: SparseRow, _ residuals: UnsafePointer<LaneVector>) {
    guard classes > 1 else { return scatter(row, SparseLaneSingle.self, 0, stride: 1, residuals) }
    var c = 0
    while c &+ 4 <= classes {
      scatter(row, SparseLaneFour.self, c, stride: classes, residuals)
      c &+= 4
    }
    if c &+ 2 <= classes {
      scatter(row, SparseLaneTwo.self, c, stride: classes, residuals)
      c &+= 2
    }
    if c < classes { scatter(row, SparseLaneSingle.self, c, stride: classes, residuals) }
  }

  @inline(__always)
  private func scatter<Span: SparseLaneSpan>(
    _ row: SparseRow, _: Span.Type, _ first: Int, stride: Int, _ residuals: UnsafePointer<LaneVector>
  ) {
    let target = gradient + first
    let residual = Span(loading: residuals + first)
    for p in 0..<row.count { residual.scatter(lane_splat(row.values[p]), to: target + Int(row.columns[p]) &* stride) }
    residual.scatter(lane_splat(1), to: target + rows.features &* stride)
  }

  /// Moves all weights, and clears the gradient.
  @inline(__always)
  private func update() -> (l1: LaneVector, squared: LaneVector) {
    var norms = SparseLaneNorms()
    let count = (rows.features &+ 1) &* classes
    var index = 0
    while index &+ 64 <= count {
      for block in 0..<16 { update(SparseLaneFour.self, at: index &+ 4 &* block, &norms) }
      norms.closeBlock()
      index &+= 64
    }
    while index &+ 4 <= count {
      update(SparseLaneFour.self, at: index, &norms)
      index &+= 4
    }
    while index < count {
      update(SparseLaneSingle.self, at: index, &norms)
      index &+= 1
    }
    norms.closeBlock()
    return (norms.l1, norms.squared)
  }

  @inline(__always)
  private func update<Span: SparseLaneSpan>(_: Span.Type, at index: Int, _ norms: inout SparseLaneNorms) {
    let sum = Span(loading: gradient + index)
    Span(zero: ()).store(to: gradient + index)
    norms.add(sum)
    sum.update(rule, at: index)
  }
}
