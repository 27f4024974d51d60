import SIMDShims

/// The fast way from text to rows: 64 bytes at a time into positions of tokens, and eight entries at a time into numbers.
///
/// It takes a window of whole lines or refuses it; what it refuses, the byte loop takes. It refuses whatever it does not
/// know to be right: lines that are not rows, comments, `qid`, control characters, and every error.
final class VectorLoop {
  /// Longer lines are left to the byte loop, so that the lists of positions stay small.
  static let longestWindow = 1 << 18
  /// Bytes behind a window that are read, without consequences.
  static let readBehind = 128

  private let indexBase: IndexBase?
  private var capacity = 0
  /// Where the tokens of a window are.
  private var tokens = token_lists()

  init(indexBase: IndexBase?) { self.indexBase = indexBase }

  deinit { deallocate() }

  private func deallocate() {
    for list in [tokens.edges, tokens.newlines, tokens.entries_up_to] { list?.deallocate() }
  }

  private func reserve(_ byteCount: Int) {
    let needed = byteCount + 160
    guard needed > capacity else { return }
    deallocate()
    capacity = needed
    tokens = token_lists(
      edges: .allocate(capacity: needed), newlines: .allocate(capacity: needed), entries_up_to: .allocate(capacity: needed),
      entry_count: 0, row_count: 0)
  }

  /// Appends the rows of a window.
  ///
  /// - Parameters:
  ///   - text: Whole lines, at most `longestWindow` bytes; `readBehind` more bytes behind them can be read.
  ///   - readableBefore: Bytes before them that can be read.
  /// - Returns: Whether it did; if not, `rows` is as before.
  func parse(
    _ text: UnsafeBufferPointer<UInt8>, readableBefore: Int, into rows: inout RangeRows, labels: inout LabelTable
  ) -> Bool {
    guard let bytes = text.baseAddress, text.last == UInt8(ascii: "\n") else { return false }
    reserve(text.count)
    guard find_tokens(bytes, text.count, &tokens), tokens.entry_count <= rows.entryRoom - rows.entryCount,
      tokens.row_count <= rows.rowRoom - rows.rowCount
    else { return false }
    let columns = rows.columns + rows.entryCount
    guard convertEntries(bytes, readableBefore, columns, rows.values + rows.entryCount),
      let range = rangeOfAscending(columns), storeRows(bytes, &rows, &labels)
    else { return false }
    rows.smallestColumn = min(rows.smallestColumn, range.smallest)
    rows.largestColumn = max(rows.largestColumn, range.largest)
    rows.entryCount += tokens.entry_count
    rows.rowCount += tokens.row_count
    rows.lineCount += tokens.row_count
    return true
  }

  // MARK: Entries

  private func convertEntries(
    _ bytes: UnsafePointer<UInt8>, _ readableBefore: Int, _ columns: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Float>
  ) -> Bool {
    let count = tokens.entry_count
    guard count > 0, let edges = tokens.edges else { return true }
    // The last eight are filled up with copies of the last one.
    for place in (3 * count)..<(3 * count + 24) { edges[place] = edges[place - 3] }
    var entry = 0
    // Words are read that end where an entry does.
    if readableBefore + Int(edges[2]) < 8 {
      entry = min(8, count)
      guard convertOneByOne(bytes, edges, 0..<entry, columns, values) else { return false }
    }
    while entry < count & ~7 {
      if !convert_eight(bytes, edges + 3 * entry, columns + entry, values + entry),
        !convertOneByOne(bytes, edges, entry..<(entry + 8), columns, values)
      {
        return false
      }
      entry &+= 8
    }
    guard entry < count else { return true }
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8) { lastColumns in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 8) { lastValues in
        guard let someColumns = lastColumns.baseAddress, let someValues = lastValues.baseAddress,
          convert_eight(bytes, edges + 3 * entry, someColumns, someValues)
        else { return convertOneByOne(bytes, edges, entry..<count, columns, values) }
        for lane in 0..<(count - entry) {
          columns[entry + lane] = someColumns[lane]
          values[entry + lane] = someValues[lane]
        }
        return true
      }
    }
  }

  /// Converts a few entries with the careful scanner; false where one of them is wrong.
  private func convertOneByOne(
    _ bytes: UnsafePointer<UInt8>, _ edges: UnsafePointer<UInt32>, _ entries: Range<Int>,
    _ columns: UnsafeMutablePointer<Int32>, _ values: UnsafeMutablePointer<Float>
  ) -> Bool {
    for entry in entries {
      let (start, colon, end) = (Int(edges[3 * entry]), Int(edges[3 * entry + 1]), Int(edges[3 * entry + 2]))
      guard start < colon, colon - start <= 10, colon + 1 < end else { return false }
      var index = 0
      for position in start..<colon {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { return false }
        index = index * 10 + Int(digit)
      }
      let text = UnsafeBufferPointer(start: bytes + colon + 1, count: end - colon - 1)
      guard index <= LineScanner.largestIndex, let number = DecimalNumber(prefixOf: text), number.text.count == text.count
      else { return false }
      let value = number.float
      guard value.isFinite else { return false }
      columns[entry] = Int32(index - 1)
      values[entry] = value
    }
    return true
  }

  // MARK: Rows

  /// The range of the columns; nil where they do not ascend within rows, or are not all in the range that the index base allows.
  private func rangeOfAscending(_ columns: UnsafeMutablePointer<Int32>) -> (smallest: Int32, largest: Int32)? {
    guard let entriesUpTo = tokens.entries_up_to else { return nil }
    var descents: Int32 = 0
    var entry = 1
    while entry < tokens.entry_count {
      descents &+= columns[entry] <= columns[entry &- 1] ? 1 : 0
      entry &+= 1
    }
    var (smallest, largest) = (Int32.max, Int32.min)
    var start = 0
    for row in 0..<tokens.row_count {
      let end = Int(entriesUpTo[row])
      if end > start {
        if start > 0, columns[start] <= columns[start - 1] { descents &-= 1 }
        smallest = min(smallest, columns[start])
        largest = max(largest, columns[end - 1])
      }
      start = end
    }
    let isAllowed = indexBase == .one ? smallest >= 0 : indexBase == .zero ? largest < Int32.max - 1 : true
    return descents == 0 && isAllowed ? (smallest, largest) : nil
  }

  private func storeRows(_ bytes: UnsafePointer<UInt8>, _ rows: inout RangeRows, _ labels: inout LabelTable) -> Bool {
    guard let newlines = tokens.newlines, let entriesUpTo = tokens.entries_up_to else { return false }
    let base = rows.firstEntry + rows.entryCount
    var start = 0
    for row in 0..<tokens.row_count {
      guard let code = labelCode(bytes, start, rows.line + row, &labels) else { return false }
      rows.labelCodes[rows.rowCount + row] = code
      rows.rowEnds[rows.rowCount + row] = base &+ Int(entriesUpTo[row])
      start = Int(newlines[row]) + 1
    }
    return true
  }

  /// The code of the label that begins at `start` and ends at a blank.
  @inline(__always)
  private func labelCode(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ line: Int, _ labels: inout LabelTable
  ) -> Int32? {
    let sign = bytes[start]
    let isNegative = sign == UInt8(ascii: "-")
    let signLength = isNegative || sign == UInt8(ascii: "+") ? 1 : 0
    let digits = word_at(bytes + start + signLength) ^ 0x3030_3030_3030_3030
    // Bit 7 of each character that is not a digit.
    let others = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
    let length = others.trailingZeroBitCount >> 3
    if length >= 1, length <= 3, isBlank(bytes[start + signLength + length]) {
      let last = digits << UInt64(64 - 8 * length)
      let value = Int(last >> 40 & 0xFF) &* 100 &+ Int(last >> 48 & 0xFF) &* 10 &+ Int(last >> 56)
      return labels.code(small: isNegative ? -value : value, line: line)
    }
    var end = start
    while !isBlank(bytes[end]) { end += 1 }
    let text = UnsafeBufferPointer(start: bytes + start, count: end - start)
    guard let number = DecimalNumber(prefixOf: text), number.text.count == text.count else { return nil }
    let label = number.double
    guard label.isFinite else { return nil }
    return labels.code(label == 0 ? 0 : label, line: line)
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
