/// Rows of cells separated by commas, tabs, semicolons or blanks; cells may stand in double quotes, as RFC 4180 says.
struct DelimitedText {
  private let bytes: [UInt8]
  private let path: String
  /// nil for runs of blanks.
  private let separator: UInt8?
  private let start: Int

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    start = bytes.starts(with: mark) ? 3 : 0
    var reader = LineReader(bytes: bytes, position: start)
    var first: ArraySlice<UInt8> = []
    while let line = reader.next() {
      if !Self.isPassedOver(line) {
        first = line
        break
      }
    }
    let unquoted = Self.withoutQuoted(first)
    separator = [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";")].first { unquoted.contains($0) }
  }

  func series(column: String?, objection: (Double) -> String?) throws -> NumberSeries {
    let sample = sampleRows(1000)
    guard let first = sample.first else {
      throw ScheduleFileError(.malformed, path: path, "the file is empty; expected numbers")
    }
    let hasHeader = first.contains { if case .notANumber = NumberCell($0) { true } else { false } }
    let names = hasHeader ? first : (1...first.count).map { "column \($0)" }
    let rows = hasHeader ? Array(sample.dropFirst()) : sample
    guard !rows.isEmpty else { throw ScheduleFileError(.malformed, path: path, "a header and no rows; expected numbers") }
    let index = try column.map { try place(of: $0, in: names, hasHeader: hasHeader) } ?? onlyColumn(names: names, rows: rows)
    let values = try read(index, width: names.count, skippingHeader: hasHeader, objection: objection)
    return NumberSeries(name: hasHeader ? names[index] : nil, values: values)
  }

  // MARK: Choosing the column

  private func place(of column: String, in names: [String], hasHeader: Bool) throws -> Int {
    if hasHeader {
      let places = names.indices.filter { names[$0] == column }
      if places.count > 1 {
        throw ScheduleFileError(
          .malformed, path: path, "\(places.count) columns are called '\(column)'; choose one by its number")
      }
      if let place = places.first { return place }
    }
    if let number = Int(column), (1...names.count).contains(number) { return number - 1 }
    let near = hasHeader ? suggestion(for: column, among: names) : ""
    throw ScheduleFileError(
      .malformed, path: path,
      "no column '\(column)'\(near); expected 1 to \(names.count)"
        + (hasHeader ? " or one of: \(names.joined(separator: ", "))" : ""))
  }

  private func onlyColumn(names: [String], rows: [[String]]) throws -> Int {
    let numeric = names.indices.filter { index in
      let cells = rows.filter { index < $0.count }.map { NumberCell($0[index]) }
      return cells.contains { if case .number = $0 { true } else { false } }
        && !cells.contains { if case .notANumber = $0 { true } else { false } }
    }
    return try NumberSeries.only(of: numeric.map { (names[$0], $0) }, path: path, all: names)
  }

  // MARK: Reading

  private func sampleRows(_ count: Int) -> [[String]] {
    var rows: [[String]] = []
    var cells: [Range<Int>] = []
    var reader = LineReader(bytes: bytes, position: start)
    while rows.count < count, let line = reader.next() {
      if Self.isPassedOver(line) { continue }
      find(&cells, in: line)
      rows.append(cells.map { String(decoding: Self.unquoted(line[$0]), as: UTF8.self) })
    }
    return rows
  }

  private func read(
    _ index: Int, width: Int, skippingHeader: Bool, objection: (Double) -> String?
  ) throws -> [Double] {
    var values: [Double] = []
    var cells: [Range<Int>] = []
    var reader = LineReader(bytes: bytes, position: start)
    var skips = skippingHeader
    while let line = reader.next() {
      if Self.isPassedOver(line) { continue }
      if skips {
        skips = false
        continue
      }
      find(&cells, in: line)
      func error(_ column: Int, _ message: String) -> ScheduleFileError {
        ScheduleFileError(.malformed, path: path, line: reader.line, column: column - line.startIndex + 1, message)
      }
      guard cells.count == width else {
        throw error(line.startIndex, "\(counted(cells.count, "cell")) in this row; expected \(width)")
      }
      let text = Self.unquoted(line[cells[index]])
      switch NumberCell(text) {
      case .missing: values.append(.nan)
      case .number(let value):
        if let message = objection(value) { throw error(cells[index].lowerBound, message) }
        values.append(value)
      case .notANumber:
        throw error(
          cells[index].lowerBound,
          "'\(String(decoding: text, as: UTF8.self))' is not a number; expected one (empty or NaN where missing)")
      }
    }
    return values
  }

  /// The places of the cells in a line, in an array that is used again and again.
  private func find(_ cells: inout [Range<Int>], in line: ArraySlice<UInt8>) {
    cells.removeAll(keepingCapacity: true)
    var cellStart = line.startIndex
    var isQuoted = false
    for position in line.indices {
      let byte = line[position]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      let isEnd = separator.map { byte == $0 } ?? byte.isBlank
      if isEnd, !isQuoted {
        // Blanks separate as a run; other separators may have nothing between them.
        if separator != nil || position > cellStart { cells.append(cellStart..<position) }
        cellStart = position + 1
      }
    }
    if separator != nil || line.endIndex > cellStart { cells.append(cellStart..<line.endIndex) }
  }

  private static func unquoted(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let trimmed = cell.trimmingBlanks
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

  private static func withoutQuoted(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var isQuoted = false
    return line.filter {
      if $0 == UInt8(ascii: "\"") { isQuoted.toggle() }
      return !isQuoted
    }
  }

  private static func isPassedOver(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first(where: { !$0.isBlank }) else { return true }
    return first == UInt8(ascii: "#")
  }
}

/// Lines without their ends, counted from 1.
struct LineReader {
  let bytes: [UInt8]
  var position: Int
  private(set) var line = 0

  init(bytes: [UInt8], position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  mutating func next() -> ArraySlice<UInt8>? {
    guard position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    let slice = bytes[position..<end]
    position = end + 1
    line += 1
    return slice.last == UInt8(ascii: "\r") ? slice.dropLast() : slice
  }
}

extension ArraySlice<UInt8> {
  fileprivate var trimmingBlanks: ArraySlice<UInt8> {
    guard let last = lastIndex(where: { !$0.isBlank }) else { return [] }
    return self[...last].drop { $0.isBlank }
  }
}
