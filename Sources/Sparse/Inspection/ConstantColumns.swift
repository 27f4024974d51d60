/// The columns of a matrix that have the same value in all rows; missing entries count as zeros.
public struct ConstantColumns: Sendable, Hashable {
  public var count = 0
  /// The first of their indices, ascending.
  public var first: [Int] = []
}

extension SparseMatrix {
  /// Counts the constant columns, and lists at most `limit` of them.
  ///
  /// - Complexity: O(rows + nonzeros) time and O(nonzeros) memory; a file of two rows may have two billion columns.
  public func constantColumns(listing limit: Int) -> ConstantColumns {
    struct Seen {
      var first: Float
      var count = 0
      var varies = false
    }
    var seen = FeatureTable<Seen>(smallLimit: max(1 << 17, nonzeroCount))
    for (column, value) in zip(columns, values) {
      var entry = seen[Int(column)] ?? Seen(first: value)
      if entry.first != value { entry.varies = true }
      entry.count += 1
      seen[Int(column)] = entry
    }
    var constant = ConstantColumns()
    func note(_ columns: Range<Int>) {
      constant.count += columns.count
      constant.first.append(contentsOf: columns.prefix(limit - constant.first.count))
    }
    var next = 0
    for (column, entry) in seen.entries {
      note(next..<column)
      next = column + 1
      if !entry.varies && (entry.count == rowCount || entry.first == 0) { note(column..<next) }
    }
    note(next..<columnCount)
    return constant
  }
}
