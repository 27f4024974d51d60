/// A matrix in compressed sparse row (CSR) form: rows of (column, value) pairs with ascending columns.
///
/// Row `i` is the range `rowOffsets[i] ..< rowOffsets[i + 1]` of `columns` and `values`.
public struct SparseMatrix: Sendable, Equatable {
  /// `rowCount + 1` ascending offsets into `columns` and `values`; the first is 0.
  public let rowOffsets: [Int]
  /// Zero-based columns, strictly ascending within a row, all below `columnCount`.
  public let columns: [Int32]
  /// One finite value per entry of `columns`.
  public let values: [Float]
  public let columnCount: Int

  public var rowCount: Int { rowOffsets.count - 1 }
  public var nonzeroCount: Int { values.count }

  /// Takes arrays that are already in CSR form.
  ///
  /// - Precondition: the offsets start at 0, ascend, and end at the common length of `columns` and `values`.
  /// - Complexity: O(1). The order of offsets and columns is not checked.
  public init(rowOffsets: [Int], columns: [Int32], values: [Float], columnCount: Int) {
    precondition(rowOffsets.first == 0 && rowOffsets.last == values.count && columns.count == values.count)
    self.rowOffsets = rowOffsets
    self.columns = columns
    self.values = values
    self.columnCount = columnCount
  }
}
