import Foundation

extension [UInt8] {
  /// Appends `value` as C's `%.17g` writes it: 17 significant digits, which parse back to the same Double.
  ///
  /// Values from 0.0001 up to 10 use exact 128-bit integers (52 + 67 bits), rounded half to even; all others use the C
  /// library.
  mutating func append17Digits(_ value: Double) {
    guard value >= 1e-4, value < 10 else { return append(contentsOf: String(format: "%.17g", value).utf8) }
    // value = significand x 2^-shift; decimals: the decimal places up to the 17th significant digit.
    let significand = UInt128(value.significandBitPattern | 1 << 52)
    let shift = UInt128(52 - Int(value.exponent))
    var decimals = 16
    var power: UInt128 = 10_000_000_000_000_000
    for bound in [1, 0.1, 0.01, 0.001] where value < bound {
      decimals += 1
      power *= 10
    }
    let product = significand * power
    var digits = UInt64(product >> shift)
    let rest = product & ((1 << shift) - 1)
    let half: UInt128 = 1 << (shift - 1)
    if rest > half || (rest == half && digits & 1 == 1) { digits += 1 }
    while digits % 10 == 0, decimals > 0 {
      digits /= 10
      decimals -= 1
    }
    // Digits from last to first, `decimals` of them after the point.
    var places = decimals == 0 ? 1 : decimals + 2
    let start = count
    append(contentsOf: repeatElement(UInt8(ascii: "."), count: places))
    while places > 0 {
      places -= 1
      if decimals > 0, start + places == count - 1 - decimals { continue }
      self[start + places] = UInt8(ascii: "0") + UInt8(digits % 10)
      digits /= 10
    }
  }
}
