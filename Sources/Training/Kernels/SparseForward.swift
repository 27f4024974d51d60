import SIMDShims

/// Scores sparse rows: the bias, plus value times row of weights for each nonzero in ascending order of features. Bit-identical
/// to the dense kernel, however the classes are split into spans.
struct SparseForward {
  let logits: Logits
  /// The row of feature f starts at f * `featureStride`.
  let weights: UnsafePointer<LaneVector>
  let featureStride: Int
  let bias: Int
  /// Whether the weights exceed the inner caches, so that rows of weights are prefetched.
  let prefetches: Bool

  /// Prefetch distance in nonzeros.
  private static var lookAhead: Int { 3 }

  /// Writes the logits of a sample, and their maximum.
  ///
  /// - Parameter next: the row to be scored next, if known.
  @inline(__always)
  func callAsFunction(_ row: SparseRow, next: SparseRow? = nil, to sample: Int) {
    logits.maxima[sample] = lane_splat(-.infinity)
    guard featureStride > 1 else { return sums(row, next, LaneVector.self, 0, stride: 1, sample) }
    let classes = logits.classes
    var c = 0
    if lane_registers() == 32 {
      while c + 24 <= classes { c += span(row, next, Vectors24.self, c, sample) }
      if c + 20 <= classes { c += span(row, next, Vectors20.self, c, sample) }
      if c + 16 <= classes { c += span(row, next, Vectors16.self, c, sample) }
    }
    while c + 12 <= classes { c += span(row, next, Vectors12.self, c, sample) }
    if c + 8 <= classes { c += span(row, next, Vectors8.self, c, sample) }
    if c + 4 <= classes { c += span(row, next, Vectors4.self, c, sample) }
    if c + 2 <= classes { c += span(row, next, Vectors2.self, c, sample) }
    if c < classes { c += span(row, next, LaneVector.self, c, sample) }
  }

  /// Writes the logits of four samples for a single stored class. Four independent sums hide the latency of the FMAs; the
  /// results are bit-identical to those of `callAsFunction`.
  @inline(__always)
  func single(_ a: SparseRow, _ b: SparseRow, _ c: SparseRow, _ d: SparseRow, to sample: Int) {
    var sumA = weights[bias]
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
    let target = logits.values + sample
    target[0] = sumA
    target[1] = sumB
    target[2] = sumC
    target[3] = sumD
  }

  @inline(__always)
  private func add(_ row: SparseRow, _ p: Int, to sum: inout LaneVector) {
    sum = lane_fma(lane_splat(row.values[p]), weights[Int(row.columns[p])], sum)
  }

  @inline(__always)
  private func span<Columns: Vectors>(
    _ row: SparseRow, _ next: SparseRow?, _: Columns.Type, _ first: Int, _ sample: Int
  ) -> Int {
    sums(row, next, Columns.self, first, stride: featureStride, sample)
    return Columns.count
  }

  @inline(__always)
  private func sums<Columns: Vectors>(
    _ row: SparseRow, _ next: SparseRow?, _: Columns.Type, _ first: Int, stride: Int, _ sample: Int
  ) {
    let w = weights + first
    var sum = Columns(loading: w + bias &* stride)
    var p = 0
    if prefetches {
      while p < row.count &- Self.lookAhead {
        prefetchVectors(w + Int(row.columns[p &+ Self.lookAhead]) &* stride, count: Columns.count)
        sum.add(lane_splat(row.values[p]), times: Columns(loading: w + Int(row.columns[p]) &* stride))
        p &+= 1
      }
      if let next {
        for i in 0..<min(Self.lookAhead, next.count) {
          prefetchVectors(w + Int(next.columns[i]) &* stride, count: Columns.count)
        }
      }
    }
    while p < row.count {
      sum.add(lane_splat(row.values[p]), times: Columns(loading: w + Int(row.columns[p]) &* stride))
      p &+= 1
    }
    sum.store(to: logits.sample(sample) + first)
    logits.maxima[sample] = lane_max(sum.reduce { lane_max($0, $1) }, logits.maxima[sample])
  }
}

/// Prefetches the cache lines of consecutive vectors.
@inline(__always)
func prefetchVectors(_ first: UnsafePointer<LaneVector>, count: Int) {
  let bytes = count &* MemoryLayout<LaneVector>.stride
  var offset = 0
  while offset < bytes {
    memory_prefetch(UnsafeRawPointer(first) + offset)
    offset &+= 64
  }
}
