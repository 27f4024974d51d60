import SIMDShims

/// Scores sparse rows: the bias, plus value times row of weights for each nonzero in ascending order of features.
struct SparseLaneForward {
  let classes: Int
  /// The row of feature f starts at f * `featureStride`.
  let weights: UnsafePointer<LaneVector>
  let featureStride: Int
  let bias: Int
  /// Whether the weights are more than the caches near the core hold, so that rows of weights are asked for ahead.
  let prefetches: Bool

  /// Nonzeros by which rows of weights are asked for before they are needed.
  private static var lookAhead: Int { 3 }

  /// Writes the `classes` logits of a sample.
  ///
  /// - Parameter next: the row that will be scored after this one, where it is known.
  @inline(__always)
  func callAsFunction(_ row: SparseRow, next: SparseRow? = nil, to logits: UnsafeMutablePointer<LaneVector>) {
    guard featureStride > 1 else { return sums(row, next, SparseLaneSingle.self, 0, stride: 1, logits) }
    var c = 0
    if lane_registers() == 32 {
      while c + 24 <= classes { c += span(row, next, SparseLaneTwentyFour.self, c, logits) }
      if c + 20 <= classes { c += span(row, next, SparseLaneTwenty.self, c, logits) }
      if c + 16 <= classes { c += span(row, next, SparseLaneSixteen.self, c, logits) }
    }
    while c + 12 <= classes { c += span(row, next, SparseLaneTwelve.self, c, logits) }
    if c + 8 <= classes { c += span(row, next, SparseLaneEight.self, c, logits) }
    if c + 4 <= classes { c += span(row, next, SparseLaneFour.self, c, logits) }
    if c + 2 <= classes { c += span(row, next, SparseLaneTwo.self, c, logits) }
    if c < classes { c += span(row, next, SparseLaneSingle.self, c, logits) }
  }

  /// Writes the logits of four samples, `classes` vectors after one another. Side by side their sums do not wait for one another; a
  /// sample's bits are the same.
  @inline(__always)
  func callAsFunction(
    _ a: SparseRow, _ b: SparseRow, _ c: SparseRow, _ d: SparseRow, to logits: UnsafeMutablePointer<LaneVector>
  ) {
    guard classes == 1, featureStride == 1 else {
      self(a, to: logits)
      self(b, to: logits + classes)
      self(c, to: logits + 2 &* classes)
      self(d, to: logits + 3 &* classes)
      return
    }
    var sumA = SparseLaneSingle(loading: weights + bias)
    var sumB = sumA
    var sumC = sumA
    var sumD = sumA
    let common = min(min(a.count, b.count), min(c.count, d.count))
    for p in 0..<common {
      add(a, p, to: &sumA)
      add(b, p, to: &sumB)
      add(c, p, to: &sumC)
      add(d, p, to: &sumD)
    }
    for p in common..<a.count { add(a, p, to: &sumA) }
    for p in common..<b.count { add(b, p, to: &sumB) }
    for p in common..<c.count { add(c, p, to: &sumC) }
    for p in common..<d.count { add(d, p, to: &sumD) }
    sumA.store(to: logits)
    sumB.store(to: logits + 1)
    sumC.store(to: logits + 2)
    sumD.store(to: logits + 3)
  }

  @inline(__always)
  private func add(_ row: SparseRow, _ p: Int, to sum: inout SparseLaneSingle) {
    sum.add(lane_splat(row.values[p]), times: weights + Int(row.columns[p]))
  }

  @inline(__always)
  private func span<Span: SparseLaneSpan>(
    _ row: SparseRow, _ next: SparseRow?, _: Span.Type, _ first: Int, _ logits: UnsafeMutablePointer<LaneVector>
  ) -> Int {
    sums(row, next, Span.self, first, stride: featureStride, logits)
    return Span.count
  }

  @inline(__always)
  private func sums<Span: SparseLaneSpan>(
    _ row: SparseRow, _ next: SparseRow?, _: Span.Type, _ first: Int, stride: Int,
    _ logits: UnsafeMutablePointer<LaneVector>
  ) {
    let w = weights + first
    var sum = Span(loading: w + bias &* stride)
    var p = 0
    if prefetches {
      while p < row.count &- Self.lookAhead {
        prefetchVectors(w + Int(row.columns[p &+ Self.lookAhead]) &* stride, count: Span.count)
        sum.add(lane_splat(row.values[p]), times: w + Int(row.columns[p]) &* stride)
        p &+= 1
      }
      if let next {
        for i in 0..<min(Self.lookAhead, next.count) {
          prefetchVectors(w + Int(next.columns[i]) &* stride, count: Span.count)
        }
      }
    }
    while p < row.count {
      sum.add(lane_splat(row.values[p]), times: w + Int(row.columns[p]) &* stride)
      p &+= 1
    }
    sum.store(to: logits + first)
  }
}

/// Asks for the cache lines of neighbouring vectors.
@inline(__always)
func prefetchVectors(_ first: UnsafePointer<LaneVector>, count: Int) {
  let bytes = count &* MemoryLayout<LaneVector>.stride
  var offset = 0
  while offset < bytes {
    memory_prefetch(UnsafeRawPointer(first) + offset)
    offset &+= 64
  }
}
