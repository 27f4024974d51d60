import SIMDShims

/// Plain vector arithmetic for the optimum solver; sums in a fixed order.
enum DoubleVectors {
  static func dot(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count)
    return a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a.baseAddress!, b.baseAddress!, a.count) } }
  }

  /// a <- a + scale x b.
  static func add(_ scale: Double, _ b: [Double], to a: inout [Double]) {
    precondition(a.count == b.count)
    let count = a.count
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeBufferPointer { b in add(scale, b.baseAddress!, to: a.baseAddress!, count: count) }
    }
  }

  @inline(__always)
  static func add(_ scale: Double, _ b: UnsafePointer<Double>, to a: UnsafeMutablePointer<Double>, count: Int) {
    let whole = count & ~7
    for k in stride(from: 0, to: whole, by: 8) {
      double_store(a + k, double_fma(double_splat(scale), double_load(b + k), double_load(a + k)))
    }
    for k in whole..<count { a[k] += scale * b[k] }
  }

  @inline(__always)
  static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var s0 = double_splat(0)
    var s1 = s0
    var s2 = s0
    var s3 = s0
    var k = 0
    while k + 32 <= count {
      s0 = double_fma(double_load(a + k), double_load(b + k), s0)
      s1 = double_fma(double_load(a + k + 8), double_load(b + k + 8), s1)
      s2 = double_fma(double_load(a + k + 16), double_load(b + k + 16), s2)
      s3 = double_fma(double_load(a + k + 24), double_load(b + k + 24), s3)
      k += 32
    }
    while k + 8 <= count {
      s0 = double_fma(double_load(a + k), double_load(b + k), s0)
      k += 8
    }
    var sum = double_sum(double_add(double_add(s0, s1), double_add(s2, s3)))
    while k < count {
      sum += a[k] * b[k]
      k += 1
    }
    return sum
  }
}
