/// The markup of a `Document`'s paragraphs: `**strong**`; a backslash takes the meaning of the sign behind it.
///
/// Signs are Unicode scalars here, as they are to the programs that read the formats: a combining mark behind a sign hides nothing.
enum Markup {
  /// A text as markup that shows it as it is.
  static func plain(_ text: String) -> String { text.replacingScalars { "\\*".unicodeScalars.contains($0) ? "\\\($0)" : nil } }

  /// A paragraph, its strong parts by `strong`, the others by `plain`.
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

  /// The text alone.
  static func stripped(_ markup: String) -> String { render(markup, strong: { $0 }, plain: { $0 }) }
}

extension String {
  /// Each scalar as it is, or what stands for it.
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
