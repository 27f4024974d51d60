import SIMDShims
import Sparse

/// The arrays of one vector of runs where nonzeros are scattered.
final class ScatterLaneMemory: LaneMemory {
  let optimizer: OptimizerMemory
  fileprivate let shape: LaneShape
  fileprivate let logits: LaneBuffer
  fileprivate let gradient: LaneBuffer

  init(shape: LaneShape, batchSize: Int, stateCount: Int) {
    self.shape = shape
    let classes = SparseLaneTrainer.storedClasses(shape)
    optimizer = OptimizerMemory(
      shape: LaneShape(features: shape.features, packedClasses: classes), stateCount: stateCount)
    logits = LaneBuffer(count: batchSize * classes, cacheLineOffset: 11)
    gradient = LaneBuffer(count: (shape.features + 1) * classes, cacheLineOffset: 53)
  }

  var trained: TrainedLanes {
    let classes = SparseLaneTrainer.storedClasses(shape)
    return TrainedLanes(weights: optimizer.weights, shape: shape, storedClasses: classes, featureStride: classes)
  }
}

/// The sparse path for data with few features: rows are sparse, and every weight is moved at every step. Pointers only, so that a step
/// neither allocates nor counts references.
///
/// Each nonzero adds to the gradient where its feature stands, which takes less time than listing the features of a batch; and a
/// batch has so many of the features that going through all of them costs little.
struct ScatterLanePass<Rule: UpdateRule>: LanePass {
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

  init(memory: ScatterLaneMemory, rows: RowPointers, rule: Rule) {
    self.rows = rows
    self.rule = rule
    classes = SparseLaneTrainer.storedClasses(memory.shape)
    copies = memory.shape.classes == 2 ? 2 : 1
    logits = memory.logits.pointer
    gradient = memory.gradient.pointer
    forward = SparseLaneForward(
      classes: classes, weights: UnsafePointer(memory.optimizer.weights.pointer), featureStride: classes,
      bias: rows.features, prefetches: false)
  }

  @inline(__always)
  mutating func step(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, rate: LaneVector, correction: BiasCorrection.Step,
    wantsNorms: Bool, wantsLoss: Bool, _ cancellation: inout Cancellation
  ) throws -> StepResult {
    rule.begin(rate: rate, correction: correction)
    let (loss, work) = makeResiduals(indices, count: count, following: following, wantsLoss: wantsLoss)
    try cancellation.check(work: work)
    let norms = update()
    let copies = lane_splat(copies)
    return StepResult(
      l1: lane_multiply(copies, norms.l1), squared: lane_multiply(copies, norms.squared),
      loss: lane_multiply(loss, lane_splat(1 / Float(count))))
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
