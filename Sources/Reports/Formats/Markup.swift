/// The markup of a `Document`'s paragraphs: `**strong**`; a backslash escapes the character after it.
///
/// Characters are Unicode scalars here, as they are to programs that read the formats: a combining mark after one hides
/// nothing.
enum Markup {
  /// Markup that shows a text literally.
  static func plain(_ text: String) -> String { text.replacingScalars { "\\*".unicodeScalars.contains($0) ? "\\\($0)" : nil } }

  /// Renders a paragraph: strong parts with `strong`, the rest with `plain`.
  ///
  /// - Complexity: O(n).
  static func render(_ markup: String, strong: (String) -> String, plain: (String) -> String) -> String {
    var result = ""
    var part = String.UnicodeScalarView()
    var isStrong = false
    func finished() -> String { part.isEmpty ? "" : isStrong ? strong(String(part)) : plain(String(part)) }
    var rest = markup.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\\", let next = rest.popFirst() {
        part.append(next)
      } else if scalar == "*", rest.first == "*" {
        rest.removeFirst()
        result += finished()
        part.removeAll()
        isStrong.toggle()
      } else {
        part.append(scalar)
      }
    }
    return result + finished()
  }

  /// The text without markup.
  static func stripped(_ markup: String) -> String { render(markup, strong: { $0 }, plain: { $0 }) }
}

extension String {
  /// Each scalar unchanged, or its replacement.
  ///
  /// - Complexity: O(n).
  func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let text = replacement(scalar) { result.append(contentsOf: text.unicodeScalars) } else { result.append(scalar) }
    }
    return String(result)
  }
}
