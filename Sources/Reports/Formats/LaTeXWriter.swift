import Foundation

/// A LaTeX document of booktabs tables in the paper's layout. It compiles with pdflatex, or with XeLaTeX or LuaLaTeX if a
/// name has characters that pdflatex's fonts lack; its first lines then say so.
struct LaTeXWriter {
  /// The folder of the figures, relative to the document.
  var figureFolder = "figures"

  private static let eightBit = #"\usepackage[utf8]{inputenc}"#

  /// DejaVu covers most alphabets; another font can be substituted.
  private static let unicode = #"""
    \usepackage{fontspec}
    \IfFontExistsTF{DejaVu Serif}{\setmainfont{DejaVu Serif}}{}
    """#

  private static func preamble(_ encoding: String) -> String {
    #"""
    \documentclass{article}
    \#(encoding)
    \usepackage{booktabs}
    \usepackage{graphicx}
    % Figures are those of the Markdown report; pdflatex reads them as PDF: rsvg-convert -f pdf -o NAME.pdf NAME.svg
    \newcommand{\refineryfigure}[1]{\IfFileExists{#1.pdf}{\includegraphics[width=\linewidth]{#1.pdf}}{\fbox{\texttt{\detokenize{#1}.pdf} is not there}}}
    \usepackage[a4paper,landscape,margin=15mm]{geometry}
    \setlength{\parindent}{0pt}
    \begin{document}
    """#
  }

  /// - Parameter findings: As `Markup`.
  func write(_ tables: [Table], figures: [Figure], findings: [String]) -> String {
    let items = ["\\begin{itemize}"] + findings.map { "\\item \(marked($0))" } + ["\\end{itemize}"]
    let body =
      ([items.joined(separator: "\n")] + Self.paged(tables.map(write)) + Self.paged(figures.map(write)) + ["\\end{document}"])
      .joined(separator: "\n\n")
      + "\n"
    let foreign = LaTeXText.foreign(body)
    guard !foreign.isEmpty else { return Self.preamble(Self.eightBit) + "\n\n" + body }
    return """
      % !TEX program = xelatex
      % Compile with XeLaTeX or LuaLaTeX: pdflatex's fonts lack \(foreign.map(\.description).joined(separator: " ")).
      \(Self.preamble(Self.unicode))

      \(body)
      """
  }

  /// With a page break now and then: TeX holds back only so many floats.
  private static func paged(_ floats: [String]) -> [String] {
    floats.enumerated().map { index, float in index % 10 == 9 ? float + "\n\n\\clearpage" : float }
  }

  func write(_ table: Table) -> String {
    var lines = [
      "% \(table.identifier)", "\\begin{table}[htbp]", "\\centering", "\\caption{\(escaped(table.title))}",
      "\\label{tab:\(table.identifier)}", "\\small",
    ]
    if table.headings.count > 9 { lines.append("\\footnotesize\\setlength{\\tabcolsep}{3pt}") }
    lines.append("\\begin{tabular}{l\(String(repeating: "r", count: table.headings.count - 1))}")
    lines.append("\\toprule")
    lines.append(table.headings.map(heading).joined(separator: " & ") + " \\\\")
    lines.append("\\midrule")
    var wasSummary = false
    for row in table.rows {
      if row.isSummary, !wasSummary { lines.append("\\midrule") }
      wasSummary = row.isSummary
      let cells = [escaped(row.heading) + symbols(row.marks)] + row.cells.map(cell)
      lines.append(cells.joined(separator: " & ") + " \\\\")
    }
    lines += ["\\bottomrule", "\\end{tabular}"]
    let notes = table.notes + table.legend
    if !notes.isEmpty {
      lines.append("\n\\medskip\\begin{minipage}{0.95\\linewidth}\\footnotesize\\raggedright")
      lines.append(notes.map(escaped).joined(separator: "\n\n"))
      lines.append("\\end{minipage}")
    }
    return (lines + ["\\end{table}"]).joined(separator: "\n")
  }

  private func write(_ figure: Figure) -> String {
    """
    \\begin{figure}[htbp]
    \\centering
    \\refineryfigure{\(figureFolder)/\(figure.name)}
    \\caption{\(escaped(figure.caption))}
    \\label{fig:\(figure.name)}
    \\end{figure}
    """
  }

  /// Typesets the schedules 1/t and 1/√t as formulas.
  private func heading(_ text: String) -> String {
    for (plain, formula) in [("1/√t", "$1/\\sqrt{t}$"), ("1/t", "$1/t$")] where text.hasPrefix(plain) {
      return formula + escaped(String(text.dropFirst(plain.count)))
    }
    return escaped(text)
  }

  private func cell(_ cell: Table.Cell) -> String {
    let detail = cell.detail.map { " (\(escaped($0)))" } ?? ""
    guard let uncertainty = cell.uncertainty else {
      let text = escaped(cell.text) + detail
      return (cell.isBold && !text.isEmpty ? "\\textbf{\(text)}" : text) + symbols(cell.marks)
    }
    let mean = cell.text.replacing("−", with: "-").replacing("∞", with: "\\infty")
    return (cell.isBold ? "$\\mathbf{\(mean) \\pm \(uncertainty)}$" : "$\(mean) \\pm \(uncertainty)$") + detail
      + symbols(cell.marks)
  }

  private func symbols(_ marks: [Table.Mark]) -> String {
    marks.isEmpty ? "" : "\\," + marks.map { escaped($0.symbol) }.joined()
  }

  private func marked(_ text: String) -> String {
    Markup.render(text, strong: { "\\textbf{\(escaped($0))}" }, plain: escaped)
  }

  private func escaped(_ text: String) -> String { LaTeXText.escaped(text) }
}
