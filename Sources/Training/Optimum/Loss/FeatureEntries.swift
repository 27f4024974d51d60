import Sparse

/// The entries of a sparse matrix by feature, with ascending rows (CSC).
final class FeatureEntries {
  /// d + 1 ascending offsets into the arrays below.
  let offsets: [Int]
  let rows: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  /// Each entry's position in the matrix's own order.
  let positions: UnsafeMutablePointer<UInt32>
  /// Ranges of features with similar numbers of entries.
  let slices: [Range<Int>]

  /// - Precondition: fewer than 2^32 entries.
  /// - Complexity: O(nonzeros + d).
  init(_ matrix: SparseMatrix) {
    let count = matrix.nonzeroCount
    precondition(count < Int(UInt32.max))
    rows = .allocate(capacity: max(1, count))
    values = .allocate(capacity: max(1, count))
    positions = .allocate(capacity: max(1, count))
    var offsets = [Int](repeating: 0, count: matrix.columnCount + 1)
    for column in matrix.columns { offsets[Int(column) + 1] += 1 }
    for feature in 0..<matrix.columnCount { offsets[feature + 1] += offsets[feature] }
    var next = offsets
    for row in 0..<matrix.rowCount {
      for k in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        let feature = Int(matrix.columns[k])
        rows[next[feature]] = Int32(row)
        values[next[feature]] = matrix.values[k]
        positions[next[feature]] = UInt32(k)
        next[feature] += 1
      }
    }
    self.offsets = offsets
    var slices: [Range<Int>] = []
    var first = 0
    for feature in 0..<matrix.columnCount
    where (offsets[feature + 1] - offsets[first]) * 64 >= count || feature + 1 == matrix.columnCount {
      slices.append(first..<feature + 1)
      first = feature + 1
    }
    self.slices = slices
  }

  deinit {
    rows.deallocate()
    values.deallocate()
    positions.deallocate()
  }
}
