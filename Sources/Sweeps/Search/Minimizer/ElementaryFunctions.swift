/// Logarithm and exponential made of IEEE arithmetic alone: the same bits on every machine, which no C library promises.
enum ElementaryFunctions {
  private static let ln2 = 0.693_147_180_559_945_31
  /// The leading bits of ln 2: multiples by whole numbers up to 2^11 are exact.
  private static let ln2High = 0.693_147_180_369_123_8
  private static let ln2Low = 1.908_214_929_270_587_7e-10

  /// The natural logarithm, by the series of 2 artanh z, z = (m - 1)/(m + 1), m from sqrt(1/2) to sqrt(2).
  ///
  /// - Precondition: `x` is positive, normal and finite. Within 2e-16 + 2e-16 |ln x| of the exact value.
  static func log(_ x: Double) -> Double {
    var exponent = Int(x.exponent)
    var m = x.significand
    if m > 1.414_213_562_373_095_1 { (m, exponent) = (m / 2, exponent + 1) }
    let z = (m - 1) / (m + 1)
    var sum = 0.0
    for k in stride(from: 23, through: 1, by: -2) { sum = sum * z * z + 1 / Double(k) }
    return Double(exponent) * ln2High + (Double(exponent) * ln2Low + 2 * z * sum)
  }

  /// e^x, by the Taylor series for |r| <= ln(2)/2. Relative error at most 3e-16 where the result is normal.
  static func exp(_ x: Double) -> Double {
    guard x > -745 else { return x.isNaN ? x : 0 }
    guard x < 709.7 else { return .infinity }
    let k = (x / ln2).rounded()
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0
    for n in stride(from: 14, through: 1, by: -1) { sum = 1 + sum * r / Double(n) }
    return Double(sign: .plus, exponent: Int(k), significand: sum)
  }

  /// Exact for whole numbers.
  static func exp2(_ x: Double) -> Double {
    guard abs(x) < 1_000 else { return exp(x * ln2) }
    let whole = x.rounded()
    return Double(sign: .plus, exponent: Int(whole), significand: exp((x - whole) * ln2))
  }

  static func log2(_ x: Double) -> Double { log(x) / ln2 }
}
