/// A decimal number, scanned but not yet rounded: +-`significand` x 10^`exponent`.
///
/// The notation is that of `strtof` without hexadecimal numbers, infinities and NaNs: an optional sign, digits with at most one
/// decimal point, and an optional exponent.
struct DecimalNumber {
  /// The first 19 significant digits.
  let significand: UInt64
  let exponent: Int
  let isNegative: Bool
  /// False if nonzero digits after the first 19 were left out of `significand`.
  let isComplete: Bool
  /// The scanned bytes; the memory belongs to the caller.
  let text: UnsafeBufferPointer<UInt8>

  /// Scans the longest number that starts at the first byte; nil if there is none.
  ///
  /// - Complexity: O(length of the number).
  init?(prefixOf bytes: UnsafeBufferPointer<UInt8>) {
    var position = 0
    func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    let sign = byte(0)
    if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position = 1 }

    var significand: UInt64 = 0
    var exponent = 0
    var significantDigits = 0
    var isComplete = true
    var digits = 0
    var afterPoint = false
    while true {
      let character = byte(position)
      let digit = character &- UInt8(ascii: "0")
      if digit < 10 {
        digits += 1
        if significantDigits < 19 {
          significand = significand &* 10 &+ UInt64(digit)
          if significand != 0 { significantDigits += 1 }
          if afterPoint { exponent -= 1 }
        } else {
          if digit != 0 { isComplete = false }
          if !afterPoint { exponent += 1 }
        }
      } else if character == UInt8(ascii: "."), !afterPoint {
        afterPoint = true
      } else {
        break
      }
      position += 1
    }
    guard digits > 0 else { return nil }

    if byte(position) | 0x20 == UInt8(ascii: "e") {
      var next = position + 1
      let exponentSign = byte(next)
      if exponentSign == UInt8(ascii: "-") || exponentSign == UInt8(ascii: "+") { next += 1 }
      if byte(next) &- UInt8(ascii: "0") < 10 {
        var written = 0
        while byte(next) &- UInt8(ascii: "0") < 10 {
          written = min(written * 10 + Int(byte(next) &- UInt8(ascii: "0")), 1 << 40)
          next += 1
        }
        exponent += exponentSign == UInt8(ascii: "-") ? -written : written
        position = next
      }
    }
    self.significand = significand
    self.exponent = exponent
    self.isNegative = sign == UInt8(ascii: "-")
    self.isComplete = isComplete
    self.text = UnsafeBufferPointer(rebasing: bytes[0..<position])
  }

  /// The nearest Float, ties to even, as `strtof` gives it; infinite if the number is out of range.
  var float: Float {
    if let double = exactlyRoundedDouble {
      // Double rounding is wrong only if the first rounding ended exactly midway between two Floats.
      let isMidpoint = double.bitPattern & 0x1FFF_FFFF == 0x1000_0000
      if !isMidpoint, double == 0 || double.magnitude >= Double(Float.leastNormalMagnitude) {
        return Float(double)
      }
    } else if let double = nearbyDouble {
      // An error of a few units is harmless if the nearest midpoint between two Floats is farther away.
      let distance = Int(double.bitPattern & 0x1FFF_FFFF) - 0x1000_0000
      if abs(distance) > 8, double.magnitude >= Double(Float.leastNormalMagnitude) { return Float(double) }
    }
    return Float(String(decoding: text, as: UTF8.self)) ?? .infinity
  }

  /// The nearest Double, ties to even, as `strtod` gives it; infinite if the number is out of range.
  var double: Double {
    exactlyRoundedDouble ?? Double(String(decoding: text, as: UTF8.self)) ?? .infinity
  }

  /// The fast path: one operation on exact operands, hence one rounding (Clinger, "How to read floating point numbers
  /// accurately", 1990).
  private var exactlyRoundedDouble: Double? {
    guard isComplete else { return nil }
    if significand == 0 { return isNegative ? -0.0 : 0.0 }
    guard significand <= 1 << 53, (-22...22).contains(exponent) else { return nil }
    let magnitude = Double(significand)
    let power = Self.powersOfTen[exponent < 0 ? -exponent : exponent]
    let value = exponent < 0 ? magnitude / power : magnitude * power
    return isNegative ? -value : value
  }

  /// A Double within four units in the last place: the digits after the first 19 are worth less than a hundredth of a unit, and
  /// each of three roundings (of the significand, and of up to two operations on exact powers) at most one unit.
  private var nearbyDouble: Double? {
    guard significand != 0, (-44...22).contains(exponent) else { return nil }
    var value = Double(significand)
    if exponent < -22 {
      value = value / 1e22 / Self.powersOfTen[-22 - exponent]
    } else {
      value = exponent < 0 ? value / Self.powersOfTen[-exponent] : value * Self.powersOfTen[exponent]
    }
    return isNegative ? -value : value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
