import Sparse

/// The rows of a file in the form that kernels want: dense in a constant stride where enough of the entries are nonzero, CSR else.
struct KernelRows: Sendable {
  let data: LabelledSparseData
  /// Row-major, `features` wide, with rows of zeros at the end up to a multiple of `SampleTile.rowMultiple`; empty where rows stay
  /// sparse.
  let dense: [Float]
  let features: Int

  /// Rows are kept dense from this share of nonzeros on: below, a sparse row costs less to score than a dense one.
  static let densityOfDenseRows = 0.25
  /// A dense copy takes at most this many values.
  static let largestDenseCopy = 1 << 28

  init(_ data: LabelledSparseData) {
    self.data = data
    features = data.featureCount
    let entries = data.rowCount * features
    let isDense =
      Double(data.matrix.nonzeroCount) >= Self.densityOfDenseRows * Double(entries) && entries <= Self.largestDenseCopy
    guard isDense else {
      dense = []
      return
    }
    let matrix = data.matrix
    let features = self.features
    let count = SampleTile.padded(data.rowCount) * features
    dense = [Float](unsafeUninitializedCapacity: count) { target, filled in
      target.initialize(repeating: 0)
      for row in 0..<data.rowCount {
        for i in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          target[row * features + Int(matrix.columns[i])] = matrix.values[i]
        }
      }
      filled = count
    }
  }

  var isDense: Bool { !dense.isEmpty }

  /// Calls `body` with pointers to the rows, which hold as long as the call lasts.
  func withPointers<Result>(_ body: (RowPointers) throws -> Result) rethrows -> Result {
    try dense.withUnsafeBufferPointer { dense in
      try data.matrix.rowOffsets.withUnsafeBufferPointer { offsets in
        try data.matrix.columns.withUnsafeBufferPointer { columns in
          try data.matrix.values.withUnsafeBufferPointer { values in
            try data.classes.withUnsafeBufferPointer { classes in
              try body(
                RowPointers(
                  rowCount: data.rowCount, features: features, dense: isDense ? dense.baseAddress : nil,
                  offsets: offsets.baseAddress.unsafelyUnwrapped, columns: columns.baseAddress ?? .placeholder,
                  values: values.baseAddress ?? .placeholder,
                  classes: classes.baseAddress.unsafelyUnwrapped))
            }
          }
        }
      }
    }
  }
}

/// Unchecked access to the rows of a file, for the kernels.
struct RowPointers {
  let rowCount: Int
  let features: Int
  /// Row-major, or nil.
  let dense: UnsafePointer<Float>?
  let offsets: UnsafePointer<Int>
  let columns: UnsafePointer<Int32>
  let values: UnsafePointer<Float>
  let classes: UnsafePointer<Int32>

  @inline(__always)
  func sparse(_ row: Int) -> SparseRow {
    let start = offsets[row]
    return SparseRow(columns: columns + start, values: values + start, count: offsets[row + 1] - start)
  }

  /// Writes a row as dense values.
  @inline(__always)
  func copy(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    if let dense {
      target.update(from: dense + row * features, count: features)
      return
    }
    target.update(repeating: 0, count: features)
    for i in offsets[row]..<offsets[row + 1] { target[Int(columns[i])] = values[i] }
  }
}

extension UnsafePointer {
  /// Stands for the address of an empty array; never read.
  fileprivate static var placeholder: Self { Self(bitPattern: MemoryLayout<Pointee>.alignment).unsafelyUnwrapped }
}
