import SIMDShims
import Sparse

/// The two sums of a step, over rows of `entries` vectors: logits of a sample, and gradients of a feature. Pointers only.
struct SparseLaneKernel {
  /// Vectors in a row: stored classes times vectors of lanes.
  let entries: Int
  /// [feature][entry]; the bias is the last feature.
  let weights: UnsafeMutablePointer<LaneVector>
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
  /// [sample][entry].
  let logits: UnsafeMutablePointer<LaneVector>
  let norms: SparseLaneNorms
  /// Whether the weights are more than the caches near the core hold.
  let prefetches: Bool

  /// Rows that are asked for before they are needed.
  private static var distance: Int { 2 }

  @inline(__always)
  private func prefetch(_ array: UnsafeMutablePointer<LaneVector>, feature: Int32) {
    let row = UnsafeRawPointer(array + Int(feature) * entries)
    for offset in stride(from: 0, to: entries * MemoryLayout<LaneVector>.stride, by: 64) { memory_prefetch(row + offset) }
  }

  @inline(__always)
  func forward(_ row: SparseRow, bias: Int, sample: Int) {
    if prefetches {
      for p in 0..<min(row.count, Self.distance) { prefetch(weights, feature: row.columns[p]) }
    }
    var entry = 0
    while entry + 8 <= entries {
      forward(row, SparseLaneEight.self, bias, sample, entry)
      entry += 8
    }
    if entry + 4 <= entries {
      forward(row, SparseLaneFour.self, bias, sample, entry)
      entry += 4
    }
    if entry + 2 <= entries {
      forward(row, SparseLaneTwo.self, bias, sample, entry)
      entry += 2
    }
    if entry < entries { forward(row, SparseLaneSingle.self, bias, sample, entry) }
  }

  @inline(__always)
  private func forward<Span: SparseLaneSpan>(_ row: SparseRow, _: Span.Type, _ bias: Int, _ sample: Int, _ entry: Int) {
    let w = UnsafePointer(weights + entry)
    var sum = Span(loading: w + bias * entries)
    if prefetches, entry == 0 {
      for p in 0..<row.count {
        if p + Self.distance < row.count { prefetch(weights, feature: row.columns[p + Self.distance]) }
        sum.add(lane_splat(row.values[p]), times: w + Int(row.columns[p]) * entries)
      }
    } else {
      for p in 0..<row.count { sum.add(lane_splat(row.values[p]), times: w + Int(row.columns[p]) * entries) }
    }
    sum.store(to: logits + sample * entries + entry)
  }

  /// Takes the gradients of all listed features, one after the other.
  @inline(__always)
  func updateAll<Rule: SparseLaneRule>(_ batch: SparseLaneBatch, _ rule: Rule) {
    for record in 0..<batch.recordCount { update(batch, record: record, rule) }
  }

  /// Takes the gradient of a listed feature, and moves its weights.
  @inline(__always)
  func update<Rule: SparseLaneRule>(_ batch: SparseLaneBatch, record index: Int, _ rule: Rule) {
    let record = batch.records[index]
    if prefetches, index + Self.distance < batch.recordCount {
      let feature = batch.records[index + Self.distance].feature
      prefetch(weights, feature: feature)
      if Rule.stateCount > 0 { prefetch(first, feature: feature) }
      if Rule.stateCount > 1 { prefetch(second, feature: feature) }
    }
    let occurrences = UnsafePointer(batch.occurrences + Int(record.start))
    let row = Int(record.feature) * entries
    let count = Int(record.count)
    var entry = 0
    while entry + 8 <= entries {
      update(occurrences, count, SparseLaneEight.self, rule, row, entry)
      entry += 8
    }
    if entry + 4 <= entries {
      update(occurrences, count, SparseLaneFour.self, rule, row, entry)
      entry += 4
    }
    if entry + 2 <= entries {
      update(occurrences, count, SparseLaneTwo.self, rule, row, entry)
      entry += 2
    }
    if entry < entries { update(occurrences, count, SparseLaneSingle.self, rule, row, entry) }
    if (index + 1) % SparseLaneNorms.featuresPerBlock == 0 { norms.closeBlock() }
  }

  @inline(__always)
  private func update<Rule: SparseLaneRule, Span: SparseLaneSpan>(
    _ occurrences: UnsafePointer<SparseLaneOccurrence>, _ count: Int, _: Span.Type, _ rule: Rule, _ row: Int, _ entry: Int
  ) {
    var gradient = Span(zero: ())
    let r = UnsafePointer(logits + entry)
    for k in 0..<count {
      let occurrence = occurrences[k]
      gradient.add(lane_splat(occurrence.value), times: r + Int(occurrence.sample) * entries)
    }
    gradient.update(rule, row: row, entry: entry, norms)
  }
}
