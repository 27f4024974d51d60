/// The format of delimited text, inferred from many of its rows.
struct DelimitedForm {
  /// nil for runs of blanks.
  let separator: UInt8?
  /// Whether numbers use a decimal comma.
  let hasDecimalCommas: Bool
  /// Cells per row, not counting an empty cell after a trailing separator.
  let width: Int
  /// Column names, if the first row is a header.
  let header: [String]?

  /// - Parameter lines: at least one; lines with content, including the first one of the file.
  init(_ lines: [ArraySlice<UInt8>]) {
    // The first of equals wins: the decimal point, if all numbers are whole.
    var best = Candidate(lines, separator: UInt8(ascii: "\t"), hasDecimalCommas: false)
    for hasDecimalCommas in [false, true] {
      for separator in [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";"), nil]
      where !(hasDecimalCommas && separator == UInt8(ascii: ",")) {
        let candidate = Candidate(lines, separator: separator, hasDecimalCommas: hasDecimalCommas)
        if best.rank < candidate.rank { best = candidate }
      }
    }
    if best.looksLikeDecimalCommas {
      best = Candidate(lines, separator: UInt8(ascii: ";"), hasDecimalCommas: true)
    }
    separator = best.separator
    hasDecimalCommas = best.hasDecimalCommas
    width = best.width
    header = best.hasHeader ? Array(best.rows[0].map { String(decoding: $0, as: UTF8.self) }.prefix(best.width)) : nil
  }

  /// Finds the ranges of the cells in a line, in an array that is reused.
  func find(_ cells: inout [Range<Int>], in line: ArraySlice<UInt8>) { Self.find(&cells, in: line, separator: separator) }

  /// Whether a row of so many cells is complete: a separator may follow the last cell.
  func fits(_ cells: [Range<Int>], in line: ArraySlice<UInt8>) -> Bool {
    cells.count == width || cells.count == width + 1 && line[cells[width]].trimmingBlanks.isEmpty
  }

  fileprivate static func find(_ cells: inout [Range<Int>], in line: ArraySlice<UInt8>, separator: UInt8?) {
    cells.removeAll(keepingCapacity: true)
    var cellStart = line.startIndex
    var isQuoted = false
    for position in line.indices {
      let byte = line[position]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      let isEnd = separator.map { byte == $0 } ?? byte.isBlank
      if isEnd, !isQuoted {
        // Blanks separate as a run; between other separators there may be nothing.
        if separator != nil || position > cellStart { cells.append(cellStart..<position) }
        cellStart = position + 1
      }
    }
    if separator != nil || line.endIndex > cellStart { cells.append(cellStart..<line.endIndex) }
  }
}

/// A separator and a decimal mark, and how rows look when split with them.
private struct Candidate {
  let separator: UInt8?
  let hasDecimalCommas: Bool
  private(set) var rows: [[ArraySlice<UInt8>]]
  let areQuoted: [Bool]
  let width: Int
  /// The best candidate ranks highest: cells are numbers, the first row is as wide as the others, many cells are numbers.
  private(set) var rank = (0, 0, 0)

  init(_ lines: [ArraySlice<UInt8>], separator: UInt8?, hasDecimalCommas: Bool) {
    self.separator = separator
    self.hasDecimalCommas = hasDecimalCommas
    var cells: [Range<Int>] = []
    rows = lines.map { line in
      DelimitedForm.find(&cells, in: line, separator: separator)
      return cells.map { line[$0].unquoted }
    }
    areQuoted = lines.map { line in
      DelimitedForm.find(&cells, in: line, separator: separator)
      return cells.allSatisfy { line[$0].trimmingBlanks.first == UInt8(ascii: "\"") }
    }
    var counts: [Int: Int] = [:]
    for row in rows {
      counts[row.count, default: 0] += 1
      if row.count > 1, row.last?.isEmpty == true { counts[row.count - 1, default: 0] += 1 }
    }
    // The most frequent width; of equals, the smallest.
    width = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? 1
    // pandas' `to_string` and R's `write.table` have no name above the row numbers. Below one name, a comma is a decimal mark.
    if rows.count > 1, rows[0].count == width - 1, width > 2 || separator != UInt8(ascii: ","),
      rows.dropFirst().allSatisfy({ $0.count == width }),
      rows[0].allSatisfy({ if case .notANumber = NumberCell($0, hasDecimalCommas: hasDecimalCommas) { true } else { false } })
    {
      rows[0].insert([], at: 0)
    }
    // In a single column of words, commas are separators.
    let hasList =
      hasDecimalCommas && width == 1
      && rows.contains { row in row.contains { $0.contains(UInt8(ascii: ",")) && !cell($0).isNumeric } }
    let numeric = hasList ? 0 : rows.filter(fits).reduce(0) { $0 + $1.count { cell($0).isNumeric } }
    rank = (numeric > 0 ? 1 : 0, fits(rows[0]) ? 1 : 0, numeric)
  }

  private func fits(_ row: [ArraySlice<UInt8>]) -> Bool {
    row.count == width || row.count == width + 1 && row[width].isEmpty
  }

  private func cell(_ text: ArraySlice<UInt8>) -> NumberCell { NumberCell(text, hasDecimalCommas: hasDecimalCommas) }

  /// Whether two columns of digits are integer and fractional parts: only a fraction has leading zeros.
  var looksLikeDecimalCommas: Bool {
    guard separator == UInt8(ascii: ","), width == 2, !hasHeader else { return false }
    let isOfDigits = rows.allSatisfy { row in
      row.count == 2 && !row[0].isEmpty && !row[1].isEmpty && row[1].allSatisfy { (0x30...0x39).contains($0) }
    }
    return isOfDigits && rows.contains { $0[1].count > 1 && $0[1].first == 0x30 }
  }

  /// Whether the first row differs in kind from the rows below it.
  var hasHeader: Bool {
    let first = rows[0]
    let below = rows.dropFirst().filter(fits)
    let isWord = first.map { if case .notANumber = cell($0) { true } else { false } }
    if below.isEmpty { return rows.count == 1 && isWord.contains(true) }
    let columns = first.indices.prefix(width)
    func kinds(_ column: Int) -> (numbers: Int, words: Int) {
      var (numbers, words) = (0, 0)
      for row in below {
        switch cell(row[column]) {
        case .number, .notFinite: numbers += 1
        case .notANumber: words += 1
        case .missing: break
        }
      }
      return (numbers, words)
    }
    for column in columns where isWord[column] {
      let (numbers, words) = kinds(column)
      if numbers > 0, numbers >= words { return true }
    }
    if isWord.contains(true) { return false }
    // Numbers as names: all quoted, with no quotes below; or numbered by pandas, with an empty cell above the index.
    if areQuoted[0], !areQuoted.dropFirst().contains(true) { return true }
    guard width > 1, first[0].isEmpty, kinds(0).numbers == below.count else { return false }
    return columns.dropFirst().allSatisfy { String(decoding: first[$0], as: UTF8.self) == String($0 - 1) }
  }
}

extension ArraySlice<UInt8> {
  var trimmingBlanks: ArraySlice<UInt8> {
    guard let last = lastIndex(where: { !$0.isBlank }) else { return [] }
    return self[...last].drop { $0.isBlank }
  }

  /// The contents of a cell, without surrounding blanks and quotes.
  var unquoted: ArraySlice<UInt8> {
    let trimmed = trimmingBlanks
    let quote = UInt8(ascii: "\"")
    guard trimmed.count >= 2, trimmed.first == quote, trimmed.last == quote else { return trimmed }
    let inner = trimmed.dropFirst().dropLast()
    guard inner.contains(quote) else { return inner.trimmingBlanks }
    var result: [UInt8] = []
    var isSecondQuote = false
    for byte in inner {
      isSecondQuote = byte == quote && !isSecondQuote
      if byte != quote || !isSecondQuote { result.append(byte) }
    }
    return result[...].trimmingBlanks
  }
}
