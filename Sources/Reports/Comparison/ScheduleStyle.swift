import Foundation
import Schedules

/// How a schedule looks wherever it is shown. Title and colour are the registry's; the colour is made as dark as a white page
/// or as light as a near-black one needs, and the dash pattern tells lines apart in grey print.
struct ScheduleStyle {
  /// `#rrggbb`, for a white page.
  let light: String
  /// `#rrggbb`, for a near-black page.
  let dark: String
  /// SVG's stroke-dasharray; empty for a solid line.
  let dashes: String

  init(_ name: String) {
    let color = RGB((try? Schedule(parsing: name))?.color ?? Self.unknown) ?? RGB.grey
    light = color.mixed(with: .black, until: { RGB.white.contrast($0) >= 2.9 }).description
    dark = color.mixed(with: .white, until: { RGB.nearBlack.contrast($0) >= 5.5 }).description
    let position = ScheduleRegistry.builtIn.names.firstIndex(of: name) ?? 0
    dashes = Self.patterns[position % Self.patterns.count]
  }

  /// The heading of a column, as in `1/√t`; the spelling itself where the registry does not know it.
  static func title(of spelling: String) -> String {
    ((try? Schedule(parsing: spelling))?.columnTitle ?? spelling).replacing("sqrt(t)", with: "√t")
  }

  private static let unknown = "#7d6b52"
  /// In the registry's order, beginning again where it is longer.
  private static let patterns = ["", "5 3", "2 2", "8 3", "8 3 2 3", "", "4 2", "6 2 2 2", "3 3", "10 3", "", "1 3"]
}

/// A colour of the sRGB space.
private struct RGB: CustomStringConvertible {
  static let white = RGB(red: 1, green: 1, blue: 1)
  static let black = RGB(red: 0, green: 0, blue: 0)
  static let grey = RGB(red: 0.5, green: 0.5, blue: 0.5)
  static let nearBlack = RGB(red: 0.051, green: 0.067, blue: 0.09)

  let red, green, blue: Double

  init(red: Double, green: Double, blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// - Returns: nil unless the text is `#rrggbb`.
  init?(_ text: String) {
    guard text.count == 7, text.hasPrefix("#"), let value = Int(text.dropFirst(), radix: 16) else { return nil }
    self.init(red: Double(value >> 16) / 255, green: Double(value >> 8 & 255) / 255, blue: Double(value & 255) / 255)
  }

  var description: String {
    let value = [red, green, blue].reduce(0) { $0 << 8 | Int(($1 * 255).rounded()) }
    return "#" + String(format: "%06x", value)
  }

  /// Relative luminance as WCAG 2 defines it.
  private var luminance: Double {
    let linear = [red, green, blue].map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// WCAG 2's contrast ratio, 1 to 21.
  func contrast(_ other: RGB) -> Double {
    (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
  }

  /// The nearest mixture, in steps of 2 %, that is good enough.
  func mixed(with other: RGB, until isGood: (RGB) -> Bool) -> RGB {
    for step in 0..<50 {
      let share = Double(step) / 50
      let mixture = RGB(
        red: red + (other.red - red) * share, green: green + (other.green - green) * share,
        blue: blue + (other.blue - blue) * share)
      if isGood(mixture) { return mixture }
    }
    return other
  }
}
