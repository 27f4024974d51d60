import SIMDShims
import Sparse

/// A step on sparse rows with few features, which updates every weight.
///
/// `SparseForward` computes the logits of the batch's rows, `Softmax` turns them into residuals, and each nonzero adds value
/// times residual to the gradient of its feature, which is cheaper than grouping nonzeros by feature. One pass over all weights
/// then feeds the gradient to the optimizer's rule: a batch touches so many of the features that visiting all of them costs
/// little. Of two classes only one is stored; the weights of the other are its negatives.
struct ScatterPass<Rule: LaneRule>: StepwisePass {
  private let rows: RowPointers
  /// Stored classes; the row of feature f starts at f * classes.
  private let classes: Int
  /// How many classes a stored class stands for in norms.
  private let copies: Float
  let arrays: RuleMemory
  private var rule: Rule
  private let forward: SparseForward
  private let softmax: Softmax
  /// [feature][class], zero between steps.
  private let gradient: UnsafeMutablePointer<LaneVector>

  init(_ method: Rule.Method, _ group: LaneGroup, _ rows: RowPointers, in memory: KernelMemory) {
    self.rows = rows
    let shape = group.shape.packed
    classes = shape.classes
    copies = group.shape.copies
    arrays = RuleMemory(shape: shape, copies: copies, in: memory)
    rule = Rule(method, arrays)
    let logits = Logits(samples: group.order.batchSize, classes: classes, stride: classes, in: memory)
    softmax = Softmax(logits, samples: group.order.batchSize, in: memory)
    gradient = memory.vectors(shape.vectorCount, line: 53)
    forward = SparseForward(
      logits: logits, weights: UnsafePointer(arrays.weights), featureStride: classes, bias: rows.features, prefetches: false)
  }

  @inline(__always)
  mutating func step(
    _ step: LaneStep, _ indices: UnsafePointer<Int32>, count: Int, following: Int, wantsNorms: Bool, wantsLoss: Bool,
    _ cancellation: inout Cancellation
  ) throws -> BatchTotals {
    rule.begin(step)
    let (loss, work) = makeGradient(
      indices, count: count, following: following, wantsLoss: wantsLoss || rule.needsLoss)
    try cancellation.check(work: work)
    var totals = BatchTotals(norms: update().times(copies), loss: lane_multiply(loss, lane_splat(1 / Float(count))))
    rule.end(step, &totals, arrays)
    return totals
  }

  mutating func result() -> LaneWeights {
    rule.finish(arrays)
    return LaneWeights(weights: arrays.weights, storedClasses: classes, featureStride: classes)
  }

  /// Prefetches the offset and the label of a row.
  @inline(__always)
  private func prefetchPlace(of row: Int) {
    memory_prefetch(rows.offsets + row)
    memory_prefetch(rows.classes + row)
  }

  /// Prefetches a row whose offset is in the cache.
  @inline(__always)
  private func prefetch(_ row: Int) {
    let offset = rows.offsets[row]
    memory_prefetch(rows.columns + offset)
    memory_prefetch(rows.columns + (offset &+ 16))
    memory_prefetch(rows.values + offset)
    memory_prefetch(rows.values + (offset &+ 16))
  }

  /// Sums the gradient over the batch `indices[0 ..< count]`; `following` more indices after them are readable.
  @inline(__always)
  private func makeGradient(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, wantsLoss: Bool
  ) -> (loss: LaneVector, work: Int) {
    var loss = lane_splat(0)
    let scale = lane_splat(1 / Float(count))
    var nonzeros = count
    var i = 0
    while classes == 1, i &+ 4 <= count {
      let (a, b) = (rows.sparse(Int(indices[i])), rows.sparse(Int(indices[i &+ 1])))
      let (c, d) = (rows.sparse(Int(indices[i &+ 2])), rows.sparse(Int(indices[i &+ 3])))
      nonzeros &+= a.count &+ b.count &+ c.count &+ d.count
      forward.single(a, b, c, d, to: i)
      i &+= 4
    }
    while i < count {
      let row = rows.sparse(Int(indices[i]))
      nonzeros &+= row.count
      forward(row, to: i)
      i &+= 1
    }
    for i in 0..<count {
      softmax.makeStoredResiduals(
        i, scale: scale, label: Int(rows.classes[Int(indices[i])]), wantsLoss: wantsLoss, &loss)
    }
    for i in 0..<count {
      // Interleave the prefetches with the sums: issued all at once they would fill the queue of cache misses.
      if i < following { prefetch(Int(indices[count &+ i])) }
      if count &+ i < following { prefetchPlace(of: Int(indices[2 &* count &+ i])) }
      scatter(rows.sparse(Int(indices[i])), UnsafePointer(softmax.logits.sample(i)))
    }
    return (loss, (2 &* nonzeros &+ 2 &* rows.features) &* classes)
  }

  /// Adds value times residual to the gradient of each nonzero's feature, and the residual to that of the bias.
  @inline(__always)
  private func scatter(_ row: SparseRow, _ residuals: UnsafePointer<LaneVector>) {
    guard classes > 1 else { return scatter(row, LaneVector.self, 0, stride: 1, residuals) }
    var c = 0
    while c &+ 4 <= classes {
      scatter(row, Vectors4.self, c, stride: classes, residuals)
      c &+= 4
    }
    if c &+ 2 <= classes {
      scatter(row, Vectors2.self, c, stride: classes, residuals)
      c &+= 2
    }
    if c < classes { scatter(row, LaneVector.self, c, stride: classes, residuals) }
  }

  @inline(__always)
  private func scatter<Columns: Vectors>(
    _ row: SparseRow, _: Columns.Type, _ first: Int, stride: Int, _ residuals: UnsafePointer<LaneVector>
  ) {
    let target = gradient + first
    let residual = Columns(loading: residuals + first)
    for p in 0..<row.count { add(lane_splat(row.values[p]), residual, to: target + Int(row.columns[p]) &* stride) }
    add(lane_splat(1), residual, to: target + rows.features &* stride)
  }

  @inline(__always)
  private func add<Columns: Vectors>(_ value: LaneVector, _ residual: Columns, to target: UnsafeMutablePointer<LaneVector>) {
    var sum = Columns(loading: target)
    sum.add(value, times: residual)
    sum.store(to: target)
  }

  /// Updates all weights, and clears the gradient.
  @inline(__always)
  private func update() -> NormTotals {
    var norms = BlockedNorms()
    let count = (rows.features &+ 1) &* classes
    var index = 0
    while index &+ 64 <= count {
      for part in 0..<16 { update(Vectors4.self, at: index &+ 4 &* part, &norms) }
      norms.closeBlock()
      index &+= 64
    }
    while index &+ 4 <= count {
      update(Vectors4.self, at: index, &norms)
      index &+= 4
    }
    while index < count {
      update(LaneVector.self, at: index, &norms)
      index &+= 1
    }
    norms.closeBlock()
    return norms.totals
  }

  @inline(__always)
  private func update<Columns: Vectors>(_: Columns.Type, at index: Int, _ norms: inout BlockedNorms) {
    let sum = Columns(loading: gradient + index)
    Columns.zero.store(to: gradient + index)
    norms.add(sum)
    sum.update(rule, square: sum.squared, at: index)
  }
}
