import SIMDShims

/// The Hessian of the mean cross-entropy over the weights of all classes but the last, which stays where it is: adding
/// the same weights to every class changes nothing, so nothing is lost.
///
/// Entry ((a, c), (b, d)) is the mean over the rows of x_a x_b p_c ([c = d] - p_d). The products x_a x_b (a <= b) and
/// p_c p_d (c <= d) of a block of rows form two matrices, and their product holds every entry once.
struct OptimumHessian {
  let features: Int
  /// C - 1.
  let classes: Int
  var size: Int { features * classes }
  /// The lower triangle, row by row over the whole square; unknown (a, c) has the index c x features + a.
  private(set) var lower: [Double]

  private static let blockRows = 64

  /// Multiplications that one Hessian of a problem takes.
  static func cost(rows: Int, features: Int, classes: Int) -> Double {
    Double(rows) * Double(features * (features + 1) / 2) * Double(classes * (classes - 1) / 2)
  }

  /// - Complexity: O(n d^2 C^2).
  init(of loss: OptimumLoss, at weights: [Double], isCancelled: () -> Bool) throws {
    features = loss.features
    classes = loss.classes - 1
    let featurePairs = features * (features + 1) / 2
    let classPairs = classes * (classes + 1) / 2
    var accumulator = PairProducts(left: classPairs, right: featurePairs, rows: Self.blockRows)
    var cancelled = false
    let columns = classes
    let scratch = UnsafeMutablePointer<Double>.allocate(capacity: classes + 8)
    scratch.initialize(repeating: 0, count: classes + 8)
    defer { scratch.deallocate() }
    loss.forEachDenseRow(weights) { row, residuals in
      if cancelled { return }
      // A negative residual is the label's, p - 1.
      for c in 0..<columns { scratch[c] = residuals[c] < 0 ? 1 + residuals[c] : residuals[c] }
      accumulator.appendRow { left, right in
        Self.products(scratch, columns, left)
        var diagonal = 0
        for c in 0..<columns {
          let r = abs(residuals[c])
          left[diagonal] = -r * (1 - r)
          diagonal += columns - c
        }
        Self.products(row, loss.features, right)
      }
      if accumulator.isFull {
        accumulator.flush()
        cancelled = isCancelled()
      }
    }
    if cancelled { throw CancellationError() }
    accumulator.flush()
    lower = [Double](repeating: 0, count: features * classes * features * classes)
    scatter(accumulator, scale: -1 / Double(loss.rows))
  }

  /// All v_i v_j with i <= j, i outermost; writes up to seven entries beyond them.
  @inline(__always)
  private static func products(_ v: UnsafePointer<Double>, _ count: Int, _ result: UnsafeMutablePointer<Double>) {
    var out = result
    for i in 0..<count {
      let scale = double_splat(v[i])
      var j = i
      while j < count {
        double_store(out + (j - i), double_multiply(scale, double_load(v + j)))
        j += 8
      }
      out += count - i
    }
  }

  private mutating func scatter(_ sums: borrowing PairProducts, scale: Double) {
    var classPair = 0
    for c in 0..<classes {
      for d in c..<classes {
        var featurePair = 0
        for a in 0..<features {
          for b in a..<features {
            let value = sums[classPair, featurePair] * scale
            lower[(d * features + b) * size + c * features + a] = value
            lower[(d * features + a) * size + c * features + b] = value
            featurePair += 1
          }
        }
        classPair += 1
      }
    }
  }

  /// The Cholesky factor of H + mu; nil where that is not positive definite to working precision.
  ///
  /// - Complexity: O(size^3).
  func factored(mu: Double, isCancelled: () -> Bool) throws -> CholeskyFactor? {
    try CholeskyFactor(of: lower, size: size, mu: mu, isCancelled: isCancelled)
  }
}

/// Sums over rows of the products of `left` numbers with `right` numbers, gathered in blocks of rows.
private struct PairProducts: ~Copyable {
  let leftCount: Int
  let rightCount: Int
  /// Row strides, with room for stores beyond the end.
  private let leftStride: Int
  private let rightStride: Int
  private let capacity: Int
  private var rows = 0
  private let left: UnsafeMutablePointer<Double>
  private let right: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let sumStride: Int

  init(left leftCount: Int, right rightCount: Int, rows capacity: Int) {
    self.leftCount = leftCount
    self.rightCount = rightCount
    self.capacity = capacity
    leftStride = leftCount + 8
    sumStride = (rightCount + 7) & ~7
    rightStride = sumStride + 8
    left = .allocate(capacity: capacity * leftStride)
    right = .allocate(capacity: capacity * rightStride)
    sums = .allocate(capacity: leftCount * sumStride)
    left.initialize(repeating: 0, count: capacity * leftStride)
    right.initialize(repeating: 0, count: capacity * rightStride)
    sums.initialize(repeating: 0, count: leftCount * sumStride)
  }

  deinit {
    left.deallocate()
    right.deallocate()
    sums.deallocate()
  }

  var isFull: Bool { rows == capacity }

  subscript(l: Int, r: Int) -> Double { sums[l * sumStride + r] }

  @inline(__always)
  mutating func appendRow(_ fill: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void) {
    fill(left + rows * leftStride, right + rows * rightStride)
    rows += 1
  }

  /// Adds the block's products to the sums and empties it.
  mutating func flush() {
    for r in stride(from: 0, to: sumStride, by: 8) {
      var l = 0
      while l + 6 <= leftCount {
        flush6(l, r)
        l += 6
      }
      while l < leftCount {
        flush1(l, r)
        l += 1
      }
    }
    rows = 0
  }

  @inline(__always)
  private func flush6(_ l: Int, _ r: Int) {
    let s = sums + l * sumStride + r
    var a = double_load(s)
    var b = double_load(s + sumStride)
    var c = double_load(s + 2 * sumStride)
    var d = double_load(s + 3 * sumStride)
    var e = double_load(s + 4 * sumStride)
    var f = double_load(s + 5 * sumStride)
    var x = UnsafePointer(left + l)
    var y = UnsafePointer(right + r)
    for _ in 0..<rows {
      let v = double_load(y)
      a = double_fma(v, double_splat(x[0]), a)
      b = double_fma(v, double_splat(x[1]), b)
      c = double_fma(v, double_splat(x[2]), c)
      d = double_fma(v, double_splat(x[3]), d)
      e = double_fma(v, double_splat(x[4]), e)
      f = double_fma(v, double_splat(x[5]), f)
      x += leftStride
      y += rightStride
    }
    double_store(s, a)
    double_store(s + sumStride, b)
    double_store(s + 2 * sumStride, c)
    double_store(s + 3 * sumStride, d)
    double_store(s + 4 * sumStride, e)
    double_store(s + 5 * sumStride, f)
  }

  @inline(__always)
  private func flush1(_ l: Int, _ r: Int) {
    let s = sums + l * sumStride + r
    var a = double_load(s)
    for k in 0..<rows { a = double_fma(double_load(right + k * rightStride + r), double_splat(left[k * leftStride + l]), a) }
    double_store(s, a)
  }
}

/// L with L L^T = H + mu.
struct CholeskyFactor {
  private let size: Int
  private var rows: [Double]

  init?(of lower: [Double], size: Int, mu: Double, isCancelled: () -> Bool) throws {
    self.size = size
    rows = lower
    let isDefinite = try rows.withUnsafeMutableBufferPointer { buffer in
      let l = buffer.baseAddress!
      for i in 0..<size {
        if i % 64 == 0, isCancelled() { throw CancellationError() }
        let row = l + i * size
        for j in 0..<i { row[j] = (row[j] - DoubleVectors.dot(row, l + j * size, j)) * l[j * size + j] }
        let pivot = row[i] + mu - DoubleVectors.dot(row, row, i)
        if !(pivot > 0.1 * mu) { return false }
        // The reciprocal stands on the diagonal: one division a row.
        row[i] = 1 / pivot.squareRoot()
      }
      return true
    }
    if !isDefinite { return nil }
  }

  /// (H + mu)^-1 `b`.
  func solve(_ b: [Double]) -> [Double] {
    var x = b
    rows.withUnsafeBufferPointer { buffer in
      let l = buffer.baseAddress!
      for i in 0..<size {
        let row = l + i * size
        let sum = x.withUnsafeBufferPointer { DoubleVectors.dot(row, $0.baseAddress!, i) }
        x[i] = (x[i] - sum) * row[i]
      }
      for i in (0..<size).reversed() {
        let row = l + i * size
        let value = x[i] * row[i]
        x[i] = value
        for j in 0..<i { x[j] -= row[j] * value }
      }
    }
    return x
  }
}
