import Foundation

/// Draws an SVG picture. Coordinates are in pixels from the top left.
///
/// Colours are CSS classes, so that one picture serves light screens, dark screens and print: a schedule's class sets
/// `color`, and lines, dots and labels use `currentColor`.
struct SVGCanvas {
  let width: Double
  var height: Double
  /// Prefix of the identifiers inside the picture, so that several pictures can be in one page.
  private let name: String
  private var clipCount = 0
  private var elements: [String] = []
  private var schedules: Set<ScheduleColumn> = []

  init(name: String, width: Double, height: Double) {
    self.name = name
    self.width = width
    self.height = height
  }

  struct Point {
    var x: Double
    var y: Double
  }

  enum Anchor: String {
    case start, middle, end
  }

  // MARK: Marks

  mutating func line(_ from: Point, _ to: Point, _ style: String) {
    elements.append(
      "<line class=\"\(style)\" x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\"/>"
    )
  }

  mutating func rectangle(_ corner: Point, width: Double, height: Double, radius: Double = 0, _ style: String) {
    let rounded = radius > 0 ? " rx=\"\(number(radius))\"" : ""
    elements.append(
      "<rect class=\"\(style)\" x=\"\(number(corner.x))\" y=\"\(number(corner.y))\" width=\"\(number(width))\" "
        + "height=\"\(number(height))\"\(rounded)/>")
  }

  mutating func circle(_ center: Point, radius: Double, _ style: String, hint: String? = nil) {
    let open = "<circle class=\"\(style)\" cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\""
    elements.append(open + (hint.map { "><title>\(escaped($0))</title></circle>" } ?? "/>"))
  }

  /// Lines through the points; a nil breaks the line.
  mutating func curve(_ points: [Point?], _ style: String, dashes: String = "") {
    for stretch in points.split(whereSeparator: { $0 == nil }) where stretch.count > 1 {
      polyline(simplified(stretch.compactMap { $0 }), style, dashes: dashes, attributes: "")
    }
  }

  /// A line through all of the points, each with its hint.
  mutating func curve(_ points: [(point: Point, hint: String)], _ style: String, dashes: String = "") {
    guard points.count > 1 else { return }
    let hints = points.map { escaped($0.hint.replacing("|", with: "/")) }.joined(separator: "|")
    polyline(points.map(\.point), style, dashes: dashes, attributes: " data-hints=\"\(hints)\"")
  }

  private mutating func polyline(_ points: [Point], _ style: String, dashes: String, attributes: String) {
    let dashed = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    elements.append("<polyline class=\"\(style)\"\(dashed)\(attributes) points=\"\(text)\"/>")
  }

  mutating func area(_ points: [Point], _ style: String) {
    guard points.count > 2 else { return }
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    elements.append("<polygon class=\"\(style)\" points=\"\(text)\"/>")
  }

  mutating func text(
    _ content: String, at point: Point, _ style: String = "ink", anchor: Anchor = .start, rotated: Bool = false,
    hint: String? = nil
  ) {
    let title = hint.map { "<title>\(escaped($0))</title>" } ?? ""
    let rotation = rotated ? " transform=\"rotate(-90 \(number(point.x)) \(number(point.y)))\"" : ""
    let anchoring = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    elements.append(
      "<text class=\"\(style)\" x=\"\(number(point.x))\" y=\"\(number(point.y))\"\(anchoring)\(rotation)>\(escaped(content))\(title)</text>"
    )
  }

  /// The title of the whole picture, in its upper left corner.
  mutating func title(_ title: String) {
    text(fitted(title, width: width - 32, size: 13, isBold: true), at: .init(x: 16, y: 24), "title")
  }

  /// The name of a panel; a long one is shortened to its beginning and end, with the full name as a hint.
  mutating func name(_ name: String, at point: Point, width: Double) {
    let text = fitted(name, width: width, isBold: true)
    self.text(text, at: point, "ink strong", hint: text == name ? nil : name)
  }

  /// What is drawn inside belongs to one schedule: it has the schedule's colour, and a page can hide or highlight it.
  mutating func schedule(_ column: ScheduleColumn, hint: String? = nil, _ draw: (inout SVGCanvas) -> Void) {
    schedules.insert(column)
    let title = hint.map { "<title>\(escaped($0))</title>" } ?? ""
    elements.append("<g class=\"schedule \(Self.className(column.key))\" data-schedule=\"\(escaped(column.key))\">\(title)")
    draw(&self)
    elements.append("</g>")
  }

  /// What is drawn inside belongs to one problem: a page can filter by it.
  mutating func problem(_ name: String, _ draw: (inout SVGCanvas) -> Void) {
    elements.append("<g data-problem=\"\(escaped(name))\">")
    draw(&self)
    elements.append("</g>")
  }

  mutating func clipped(_ frame: Frame, _ draw: (inout SVGCanvas) -> Void) {
    clipCount += 1
    let identifier = "\(name)-clip-\(clipCount)"
    elements.append(
      "<clipPath id=\"\(identifier)\"><rect x=\"\(number(frame.left))\" y=\"\(number(frame.top))\" "
        + "width=\"\(number(frame.width))\" height=\"\(number(frame.height))\"/></clipPath><g clip-path=\"url(#\(identifier))\">"
    )
    draw(&self)
    elements.append("</g>")
  }

  // MARK: Writing

  /// The picture as a part of a report.
  func figure(caption: String) -> Figure {
    Figure(name: name, caption: caption, svg: rendered(title: caption), columns: schedules)
  }

  /// - Parameter title: What the picture shows, for screen readers.
  func rendered(title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(number(width))" height="\(number(height))" \
    viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-label="\(escaped(title))">
    <style>\(Self.stylesheet(Array(schedules)))</style>
    <rect class="page" width="100%" height="100%" rx="6"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  /// ASCII letters, digits and hyphens unchanged, everything else by number: different names have different classes.
  static func className(_ schedule: String) -> String {
    "s-" + schedule.replacingScalars { $0.isWordOfASCII || $0 == "-" ? nil : "_\(String($0.value, radix: 16))_" }
  }

  /// The base styles and the colours of these schedules, light first; in the order of their keys.
  static func stylesheet(_ schedules: [ScheduleColumn]) -> String {
    let sorted = schedules.sorted { $0.key < $1.key }
    let light = sorted.map { ".\(className($0.key)){color:\($0.style.light)}" }.joined()
    let dark = sorted.map { ".\(className($0.key)){color:\($0.style.dark)}" }.joined()
    return base + light + "@media screen and (prefers-color-scheme:dark){" + baseDark + dark + "}"
  }

  private static let base =
    "text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif;font-size:12px}"
    + ".page{fill:#fff}.ink{fill:#1f2328}.muted{fill:#59636e}.small{font-size:11px}.title{fill:#1f2328;font-weight:600;font-size:13px}"
    + ".strong{font-weight:600}.grid{stroke:#e3e6ea;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}.reference{stroke:#8c959f;"
    + "stroke-width:1.2;fill:none;stroke-dasharray:3 3}.line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round;"
    + "stroke-linecap:round}.thin-line{stroke-width:1.5}.halo{stroke:#fff;stroke-width:1.2}.faint{opacity:.35}.band{fill:currentColor;opacity:.14}.dot{fill:currentColor}"
    + ".error-bar{stroke:currentColor;stroke-width:1.2}.ring{fill:#fff;stroke:currentColor;stroke-width:1.6}.label{fill:currentColor}.bar{stroke:#1f2328;stroke-width:3.5;"
    + "stroke-linecap:round}.tick{stroke:currentColor;stroke-width:3}.leader{stroke:currentColor;stroke-width:1;fill:none;opacity:.7}"
    + ".key{color:#59636e}.panel{fill:#f6f8fa}.raw{stroke:#8c959f;fill:none;stroke-width:1;opacity:.6}.strong-raw{opacity:1}"
  private static let baseDark =
    ".page{fill:#0d1117}.ink{fill:#e6edf3}.muted{fill:#9198a1}.title{fill:#e6edf3}.grid{stroke:#262c34}.axis{stroke:#6e7681}"
    + ".reference{stroke:#6e7681}.ring{fill:#0d1117}.halo{stroke:#0d1117}.bar{stroke:#e6edf3}.panel{fill:#151b23}.key{color:#9198a1}.raw{stroke:#6e7681}"
}

/// Without points within a tenth of a pixel of the line through their neighbours (Douglas and Peucker).
///
/// - Complexity: typically O(n log n), O(n^2) at worst.
func simplified(_ points: [SVGCanvas.Point], tolerance: Double = 0.1) -> [SVGCanvas.Point] {
  guard points.count > 2 else { return points }
  var isKept = [Bool](repeating: false, count: points.count)
  isKept[0] = true
  isKept[points.count - 1] = true
  var stretches = [(0, points.count - 1)]
  while let (first, last) = stretches.popLast() {
    guard last > first + 1 else { continue }
    let (a, b) = (points[first], points[last])
    let length = hypot(b.x - a.x, b.y - a.y)
    var farthest = (distance: 0.0, index: first)
    for index in (first + 1)..<last {
      let (dx, dy) = (points[index].x - a.x, points[index].y - a.y)
      let distance = length > 0 ? abs(dx * (b.y - a.y) - dy * (b.x - a.x)) / length : hypot(dx, dy)
      if distance > farthest.distance { farthest = (distance, index) }
    }
    guard farthest.distance > tolerance else { continue }
    isKept[farthest.index] = true
    stretches += [(first, farthest.index), (farthest.index, last)]
  }
  return points.indices.filter { isKept[$0] }.map { points[$0] }
}

/// A number of pixels, to two decimals.
func number(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let hundredths = Int((value * 100).rounded())
  let whole = abs(hundredths) / 100
  let rest = abs(hundredths) % 100
  let sign = hundredths < 0 ? "-" : ""
  if rest == 0 { return "\(sign)\(whole)" }
  return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
}

/// Escapes text and attributes for XML and HTML. Control characters, which XML does not allow, become U+FFFD.
func escaped(_ text: String) -> String {
  text.replacingScalars { scalar in
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\t", "\n", "\r": nil
    default: scalar.properties.generalCategory == .control || scalar.value & 0xFFFE == 0xFFFE ? "\u{FFFD}" : nil
    }
  }
}

extension Unicode.Scalar {
  var isWordOfASCII: Bool { isASCII && properties.isAlphabetic || ("0"..."9").contains(self) }
}
