import SIMDShims
import Sparse

/// The rows of a file in the layout of the kernels: dense with a constant stride if enough entries are nonzero, else CSR.
struct KernelRows: Sendable {
  let data: LabelledSparseData
  /// Row-major with stride `stride`, padded with zero rows to a multiple of `SampleTile.rowMultiple`; empty if the rows stay
  /// sparse.
  let dense: [Float]
  let features: Int
  /// Floats per dense row, a multiple of 4.
  var stride: Int { Self.stride(features) }

  static func stride(_ features: Int) -> Int { (features + 3) & ~3 }

  /// Minimum density of dense rows; below it a sparse row is cheaper to score.
  static let densityOfDenseRows = 0.25
  /// Maximum number of values in a dense copy.
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
    let stride = Self.stride(features)
    let count = SampleTile.padded(data.rowCount) * stride
    dense = [Float](unsafeUninitializedCapacity: count) { target, filled in
      target.initialize(repeating: 0)
      for row in 0..<data.rowCount {
        for i in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          target[row * stride + Int(matrix.columns[i])] = matrix.values[i]
        }
      }
      filled = count
    }
  }

  var isDense: Bool { !dense.isEmpty }

  /// Calls `body` with pointers to the rows, valid only during the call.
  func withPointers<Result>(_ body: (RowPointers) throws -> Result) rethrows -> Result {
    try dense.withUnsafeBufferPointer { dense in
      try data.matrix.rowOffsets.withUnsafeBufferPointer { offsets in
        try data.matrix.columns.withUnsafeBufferPointer { columns in
          try data.matrix.values.withUnsafeBufferPointer { values in
            try data.classes.withUnsafeBufferPointer { classes in
              try body(
                RowPointers(
                  rowCount: data.rowCount, features: features, stride: stride, dense: isDense ? dense.baseAddress : nil,
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

/// Unchecked access to the rows of a file, for kernels.
struct RowPointers {
  let rowCount: Int
  let features: Int
  /// Floats per dense row, here and in copies.
  let stride: Int
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

  /// Writes a row as `stride` dense values.
  @inline(__always)
  func copy(_ row: Int, to target: UnsafeMutablePointer<Float>) {
    guard let dense else {
      target.update(repeating: 0, count: stride)
      for i in offsets[row]..<offsets[row + 1] { target[Int(columns[i])] = values[i] }
      return
    }
    // Rows are short, and a call to memmove would cost more than the copy.
    let source = UnsafeRawPointer(dense + row &* stride)
    let destination = UnsafeMutableRawPointer(target)
    var offset = 0
    while offset < stride &* 4 {
      destination.storeBytes(
        of: source.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self), toByteOffset: offset, as: SIMD4<Float>.self)
      offset &+= 16
    }
  }

  /// Prefetches the start of a row to be copied later.
  @inline(__always)
  func prefetch(_ row: Int) {
    guard let dense else { return }
    memory_prefetch(dense + row &* stride)
    if stride > 16 { memory_prefetch(dense + (row &* stride &+ 16)) }
  }
}

extension UnsafePointer {
  /// Address of an empty array; never dereferenced.
  fileprivate static var placeholder: Self { Self(bitPattern: MemoryLayout<Pointee>.alignment).unsafelyUnwrapped }
}

/// A sparse row of a matrix.
struct SparseRow {
  let columns: UnsafePointer<Int32>
  let values: UnsafePointer<Float>
  let count: Int
}
