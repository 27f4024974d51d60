import Foundation

/// A colour of the sRGB space, components 0 to 1.
struct SRGBColor: Sendable, Hashable, CustomStringConvertible {
  static let white = SRGBColor(red: 1, green: 1, blue: 1)
  static let black = SRGBColor(red: 0, green: 0, blue: 0)
  static let grey = SRGBColor(red: 0.5, green: 0.5, blue: 0.5)
  static let nearBlack = SRGBColor(red: 0.051, green: 0.067, blue: 0.09)

  let red, green, blue: Double

  init(red: Double, green: Double, blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// - Returns: nil unless the text is `#rrggbb`.
  init?(_ text: String) {
    guard text.count == 7, text.hasPrefix("#"), let value = Int(text.dropFirst(), radix: 16) else { return nil }
    self.init(red: Double(value >> 16) / 255, green: Double(value >> 8 & 255) / 255, blue: Double(value & 255) / 255)
  }

  /// `#rrggbb`.
  var description: String {
    let value = [red, green, blue].reduce(0) { $0 << 8 | Int(($1 * 255).rounded()) }
    return "#" + String(format: "%06x", value)
  }

  private var linear: (red: Double, green: Double, blue: Double) {
    func linear(_ value: Double) -> Double { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }
    return (linear(red), linear(green), linear(blue))
  }

  /// Relative luminance as WCAG 2 defines it.
  private var luminance: Double { 0.2126 * linear.red + 0.7152 * linear.green + 0.0722 * linear.blue }

  /// Ottosson's OKLab (2020), whose distances approximate perceived ones: lightness 0 to 1, green to red, blue to yellow.
  var oklab: (l: Double, a: Double, b: Double) {
    let (r, g, b) = linear
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    )
  }

  /// In OKLab.
  func distance(from other: SRGBColor) -> Double {
    let (first, second) = (oklab, other.oklab)
    let (l, a, b) = (first.l - second.l, first.a - second.a, first.b - second.b)
    return (l * l + a * a + b * b).squareRoot()
  }

  /// WCAG 2's contrast ratio, 1 to 21.
  func contrast(_ other: SRGBColor) -> Double {
    (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
  }

  /// The mixture with the least of `other`, in steps of 2 %, that satisfies `isGood`.
  func mixed(with other: SRGBColor, until isGood: (SRGBColor) -> Bool) -> SRGBColor {
    for step in 0..<50 {
      let share = Double(step) / 50
      let mixture = SRGBColor(
        red: red + (other.red - red) * share, green: green + (other.green - green) * share,
        blue: blue + (other.blue - blue) * share)
      if isGood(mixture) { return mixture }
    }
    return other
  }
}
