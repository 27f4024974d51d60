#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The plain way from text to rows: line by line, byte by byte. It is the definition, and finds all errors.
struct ByteLoop {
  let indexBase: IndexBase?

  /// Appends the rows of some whole lines.
  func parse(_ text: UnsafeBufferPointer<UInt8>, into rows: inout ChunkRows, labels: inout LabelTable) {
    guard let start = text.baseAddress else { return }
    var position = 0
    while position < text.count {
      let newline = memchr(start + position, CInt(UInt8(ascii: "\n")), text.count - position)
      let end = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(start) + 1 } ?? text.count
      let entriesBefore = rows.entryCount
      do throws(LineError) {
        try parse(line: UnsafeBufferPointer(rebasing: text[position..<end]), into: &rows, labels: &labels)
      } catch {
        rows.entryCount = entriesBefore
        rows.note(error, line: rows.line)
      }
      rows.lineCount += 1
      position = end
    }
  }

  private func parse(
    line: UnsafeBufferPointer<UInt8>, into rows: inout ChunkRows, labels: inout LabelTable
  ) throws(LineError) {
    let describesErrors = rows.errors.count < ReadingFailure.errorLimit
    var scanner = LineScanner(line: line, describesErrors: describesErrors)
    guard let label = try scanner.label() else { return }
    while let (index, value) = try scanner.pair() {
      let float = value.float
      guard float.isFinite else { throw scanner.overflow(of: value, as: "Float") }
      if index == 0, indexBase == .one {
        throw LineError(
          column: scanner.columnOfLatestIndex, message: "index 0 in a file whose indices are said to begin at 1")
      }
      if index == LineScanner.largestIndex, indexBase == .zero {
        throw LineError(
          column: scanner.columnOfLatestIndex,
          message: "index \(index) is too large; the largest is \(index - 1) where indices begin at 0")
      }
      let column = Int32(index - 1)
      rows.columns[rows.entryCount] = column
      rows.values[rows.entryCount] = float
      rows.entryCount += 1
      rows.smallestColumn = min(rows.smallestColumn, column)
      rows.largestColumn = max(rows.largestColumn, column)
    }
    rows.rowEnds[rows.rowCount] = rows.firstEntry + rows.entryCount
    rows.labelCodes[rows.rowCount] = labels.code(label, line: rows.line)
    rows.rowCount += 1
    if scanner.hasQuery { rows.queryRowCount += 1 }
  }
}
