import Foundation

/// GitHub-flavoured Markdown.
struct MarkdownWriter {
  /// The folder of the figures, relative to the report.
  var figureFolder = "figures"

  /// A note under an earlier table is not repeated; explanations of marks are.
  func write(_ document: Document) -> String {
    var printed: Set<String> = []
    return write(document.blocks, printed: &printed) + "\n"
  }

  /// - Parameter printed: The notes that are there already.
  private func write(_ blocks: [Document.Block], printed: inout Set<String>) -> String {
    var texts: [String] = []
    for block in blocks {
      switch block {
      case .table(let table): texts.append(write(table, notes: table.notes.filter { printed.insert($0).inserted }))
      case .folded(let summary, let inner):
        texts += [
          "<details>\n<summary>\(Reports.escaped(summary))</summary>", write(inner, printed: &printed), "</details>",
        ]
      default: texts.append(self.block(block))
      }
    }
    return texts.joined(separator: "\n\n")
  }

  private func block(_ block: Document.Block) -> String {
    switch block {
    case .heading(let level, let text): String(repeating: "#", count: level) + " " + escaped(text)
    case .paragraph(let text): marked(text)
    case .findings(let items): items.map { "- " + marked($0) }.joined(separator: "\n")
    case .list(let items): items.map(item).joined(separator: "\n")
    case .code(let text, let language): code(text, language: language)
    case .figure(let figure): "![\(escaped(figure.caption))](\(linked(figureFolder))/\(linked(figure.name)).svg)"
    case .table(let table): write(table, notes: table.notes)
    case .folded(_, let inner): inner.map(self.block).joined(separator: "\n\n")
    }
  }

  private func marked(_ text: String) -> String {
    Markup.render(text, strong: { "**\(escaped($0))**" }, plain: escaped)
  }

  /// Hard breaks between the lines of an item, indented so that the lines stay in it.
  private func item(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { line -> String in
      let line = String(line.drop(while: \.isWhitespace))
      let escaped = escaped(line)
      // Text that would begin a list inside the item.
      if line.hasPrefix("-") || line.hasPrefix("+") { return "\\" + escaped }
      let digits = escaped.prefix(while: \.isNumber)
      let rest = escaped.dropFirst(digits.count)
      return digits.isEmpty || !(rest.hasPrefix(".") || rest.hasPrefix(")")) ? escaped : digits + "\\" + rest
    }
    return "- " + lines.joined(separator: "\\\n  ")
  }

  /// The fence is longer than any in the text.
  private func code(_ text: String, language: String) -> String {
    let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(text.hasSuffix("\n") ? String(text.dropLast()) : text)\n\(fence)"
  }

  private func write(_ table: Table, notes: [String]) -> String {
    var lines = ["**\(escaped(table.title))**", ""]
    lines.append(line(table.headings.map(escaped)))
    lines.append(line(table.headings.indices.map { $0 == 0 ? "---" : "---:" }))
    for row in table.rows {
      let heading = escaped(row.heading) + symbols(row.marks)
      lines.append(line([row.isSummary ? "*\(heading)*" : heading] + row.cells.map(cell)))
    }
    let below = notes + table.legend
    if !below.isEmpty { lines += [""] + below.map { "- " + escaped($0) } }
    return lines.joined(separator: "\n")
  }

  private func cell(_ cell: Table.Cell) -> String {
    let text =
      escaped(cell.text) + (cell.uncertainty.map { " ± " + $0 } ?? "")
      + (cell.detail.map { " (\(escaped($0)))" } ?? "")
    return (cell.isBold && !text.isEmpty ? "**\(text)**" : text) + symbols(cell.marks)
  }

  private func symbols(_ marks: [Table.Mark]) -> String { marks.isEmpty ? "" : " " + escaped(marks.map(\.symbol).joined()) }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// A path component, escaped for a link.
  private func linked(_ name: String) -> String {
    name.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? name
  }

  /// The unreserved characters of RFC 3986.
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  /// File names may contain characters that Markdown reads as markup.
  private func escaped(_ text: String) -> String {
    text.replacingScalars { scalar in
      if scalar.properties.generalCategory == .control || "\u{2028}\u{2029}".unicodeScalars.contains(scalar) { return " " }
      return "\\`*_[]<>|#&$~".unicodeScalars.contains(scalar) ? "\\\(scalar)" : nil
    }
  }
}
