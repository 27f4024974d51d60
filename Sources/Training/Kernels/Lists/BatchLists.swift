import SIMDShims
import Sparse

/// A feature of a batch: its range in the list of occurrences, and the number of steps that its update covers.
struct ListedFeature: BitwiseCopyable {
  var feature: Int32
  /// End in the occurrences of the batch; the first one is at `end - count`.
  var end: Int32
  var count: Int32
  /// Steps from this one to the feature's next event, at least 1.
  var gap: Int32
}

/// One nonzero of a batch: the offset of its sample's logits, in vectors, and its value.
struct Occurrence: BitwiseCopyable {
  var logits: Int32
  var value: Float
}

/// One mini-batch in the layout of the kernels: by rows for the forward pass, by features for the gradient. Points into
/// `BatchLists`.
struct ListedBatch: BitwiseCopyable {
  var samples: Int
  /// The nonzeros of consecutive rows; those of sample i end at `rowEnds[i]`, counted from the batch's first.
  var columns: UnsafePointer<Int32>
  var values: UnsafePointer<Float>
  var rowEnds: UnsafePointer<Int32>
  var labels: UnsafePointer<Int32>
  var nonzeros: Int
  /// Features in order of first occurrence; those that first occur in sample i end at `featureEnds[i]`. Features without an
  /// occurrence may follow those of all rows.
  var features: UnsafePointer<ListedFeature>
  var featureEnds: UnsafePointer<Int32>
  var featureCount: Int
  var occurrences: UnsafePointer<Occurrence>

  @inline(__always)
  func row(_ sample: Int) -> SparseRow {
    let start = sample == 0 ? 0 : Int(rowEnds[sample &- 1])
    return SparseRow(columns: columns + start, values: values + start, count: Int(rowEnds[sample]) &- start)
  }
}

/// The mini-batches of a segment of an epoch, listed once for all groups of lanes.
final class BatchLists {
  private(set) var batches: [ListedBatch] = []

  private let memory = KernelMemory()
  private let rows: RowPointers
  private let order: SampleOrder
  private let storedClasses: Int
  private let columns: UnsafeMutablePointer<Int32>
  private let values: UnsafeMutablePointer<Float>
  private let rowEnds: UnsafeMutablePointer<Int32>
  private let recordEnds: UnsafeMutablePointer<Int32>
  private let labels: UnsafeMutablePointer<Int32>
  private let records: UnsafeMutablePointer<ListedFeature>
  private let occurrences: UnsafeMutablePointer<Occurrence>
  /// For each nonzero of a batch, the record of its feature.
  private let recordOfNonzero: UnsafeMutablePointer<Int32>
  /// For each feature, its record in the batch being listed, or -1.
  private let recordOfFeature: UnsafeMutablePointer<Int32>
  private let largestBatch: Int
  /// Maximum number of samples in a segment.
  private let sampleCapacity: Int
  /// Maximum number of nonzeros in a segment.
  private let capacity: Int

  /// A segment ends at this many nonzeros: enough work per switch of group, few enough to stay in the cache.
  private static let nonzerosOfStretch = 1 << 15

  init(rows: RowPointers, order: SampleOrder, storedClasses: Int) {
    self.rows = rows
    self.order = order
    self.storedClasses = storedClasses
    let counts = (0..<rows.rowCount).map { rows.offsets[$0 + 1] - rows.offsets[$0] }
    largestBatch = counts.sorted(by: >).prefix(order.batchSize).reduce(0, +)
    capacity = min(rows.offsets[rows.rowCount], Self.nonzerosOfStretch) + largestBatch
    // Empty rows count too, so the number of nonzeros does not bound that of samples.
    sampleCapacity = min(order.rows, Self.nonzerosOfStretch + order.batchSize)
    columns = memory.array(repeating: 0, count: capacity)
    values = memory.array(repeating: 0, count: capacity)
    rowEnds = memory.array(repeating: 0, count: sampleCapacity)
    recordEnds = memory.array(repeating: 0, count: sampleCapacity)
    labels = memory.array(repeating: 0, count: sampleCapacity)
    // Absent features with an event are listed in the first batch of a segment, each at most once. The extra record is written before it is
    // known to be needed.
    records = memory.array(
      repeating: ListedFeature(feature: 0, end: 0, count: 0, gap: 1), count: capacity + rows.features + 1)
    occurrences = memory.array(repeating: Occurrence(logits: 0, value: 0), count: capacity)
    recordOfNonzero = memory.array(repeating: 0, count: largestBatch)
    recordOfFeature = memory.array(repeating: -1, count: rows.features)
  }

  /// Lists the first of the given batches of an epoch; at least one.
  ///
  /// - Parameters:
  ///   - indices: the epoch's sample order.
  ///   - batches: not empty; absent features have events in the first of them only.
  ///   - gaps: nil if gaps are not needed.
  /// - Complexity: O(nonzeros of the rows).
  func fill(_ indices: UnsafePointer<Int32>, _ batches: Range<Int>, gaps: FeatureGaps?) {
    // A local variable avoids exclusivity checks on the property for every batch.
    var listed: [ListedBatch] = []
    swap(&listed, &self.batches)
    defer { swap(&listed, &self.batches) }
    listed.removeAll(keepingCapacity: true)
    let gapsOfNonzeros = gaps.map { UnsafePointer($0.gaps) }
    var filled = Filled()
    var index = batches.lowerBound
    while index < batches.upperBound, filled.samples + order.batchSize <= sampleCapacity || index == batches.lowerBound,
      filled.nonzeros + largestBatch <= capacity
    {
      let start = index * order.batchSize
      let count = min(order.batchSize, order.rows - start)
      var batch = list(
        indices + start, count: count, following: order.rows - start - count, gaps: gapsOfNonzeros, &filled)
      if index == batches.lowerBound, let absent = gaps?.absent[index] {
        for record in absent {
          records[filled.records] = record
          filled.records += 1
        }
        batch.featureCount += absent.count
      }
      listed.append(batch)
      index += 1
    }
  }

  private struct Filled {
    var nonzeros = 0
    var samples = 0
    var records = 0
  }

  /// Lists the rows `indices[0 ..< count]`; `following` more indices after them are readable.
  private func list(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, gaps: UnsafePointer<Int32>?, _ filled: inout Filled
  ) -> ListedBatch {
    let columns = columns + filled.nonzeros
    let values = values + filled.nonzeros
    let occurrences = occurrences + filled.nonzeros
    let records = records + filled.records
    let recordOfNonzero = recordOfNonzero
    let recordOfFeature = recordOfFeature
    let rowEnds = rowEnds + filled.samples
    let recordEnds = recordEnds + filled.samples
    let labels = labels + filled.samples

    var nonzeros = 0
    var next = 0
    records[0].count = 0
    for i in 0..<count {
      if i + 8 < count + following { memory_prefetch(rows.offsets + Int(indices[i + 8])) }
      if i + 3 < count + following { prefetch(Int(indices[i + 3]), gaps) }
      let row = Int(indices[i])
      let source = rows.sparse(row)
      let gapsOfRow = gaps.map { $0 + rows.offsets[row] }
      for p in 0..<source.count {
        let feature = source.columns[p]
        let known = recordOfFeature[Int(feature)]
        // Branch-free: whether a feature is new is unpredictable.
        let record = Int(known < 0 ? Int32(truncatingIfNeeded: next) : known)
        next &+= known < 0 ? 1 : 0
        records[next].count = 0
        recordOfFeature[Int(feature)] = Int32(truncatingIfNeeded: record)
        records[record].feature = feature
        records[record].count &+= 1
        if let gapsOfRow { records[record].gap = gapsOfRow[p] }
        recordOfNonzero[nonzeros] = Int32(truncatingIfNeeded: record)
        columns[nonzeros] = feature
        values[nonzeros] = source.values[p]
        nonzeros &+= 1
      }
      rowEnds[i] = Int32(truncatingIfNeeded: nonzeros)
      recordEnds[i] = Int32(truncatingIfNeeded: next)
      labels[i] = rows.classes[row]
    }
    var end: Int32 = 0
    for record in 0..<next {
      recordOfFeature[Int(records[record].feature)] = -1
      records[record].end = end
      end &+= records[record].count
    }
    var p = 0
    for i in 0..<count {
      let logits = Int32(truncatingIfNeeded: i &* storedClasses)
      while p < Int(rowEnds[i]) {
        let record = Int(recordOfNonzero[p])
        let place = records[record].end
        records[record].end = place &+ 1
        occurrences[Int(place)] = Occurrence(logits: logits, value: values[p])
        p &+= 1
      }
    }
    filled.nonzeros += nonzeros
    filled.samples += count
    filled.records += next
    return ListedBatch(
      samples: count, columns: columns, values: values, rowEnds: rowEnds, labels: labels, nonzeros: nonzeros,
      features: records, featureEnds: recordEnds, featureCount: next, occurrences: occurrences)
  }

  /// Prefetches a row; of a long row, the first 256 nonzeros.
  @inline(__always)
  private func prefetch(_ row: Int, _ gaps: UnsafePointer<Int32>?) {
    let start = rows.offsets[row]
    let end = min(rows.offsets[row + 1], start + 256)
    var p = start
    while p < end {
      memory_prefetch(rows.columns + p)
      memory_prefetch(rows.values + p)
      if let gaps { memory_prefetch(gaps + p) }
      p &+= 16
    }
    memory_prefetch(rows.classes + row)
  }
}
