/// L with L L^T = H + mu.
struct CholeskyFactor {
  private let size: Int
  private var rows: [Double]

  /// Columns per block; the rows below a block are divided among threads.
  private static let blockColumns = 32

  /// - Parameter lower: H's lower triangle, row by row in a full square.
  /// - Returns: nil if H + mu is not positive definite to working precision.
  /// - Throws: as `BoundedWork.count`.
  /// - Complexity: O(size^3).
  init?(of lower: [Double], size: Int, mu: Double, work: BoundedWork) throws {
    self.size = size
    rows = lower
    let isDefinite = try rows.withUnsafeMutableBufferPointer { buffer in
      guard let l = buffer.baseAddress else { return true }
      for first in stride(from: 0, to: size, by: Self.blockColumns) {
        let last = min(first + Self.blockColumns, size)
        for i in first..<last {
          let row = l + i * size
          Self.eliminate(row, columns: first..<i, l, size)
          let pivot = row[i] + mu - DoubleVectors.dot(row, row, i)
          if !(pivot > 0.1 * mu) { return false }
          // The diagonal holds reciprocals: one division per row.
          row[i] = 1 / pivot.squareRoot()
        }
        let operations = Double(size - first) * Double(last - first) * Double((first + last) / 2)
        try work.split(size - last, operations: operations) { below in
          for i in below { Self.eliminate(l + (last + i) * size, columns: first..<last, l, size) }
        }
      }
      return true
    }
    if !isDefinite { return nil }
  }

  @inline(__always)
  private static func eliminate(
    _ row: UnsafeMutablePointer<Double>, columns: Range<Int>, _ l: UnsafeMutablePointer<Double>, _ size: Int
  ) {
    for j in columns { row[j] = (row[j] - DoubleVectors.dot(row, l + j * size, j)) * l[j * size + j] }
  }

  /// (H + mu)^-1 `b`.
  func solve(_ b: [Double]) -> [Double] {
    var x = b
    rows.withUnsafeBufferPointer { rows in
      x.withUnsafeMutableBufferPointer { x in
        guard let l = rows.baseAddress, let x = x.baseAddress else { return }
        for i in 0..<size { x[i] = (x[i] - DoubleVectors.dot(l + i * size, x, i)) * l[i * size + i] }
        for i in (0..<size).reversed() {
          let row = l + i * size
          x[i] *= row[i]
          for j in 0..<i { x[j] -= row[j] * x[i] }
        }
      }
    }
    return x
  }
}
