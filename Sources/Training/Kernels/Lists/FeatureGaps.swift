import Sparse

/// For every nonzero of an epoch, the number of steps until its feature's next event.
///
/// Events are the batches in which a feature occurs; for a feature absent from an epoch (its rows were in the dropped batch), the
/// epoch's first step; and, for every feature, the first step after a checkpoint. So the next event is never later than the next
/// epoch, and at a checkpoint all weights are those of that step.
final class FeatureGaps {
  /// Per nonzero of the file; undefined for rows that the epoch drops.
  let gaps: UnsafeMutablePointer<Int32>
  private let memory = KernelMemory()
  /// By batch of the epoch, features that have an event there without an occurrence: at the first batch and after checkpoints.
  private(set) var absent: [Int: [ListedFeature]] = [:]
  /// The sample order of the current epoch.
  private(set) var indices: [Int32]

  private let group: LaneGroup
  private var order: SampleOrder { group.order }
  private let rows: RowPointers
  private let occurs: [Bool]
  private var nextIndices: [Int32]
  /// For each feature, its first step in the current and in the next epoch, or -1.
  private var first: [Int32]
  private var nextFirst: [Int32]
  private var seen: [Int32]

  init(rows: RowPointers, _ group: LaneGroup) {
    self.rows = rows
    self.group = group
    let nonzeros = rows.offsets[rows.rowCount]
    gaps = memory.array(repeating: 1, count: nonzeros)
    var occurs = [Bool](repeating: false, count: rows.features)
    for p in 0..<nonzeros { occurs[Int(rows.columns[p])] = true }
    self.occurs = occurs
    indices = [Int32](repeating: 0, count: group.order.rows)
    nextIndices = indices
    first = [Int32](repeating: -1, count: rows.features)
    nextFirst = first
    seen = first
    group.order.shuffle(epoch: 0, into: &nextIndices)
    findFirst(epoch: 0)
  }

  /// Moves on to `epoch`; epochs must be visited in order.
  ///
  /// - Complexity: O(nonzeros + features).
  func advance(to epoch: Int) {
    swap(&indices, &nextIndices)
    swap(&first, &nextFirst)
    for feature in nextFirst.indices { nextFirst[feature] = -1 }
    if epoch + 1 < group.settings.epochs {
      order.shuffle(epoch: epoch + 1, into: &nextIndices)
      findFirst(epoch: epoch + 1)
    }
    let start = Int32(epoch * order.stepsPerEpoch)
    let end = start + Int32(order.stepsPerEpoch)
    // A checkpoint in the next epoch may come before a feature's first occurrence there.
    let checkpoint = group.settings.checkpoints.first { $0 >= Int(end) }.map { Int32($0) } ?? .max
    for feature in seen.indices { seen[feature] = min(checkpoint, nextFirst[feature] < 0 ? end : nextFirst[feature]) }
    absent = [:]
    let gaps = gaps
    seen.withUnsafeMutableBufferPointer { seen in
      forEachBatchBackwards(indices, start) { batch, step in
        for row in batch {
          for p in rows.offsets[Int(row)]..<rows.offsets[Int(row) + 1] { gaps[p] = seen[Int(rows.columns[p])] - step }
        }
        for row in batch {
          for p in rows.offsets[Int(row)]..<rows.offsets[Int(row) + 1] { seen[Int(rows.columns[p])] = step }
        }
        let isCheckpoint = group.isCheckpoint(Int(step))
        guard isCheckpoint || step == start else { return }
        // Of the first step, features that are absent from the whole epoch, unless all have an event there.
        let absent = occurs.indices.filter { occurs[$0] && (isCheckpoint ? seen[$0] > step : first[$0] < 0) }
        self.absent[Int(step - start)] = absent.map {
          ListedFeature(feature: Int32($0), end: 0, count: 0, gap: seen[$0] - step)
        }
        if isCheckpoint { for feature in absent { seen[feature] = step } }
      }
    }
  }

  private func findFirst(epoch: Int) {
    nextFirst.withUnsafeMutableBufferPointer { first in
      forEachBatchBackwards(nextIndices, Int32(epoch * order.stepsPerEpoch)) { batch, step in
        for row in batch {
          for p in rows.offsets[Int(row)]..<rows.offsets[Int(row) + 1] { first[Int(rows.columns[p])] = step }
        }
      }
    }
  }

  private func forEachBatchBackwards(_ indices: [Int32], _ start: Int32, _ body: (ArraySlice<Int32>, Int32) -> Void) {
    for batch in (0..<order.stepsPerEpoch).reversed() {
      let first = batch * order.batchSize
      body(indices[first..<min(first + order.batchSize, order.rows)], start + Int32(batch))
    }
  }
}
