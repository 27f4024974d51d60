import SIMDShims

/// Sums over rows of the products of `left` numbers with `right` numbers, accumulated in blocks of rows.
struct PairProducts: ~Copyable {
  let leftCount: Int
  let rightCount: Int
  /// Row strides, with room for stores past the end.
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

  /// Adds the block's products to the sums and clears it.
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
