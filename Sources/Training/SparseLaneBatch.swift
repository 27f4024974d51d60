import Sparse

/// A feature of a batch: where its nonzeros stand in the list of occurrences, and how many steps its update covers.
struct SparseLaneRecord {
  var feature: Int32
  var start: Int32
  var count: Int32
  /// Steps from this one to the feature's next, at least 1.
  var gap: Int32
}

/// One nonzero of a batch: which sample, and its value.
struct SparseLaneOccurrence {
  var sample: Int32
  var value: Float
}

/// The nonzeros of a mini-batch by feature, bias included.
final class SparseLaneBatch {
  let records: UnsafeMutablePointer<SparseLaneRecord>
  let occurrences: UnsafeMutablePointer<SparseLaneOccurrence>
  private(set) var recordCount = 0
  private(set) var nonzeros = 0
  /// Of each feature its record in this batch, or -1.
  private let slots: UnsafeMutablePointer<Int32>
  private let cursors: UnsafeMutablePointer<Int32>
  private let features: Int
  /// Whether every feature has a record in every batch.
  private let listsAll: Bool

  /// - Parameter largest: the most nonzeros that a batch can have, bias not counted.
  init(features: Int, largest: Int, batchSize: Int, listsAll: Bool) {
    self.features = features
    self.listsAll = listsAll
    // One beyond the last is written before it is known to be needed.
    records = .allocate(capacity: features + 2)
    records.initialize(repeating: SparseLaneRecord(feature: 0, start: 0, count: 0, gap: 1), count: features + 2)
    occurrences = .allocate(capacity: largest + batchSize)
    slots = .allocate(capacity: features)
    cursors = .allocate(capacity: features + 2)
    for feature in 0..<features { slots[feature] = listsAll ? Int32(feature) : -1 }
    if listsAll { for feature in 0..<features { records[feature].feature = Int32(feature) } }
  }

  deinit {
    records.deallocate()
    occurrences.deallocate()
    slots.deallocate()
    cursors.deallocate()
  }

  /// Lists the rows `indices[0 ..< count]`.
  ///
  /// - Parameters:
  ///   - gaps: of each nonzero of the file the steps to its feature's next batch; nil where nobody asks.
  ///   - absent: features that want a record though they do not occur.
  /// - Complexity: O(nonzeros of the rows), and O(features) where all are listed.
  @inline(__always)
  func fill(
    _ rows: RowPointers, _ indices: UnsafePointer<Int32>, count: Int, gaps: UnsafePointer<Int32>?,
    absent: UnsafeBufferPointer<SparseLaneRecord>
  ) {
    clear()
    let (records, occurrences, slots, cursors) = (records, occurrences, slots, cursors)
    var next = listsAll ? features : 0
    for i in 0..<count {
      let row = Int(indices[i])
      for p in rows.offsets[row]..<rows.offsets[row + 1] {
        let feature = Int(rows.columns[p])
        let known = Int(slots[feature])
        // Without a branch: whether a feature is new is a coin's throw.
        let slot = known < 0 ? next : known
        next += known < 0 ? 1 : 0
        slots[feature] = Int32(truncatingIfNeeded: slot)
        records[slot].feature = Int32(truncatingIfNeeded: feature)
        records[slot].count &+= 1
        if let gaps { records[slot].gap = gaps[p] }
      }
    }
    for record in absent {
      records[next] = record
      slots[Int(record.feature)] = Int32(truncatingIfNeeded: next)
      next += 1
    }
    var start: Int32 = 0
    for slot in 0..<next {
      records[slot].start = start
      cursors[slot] = start
      start &+= records[slot].count
    }
    for i in 0..<count {
      let row = Int(indices[i])
      for p in rows.offsets[row]..<rows.offsets[row + 1] {
        let slot = Int(slots[Int(rows.columns[p])])
        let cursor = cursors[slot]
        cursors[slot] = cursor &+ 1
        occurrences[Int(cursor)] = SparseLaneOccurrence(sample: Int32(truncatingIfNeeded: i), value: rows.values[p])
      }
    }
    nonzeros = Int(start)
    for i in 0..<count {
      occurrences[nonzeros + i] = SparseLaneOccurrence(sample: Int32(truncatingIfNeeded: i), value: 1)
    }
    records[next] = SparseLaneRecord(
      feature: Int32(truncatingIfNeeded: features), start: start, count: Int32(truncatingIfNeeded: count), gap: 1)
    recordCount = next + 1
  }

  @inline(__always)
  private func clear() {
    if listsAll {
      for slot in 0...features { records[slot].count = 0 }
    } else {
      let count = recordCount
      for slot in 0..<count {
        if slot + 1 < count { slots[Int(records[slot].feature)] = -1 }
        records[slot].count = 0
      }
    }
  }
}
