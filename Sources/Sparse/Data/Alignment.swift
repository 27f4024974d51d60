extension LabelledSparseData {
  /// The same rows with every column index increased by `offset` (0 or 1).
  ///
  /// - Complexity: O(nonzeros), or O(1) for an offset of 0.
  func shifted(by offset: Int) -> LabelledSparseData {
    guard offset != 0 else { return self }
    let shifted = SparseMatrix(
      rowOffsets: matrix.rowOffsets, columns: matrix.columns.map { $0 + Int32(offset) }, values: matrix.values,
      columnCount: matrix.columnCount + offset)
    return LabelledSparseData(matrix: shifted, classes: classes, classLabels: classLabels)
  }

  /// The same rows with the feature count and class labels of `training`: features beyond its last one are dropped, and rows
  /// whose label it lacks get class -1.
  ///
  /// - Complexity: O(rows + nonzeros).
  public func aligned(to training: LabelledSparseData) -> LabelledSparseData {
    let known = Dictionary(uniqueKeysWithValues: zip(training.classLabels, Int32(0)...))
    let newClass = classLabels.map { known[$0] ?? -1 }
    return LabelledSparseData(
      matrix: matrix.withColumnCount(training.featureCount),
      classes: classes.map { $0 < 0 ? -1 : newClass[Int($0)] },
      classLabels: training.classLabels)
  }
}

extension SparseMatrix {
  /// The same rows with `columnCount` columns: extra columns are dropped, missing ones are added empty.
  ///
  /// - Complexity: O(rows + nonzeros) if columns are dropped, else O(1).
  func withColumnCount(_ columnCount: Int) -> SparseMatrix {
    if self.columnCount <= columnCount {
      return SparseMatrix(rowOffsets: rowOffsets, columns: columns, values: values, columnCount: columnCount)
    }
    var keptOffsets = [0]
    var keptColumns: [Int32] = []
    var keptValues: [Float] = []
    keptOffsets.reserveCapacity(rowOffsets.count)
    for row in 0..<rowCount {
      for position in rowOffsets[row]..<rowOffsets[row + 1] where columns[position] < columnCount {
        keptColumns.append(columns[position])
        keptValues.append(values[position])
      }
      keptOffsets.append(keptValues.count)
    }
    return SparseMatrix(rowOffsets: keptOffsets, columns: keptColumns, values: keptValues, columnCount: columnCount)
  }
}
