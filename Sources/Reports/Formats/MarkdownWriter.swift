/// GitHub's Markdown.
struct MarkdownWriter {
  /// Where the figures lie, relative to the report.
  var figureFolder = "figures"

  func write(_ document: Document) -> String {
    document.blocks.map(block).joined(separator: "\n\n") + "\n"
  }

  private func block(_ block: Document.Block) -> String {
    switch block {
    case .heading(let level, let text): String(repeating: "#", count: level) + " " + text
    case .paragraph(let text): text
    case .list(let items): items.map { "- " + $0 }.joined(separator: "\n")
    case .code(let text, let language): "```\(language)\n\(text.hasSuffix("\n") ? String(text.dropLast()) : text)\n```"
    case .figure(let figure): "![\(escaped(figure.caption))](\(figureFolder)/\(figure.name).svg)"
    case .table(let table): write(table)
    }
  }

  func write(_ table: Table) -> String {
    var lines = ["**\(escaped(table.title))**", ""]
    lines.append(line(table.headings.map(escaped)))
    lines.append(line(table.headings.indices.map { $0 == 0 ? "---" : "---:" }))
    for row in table.rows {
      let heading = escaped(row.heading) + symbols(row.marks)
      lines.append(line([row.isSummary ? "*\(heading)*" : heading] + row.cells.map(cell)))
    }
    if !table.notes.isEmpty { lines += [""] + table.notes.map { "- " + escaped($0) } }
    return lines.joined(separator: "\n")
  }

  private func cell(_ cell: Table.Cell) -> String {
    let text = escaped(cell.text) + (cell.uncertainty.map { " ± " + $0 } ?? "")
    return (cell.isBold && !text.isEmpty ? "**\(text)**" : text) + symbols(cell.marks)
  }

  private func symbols(_ marks: [Table.Mark]) -> String { marks.isEmpty ? "" : " " + marks.map(\.symbol).joined() }

  private func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// Names of files may hold signs that Markdown reads as markup.
  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#".contains(character) { result.append("\\") }
      result.append(character == "\n" ? " " : character)
    }
    return result
  }
}
