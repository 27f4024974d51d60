import Foundation

/// One self-contained file: tables that sort and filter, charts that react to hovering and to hiding a schedule. Without
/// scripts it is still the whole report.
struct HTMLWriter {
  func write(_ document: Document, title: String, columns: [ScheduleColumn], optimizers: [(name: String, title: String)])
    -> String
  {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <link rel="icon" href="data:,">
    <style>
    \(stylesheet(columns, document.figures))
    \(HTMLAssets.style)
    </style>
    <style id="hidden-schedules"></style>
    </head>
    <body>
    <main>
    \(sections(document.blocks, controls: controls(columns, optimizers)))
    </main>
    <div id="hint" role="status" hidden></div>
    <script>
    \(HTMLAssets.script)
    </script>
    </body>
    </html>

    """
  }

  /// The colours of the columns in the controls, and of what else figures show.
  private func stylesheet(_ columns: [ScheduleColumn], _ figures: [Figure]) -> String {
    var styled = columns
    var keys = Set(columns.map(\.key))
    for column in figures.flatMap({ $0.columns.sorted { $0.key < $1.key } }) where keys.insert(column.key).inserted {
      styled.append(column)
    }
    return SVGCanvas.stylesheet(styled)
  }

  /// Everything from one second-level heading to the next is a section; the controls follow the findings.
  private func sections(_ blocks: [Document.Block], controls: String?) -> String {
    var html: [String] = []
    var controls = controls
    var isOpen = false
    for block in blocks {
      var title: String?
      if case .heading(2, let text) = block { title = text }
      if case .folded = block { title = "" }
      if isOpen, title != nil { html.append("</section>") }
      if let title, !title.isEmpty { html.append("<section data-title=\"\(escaped(title))\">") }
      if let title { isOpen = !title.isEmpty }
      html.append(self.block(block))
      if let form = controls, case .findings = block {
        html.append(form)
        controls = nil
      }
    }
    if isOpen { html.append("</section>") }
    return html.joined(separator: "\n")
  }

  private func controls(_ columns: [ScheduleColumn], _ optimizers: [(name: String, title: String)]) -> String {
    let options = optimizers.map {
      "<option value=\"\(escaped($0.name))\" data-title=\"\(escaped($0.title))\">\(escaped($0.title))</option>"
    }
    let toggles = columns.map { column in
      "<label class=\"toggle\"><input type=\"checkbox\" checked data-toggle=\"\(escaped(column.key))\">"
        + "<span class=\"swatch \(SVGCanvas.className(column.key))\"></span>\(escaped(column.title))</label>"
    }
    return """
      <form id="controls" aria-label="What is shown">
      <label>problem <input type="search" id="problem-filter" placeholder="all" autocomplete="off"></label>
      <label>optimizer <select id="optimizer-filter"><option value="">all</option>\(options.joined())</select></label>
      <fieldset><legend>schedules</legend>\(toggles.joined(separator: "\n"))</fieldset>
      <p class="hidden-note" hidden>Means, ranks, tests and bold marks stay those of all problems and schedules, whatever is hidden.</p>
      </form>
      """
  }

  private func block(_ block: Document.Block) -> String {
    switch block {
    case .heading(let level, let text): "<h\(level)>\(escaped(text))</h\(level)>"
    case .paragraph(let text): "<p>\(marked(text))</p>"
    case .list(let items): "<ul>\(items.map { "<li>\(broken($0))</li>" }.joined(separator: "\n"))</ul>"
    case .findings(let items): "<ul class=\"findings\">\(items.map { "<li>\(marked($0))</li>" }.joined(separator: "\n"))</ul>"
    case .code(let text, _): "<pre><code>\(escaped(text))</code></pre>"
    case .folded(let summary, let inner):
      "<details>\n<summary>\(escaped(summary))</summary>\n\(sections(inner, controls: nil))\n</details>"
    case .table(let table): write(table)
    case .figure(let figure): "<figure>\(inlined(figure.svg))<figcaption>\(escaped(figure.caption))</figcaption></figure>"
    }
  }

  private func write(_ table: Table) -> String {
    let keys: [String?] = [nil] + table.schedules
    let headings = zip(table.headings, keys).map { heading, key in
      "<th scope=\"col\"\(attribute("data-schedule", key))><button type=\"button\">\(escaped(heading.isEmpty ? "measure" : heading))</button></th>"
    }
    let rows = table.rows.map { row in
      let cells = zip(row.cells, table.schedules).map { cell, key in self.cell(cell, schedule: key) }
      let isProblem = !row.isSummary && table.headings.first == "problem"
      return "<tr\(row.isSummary ? " class=\"summary\"" : "")\(attribute("data-problem", isProblem ? row.heading : nil))>"
        + "<th scope=\"row\">\(escaped(row.heading))\(symbols(row.marks))</th>\(cells.joined())</tr>"
    }
    let notes = (table.notes + table.legend).map { "<li>\(escaped($0))</li>" }.joined(separator: "\n")
    return """
      <div class="table" id="\(escaped(table.identifier))"\(attribute("data-optimizer", table.optimizer))>
      <div class="scroll" tabindex="0" role="region" aria-label="\(escaped(table.title))"><table>
      <caption>\(escaped(table.title))</caption>
      <thead><tr>\(headings.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      <ul class="notes">\(notes)</ul>
      </div>
      """
  }

  private func cell(_ cell: Table.Cell, schedule: String?) -> String {
    let text =
      escaped(cell.text) + (cell.uncertainty.map { " <span class=\"error\">± \($0)</span>" } ?? "")
      + (cell.detail.map { " (\(escaped($0)))" } ?? "")
    let content = (cell.isBold ? "<strong>\(text)</strong>" : text) + symbols(cell.marks)
    return
      "<td\(attribute("data-schedule", schedule))\(attribute("data-value", cell.sortValue.map { "\($0)" }))>\(content)</td>"
  }

  private func symbols(_ marks: [Table.Mark]) -> String {
    marks.map { " <abbr title=\"\(escaped($0.explanation))\">\(escaped($0.symbol))</abbr>" }.joined()
  }

  private func attribute(_ name: String, _ value: String?) -> String { value.map { " \(name)=\"\(escaped($0))\"" } ?? "" }

  /// The page already has the styles.
  private func inlined(_ svg: String) -> String {
    guard let start = svg.range(of: "<style>"), let end = svg.range(of: "</style>") else { return svg }
    return svg.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "")
  }

  private func broken(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { escaped(String($0)) }.joined(separator: "<br>")
  }

  private func marked(_ text: String) -> String {
    Markup.render(text, strong: { "<strong>\(escaped($0))</strong>" }, plain: escaped)
  }
}
