/// How a schedule looks wherever it is shown: title, colours for light and dark backgrounds, dash pattern.
///
/// The colours are those of Okabe and Ito, told apart by colour-blind readers, darkened or lightened until they stand out
/// from the background; the dash patterns tell the lines apart in grey print.
struct ScheduleStyle {
  let title: String
  let light: String
  let dark: String
  /// SVG's stroke-dasharray; empty for a solid line.
  let dashes: String

  init(_ name: String) {
    let style = Self.known[name] ?? Self.other
    (title, light, dark, dashes) = (style.0.isEmpty ? name : style.0, style.1, style.2, style.3)
  }

  private static let other = ("", "#4d4d4d", "#c0c0c0", "1 3")
  private static let known: [String: (String, String, String, String)] = [
    "flat": ("flat", "#7a7f87", "#9aa1ab", ""),
    "inverse": ("1/t", "#b8860b", "#e6b422", "5 3"),
    "inverse-sqrt": ("1/√t", "#b5508c", "#e08fc0", "2 2"),
    "stepwise": ("stepwise", "#00805f", "#1fc79a", "8 3"),
    "cosine": ("cosine", "#3ba3dd", "#7cc7f0", "8 3 2 3"),
    "linear": ("linear", "#0059a8", "#4f9ff0", ""),
    "refined": ("refined", "#d1490c", "#ff8552", ""),
    "polynomial": ("polynomial", "#5b4fc0", "#a79cff", "4 2"),
    "exponential": ("exponential", "#7a4a1e", "#c99566", "6 2 2 2"),
    "wsd": ("WSD", "#33691e", "#9ccc65", "3 3"),
    "onecycle": ("1cycle", "#00838f", "#4dd0e1", "10 3"),
    "table": ("table", "#4d4d4d", "#c0c0c0", "1 3"),
  ]
}
