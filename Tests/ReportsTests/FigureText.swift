import Testing

@testable import Reports

/// The texts of figures with their places, measured as the report measures them.
enum FigureText {
  struct Box: CustomStringConvertible {
    let text: String
    let left, right, top, bottom: Double
    var description: String { "\(text) (\(Int(left))...\(Int(right)), \(Int(bottom)))" }

    func overlaps(_ other: Box) -> Bool {
      left < other.right - 0.5 && other.left < right - 0.5 && top < other.bottom - 0.5 && other.top < bottom - 0.5
    }
  }

  static func boxes(_ svg: String) -> [Box] {
    let pattern =
      /<text class="([^"]*)" x="([-0-9.]+)" y="([-0-9.]+)"(?: text-anchor="(\w+)")?>([^<]*)(?:<title>[^<]*<\/title>)?<\/text>/
    return svg.matches(of: pattern).compactMap { match in
      guard let x = Double(match.2), let y = Double(match.3) else { return nil }
      let style = match.1.split(separator: " ")
      let size = style.contains("small") ? 11.0 : style.contains("title") ? 13 : 12
      let text = String(match.5).replacing("&amp;", with: "&").replacing("&lt;", with: "<")
      let width = textWidth(text, size: size, isBold: style.contains("title") || style.contains("strong"))
      let left = match.4 == "middle" ? x - width / 2 : match.4 == "end" ? x - width : x
      return Box(text: text, left: left, right: left + width, top: y - 0.7 * size, bottom: y)
    }
  }

  /// No text leaves its figure or overlaps another.
  static func check(_ figures: [Figure], texts: Int = 20) throws {
    for figure in figures {
      let size = try #require(figure.svg.firstMatch(of: /width="([0-9.]+)" height="([0-9.]+)"/))
      let (width, height) = try (#require(Double(size.1)), #require(Double(size.2)))
      let boxes = boxes(figure.svg)
      #expect(boxes.count > texts, "\(figure.name)")
      for box in boxes {
        #expect(box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height, "\(figure.name): \(box)")
      }
      for (index, box) in boxes.enumerated() {
        for other in boxes[(index + 1)...] where box.overlaps(other) {
          Issue.record("\(figure.name): \(box) over \(other)")
        }
      }
    }
  }
}
