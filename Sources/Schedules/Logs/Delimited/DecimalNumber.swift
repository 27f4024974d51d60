/// The number that the whole of `text` spells, correctly rounded: digits with an optional sign, decimal point and exponent.
/// Neither words nor hexadecimal; infinite where it is too large for a Double.
///
/// Up to 15 digits with a small power of ten are exact in Double, so one division rounds them correctly (Clinger 1990, "How
/// to read floating point numbers accurately"); all others go to the standard library.
func decimalNumber(_ text: ArraySlice<UInt8>) -> Double? {
  var position = text.startIndex
  func digit() -> UInt64? {
    guard position < text.endIndex, text[position] >= 0x30, text[position] <= 0x39 else { return nil }
    return UInt64(text[position] & 15)
  }
  func takes(_ character: Unicode.Scalar) -> Bool {
    guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
  let isNegative = takes("-")
  if !isNegative { _ = takes("+") }
  var mantissa: UInt64 = 0
  var digits = 0
  var decimals = 0
  while let value = digit() {
    mantissa = mantissa &* 10 &+ value
    digits += 1
    position += 1
  }
  if takes(".") {
    while let value = digit() {
      mantissa = mantissa &* 10 &+ value
      digits += 1
      decimals += 1
      position += 1
    }
  }
  guard digits > 0 else { return nil }
  if position == text.endIndex, digits <= 15 {
    let value = Double(mantissa) / exactPowersOfTen[decimals]
    return isNegative ? -value : value
  }
  if takes("e") || takes("E") {
    if !takes("-") { _ = takes("+") }
    guard digit() != nil else { return nil }
    while digit() != nil { position += 1 }
  }
  guard position == text.endIndex else { return nil }
  return Double(String(decoding: text, as: UTF8.self))
}

private let exactPowersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

/// The same with a decimal comma; nil if `text` has a decimal point.
func decimalNumber(withComma text: ArraySlice<UInt8>) -> Double? {
  guard !text.contains(UInt8(ascii: ".")) else { return nil }
  guard let comma = text.firstIndex(of: UInt8(ascii: ",")) else { return decimalNumber(text) }
  var pointed = text
  pointed[comma] = UInt8(ascii: ".")
  return decimalNumber(pointed)
}
