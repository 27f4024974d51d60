/// The rows of a CSV file (RFC 4180), with the place of every cell.
struct CSVRows {
  struct Cell {
    var text: String
    /// From 1.
    var line: Int
    /// From 1, in characters.
    var column: Int
  }

  /// What the text is not.
  struct Malformed: Error {
    let line, column: Int
    let reason: String
  }

  /// Empty lines are left out.
  private(set) var rows: [[Cell]] = []
  private var row: [Cell] = []
  private var cell = Cell(text: "", line: 1, column: 1)
  private var (line, column) = (1, 1)

  /// - Throws: `Malformed` for a quoted cell that does not end, or that text follows.
  /// - Complexity: O(n).
  init(_ text: String) throws(Malformed) {
    var isQuoted = false
    var hasClosed = false
    var rest = text[...]
    while let character = rest.popFirst() {
      if isQuoted {
        if character != "\"" {
          cell.text.append(character)
        } else if rest.first == "\"" {
          rest.removeFirst()
          cell.text.append(character)
          column += 1
        } else {
          (isQuoted, hasClosed) = (false, true)
        }
        if Self.isLineEnd(character) { newLine() } else { column += 1 }
        continue
      }
      switch character {
      case ",":
        column += 1
        endCell()
        hasClosed = false
      case _ where Self.isLineEnd(character):
        endCell()
        endRow()
        newLine()
        cell = Cell(text: "", line: line, column: column)
        hasClosed = false
      case "\"" where cell.text.isEmpty && !hasClosed:
        isQuoted = true
        column += 1
      default:
        guard !hasClosed else {
          throw Malformed(
            line: line, column: column,
            reason: "expected a comma or the end of the line after a quoted cell, found '\(character)'")
        }
        cell.text.append(character)
        column += 1
      }
    }
    guard !isQuoted else {
      throw Malformed(line: cell.line, column: cell.column, reason: "a quoted cell without its closing quotation mark")
    }
    if !row.isEmpty || !cell.text.isEmpty || hasClosed {
      endCell()
      endRow()
    }
  }

  private mutating func endCell() {
    row.append(cell)
    cell = Cell(text: "", line: line, column: column)
  }

  private mutating func endRow() {
    if row.count > 1 || row.first?.text.isEmpty == false { rows.append(row) }
    row = []
  }

  private static func isLineEnd(_ character: Character) -> Bool { ["\n", "\r\n", "\r"].contains(character) }

  private mutating func newLine() { (line, column) = (line + 1, 1) }
}
