import Foundation
import Schedules

/// The appearance of a schedule wherever it is shown: a colour, darkened for white pages and lightened for near-black ones,
/// and a dash pattern, which distinguishes lines in greyscale print.
struct ScheduleStyle: Sendable, Hashable {
  /// For a white page.
  let light: SRGBColor
  /// For a near-black page.
  let dark: SRGBColor
  /// SVG's stroke-dasharray; empty for a solid line.
  let dashes: String

  init(_ color: SRGBColor, dashes: String) {
    light = color.mixed(with: .black, until: { SRGBColor.white.contrast($0) >= 2.9 })
    dark = color.mixed(with: .white, until: { SRGBColor.nearBlack.contrast($0) >= 5.5 })
    self.dashes = dashes
  }

  /// The registry's colour, and a dash pattern by position in the registry.
  init(_ name: String) {
    let color = SRGBColor((try? Schedule(parsing: name))?.color ?? Self.unknown) ?? .grey
    let position = ScheduleRegistry.builtIn.names.firstIndex(of: name) ?? 0
    self.init(color, dashes: Self.patterns[position % Self.patterns.count])
  }

  /// Styles for columns side by side, by the names of their schedules: the first of each name has the registry's style, the
  /// others the one farthest from all that are taken. At least 24 are distinguishable.
  ///
  /// - Complexity: O(n^2) in the number of columns.
  static func styles(of names: [String]) -> [ScheduleStyle] {
    var styles: [ScheduleStyle?] = []
    var seen: Set<String> = []
    for name in names { styles.append(seen.insert(name).inserted ? ScheduleStyle(name) : nil) }
    var taken = styles.compactMap { $0 }
    return styles.map { style in
      if let style { return style }
      let farthest = choices.max { a, b in a.distance(from: taken) < b.distance(from: taken) } ?? ScheduleStyle(unknown)
      taken.append(farthest)
      return farthest
    }
  }

  private func distance(from others: [ScheduleStyle]) -> Double { others.map(distance).min() ?? 0 }

  /// How distinguishable two lines are, on both kinds of page; with the same dashes, in greyscale print too.
  func distance(from other: ScheduleStyle) -> Double {
    let color = min(light.distance(from: other.light), dark.distance(from: other.dark))
    guard dashes == other.dashes else { return 0.15 + min(color, 0.15) }
    return min(color, 3 * abs(light.oklab.l - other.light.oklab.l))
  }

  /// The heading of a column, as in `1/√t`; the spelling itself if the registry does not know it.
  static func title(of spelling: String) -> String {
    ((try? Schedule(parsing: spelling))?.columnTitle(keeping: "tau") ?? spelling).replacing("sqrt(t)", with: "√t")
  }

  private static let unknown = "#7d6b52"
  /// In the registry's order, repeated if the registry is longer.
  private static let patterns = ["", "5 3", "2 2", "8 3", "8 3 2 3", "", "4 2", "6 2 2 2", "3 3", "10 3", "", "1 3"]

  /// For columns whose schedule's own style is taken: eight hues in four shades (OKLab lightness 0.34 to 0.66), with patterns
  /// that differ at a glance.
  private static let choices: [ScheduleStyle] = {
    let colors = [
      "#6d0218", "#522e02", "#3a3b05", "#064425", "#064043", "#013b60", "#3d1487", "#620156", "#9e1806", "#714d0a", "#4d5d06",
      "#0a654a", "#0b606d", "#0553a6", "#6734a2", "#911a69", "#c04909", "#906f0f", "#508601", "#128773", "#10819e", "#486bd7",
      "#9550bb", "#bd3e76", "#dd700a", "#a89207", "#47ab44", "#1ba79f", "#089fd7", "#7c83f7", "#c269cd", "#e55d7e",
    ]
    let patterns = ["", "2 3", "6 3", "12 4", "9 3 2 3", "9 3 2 3 2 3", "14 3 5 3"]
    return patterns.flatMap { dashes in colors.compactMap(SRGBColor.init).map { ScheduleStyle($0, dashes: dashes) } }
  }()
}
