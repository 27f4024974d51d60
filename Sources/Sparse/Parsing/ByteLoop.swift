import Platform

/// The reference parser: line by line, byte by byte. It defines the result and reports all errors.
struct ByteLoop {
  let indexBase: IndexBase?

  /// Appends the rows of a text of whole lines.
  func parse(_ text: UnsafeBufferPointer<UInt8>, into rows: inout RangeRows, labels: inout LabelTable) {
    var position = 0
    while position < text.count, !rows.endsEarly {
      let end = text.lineEnd(from: position)
      let line = UnsafeBufferPointer(rebasing: text[position..<end])
      let entriesBefore = rows.entryCount
      do throws(LineError) {
        try parse(line: line, into: &rows, labels: &labels)
      } catch {
        rows.entryCount = entriesBefore
        rows.endsEarly = error.isFinal
        rows.errors.note(error, line: rows.line)
      }
      rows.lineCount += 1
      position = end
    }
  }

  private func parse(
    line: UnsafeBufferPointer<UInt8>, into rows: inout RangeRows, labels: inout LabelTable
  ) throws(LineError) {
    var scanner = try LineScanner(line: line, describesErrors: !rows.errors.isFull)
    guard let label = try scanner.label() else { return }
    while let (index, value) = try scanner.pair() {
      let float = value.float
      guard float.isFinite else { throw scanner.overflow(of: value, as: "Float") }
      if index == 0, indexBase == .one {
        throw LineError(
          column: scanner.columnOfLatestIndex, message: "index 0, but indices were declared to begin at 1")
      }
      if index == LineScanner.largestIndex, indexBase == .zero {
        throw LineError(
          column: scanner.columnOfLatestIndex,
          message: "index \(index) is too large; the largest is \(index - 1) where indices begin at 0")
      }
      guard rows.entryRoom > 0 else { throw changed }
      let column = Int32(index - 1)
      rows.columns[rows.entryCount] = column
      rows.values[rows.entryCount] = float
      rows.entryCount += 1
      rows.smallestColumn = min(rows.smallestColumn, column)
      rows.largestColumn = max(rows.largestColumn, column)
    }
    guard rows.rowRoom > 0 else { throw changed }
    rows.rowEnds[rows.rowCount] = rows.place.entry + rows.entryCount
    rows.labelCodes[rows.rowCount] = labels.code(label, line: rows.line)
    rows.rowCount += 1
    if scanner.hasQuery { rows.queryRowCount += 1 }
  }

  /// The counts of the first pass bound those of the second, unless a mapped file is modified in between.
  private var changed: LineError { LineError(column: 1, message: "the file was changed while it was read") }
}

extension UnsafeBufferPointer<UInt8> {
  /// The position after the first newline at or after `start`; the end of the text if there is none.
  ///
  /// - Parameter start: at most the number of bytes.
  func lineEnd(from start: Int) -> Int {
    guard let base = baseAddress, start < count else { return count }
    let found = memchr(base + start, CInt(UInt8(ascii: "\n")), count - start)
    return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) + 1 } ?? count
  }
}
