import Foundation

/// A number with a fixed number of decimals, as in `21.72`; a true minus sign, and no negative zero.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
  let text = String(format: "%.\(decimals)f", abs(value))
  let isZero = !text.contains { ("1"..."9").contains($0) }
  return value < 0 && !isZero ? "−\(text)" : text
}

/// A number with three significant digits, as in `1.23e-5`.
func significant(_ value: Double, _ digits: Int = 3) -> String {
  value.isFinite ? String(format: "%.\(digits)g", value) : fixed(value, 0)
}

/// A learning rate: powers of two as `2⁻³`, others in their shortest decimal form.
func rateText(_ rate: Double) -> String {
  guard let exponent = powerOfTwo(rate) else { return "\(rate)" }
  return "2" + superscript(exponent)
}

/// The exponent of an exact power of two.
func powerOfTwo(_ rate: Double) -> Int? {
  guard rate > 0, rate.isFinite, rate.significand == 1 else { return nil }
  return Int(rate.exponent)
}

func superscript(_ number: Int) -> String {
  let digits: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
  ]
  return String(String(number).map { digits[$0] ?? $0 })
}

/// `a, b and c`.
func listed(_ items: [String]) -> String {
  guard let last = items.last, items.count > 1 else { return items.first ?? "" }
  return items.dropLast().joined(separator: ", ") + " and " + last
}

/// In per cent, without needless digits: `5` for 0.05.
func percent(_ fraction: Double) -> String { significant(100 * fraction, 6) }
