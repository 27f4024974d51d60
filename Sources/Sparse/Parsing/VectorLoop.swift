import SIMDShims

/// The vectorized parser: finds tokens 64 bytes at a time and converts entries eight at a time.
///
/// It accepts or rejects a window of whole lines; the byte loop parses rejected ones. It rejects everything it does not fully
/// handle: lines without a row, comments, `qid`, control characters, and every error.
final class VectorLoop {
  /// Longer windows are left to the byte loop, which bounds the lists of positions.
  static let longestWindow = 1 << 18
  /// Bytes after a window that are read but do not influence the result.
  static let readBehind = 128

  private let indexBase: IndexBase?
  private var capacity = 0
  /// The positions of the tokens of a window.
  private var tokens = token_lists()

  init(indexBase: IndexBase?) { self.indexBase = indexBase }

  deinit { for list in [tokens.edges, tokens.newlines, tokens.entries_up_to] { list?.deallocate() } }

  private func reserve(_ byteCount: Int) {
    let needed = byteCount + 160
    guard needed > capacity else { return }
    for list in [tokens.edges, tokens.newlines, tokens.entries_up_to] { list?.deallocate() }
    capacity = needed
    tokens = token_lists(
      edges: .allocate(capacity: needed), newlines: .allocate(capacity: needed), entries_up_to: .allocate(capacity: needed),
      entry_count: 0, row_count: 0)
  }

  /// Appends the rows of a window.
  ///
  /// - Parameters:
  ///   - text: Whole lines, at most `longestWindow` bytes; `readBehind` more bytes after them must be readable.
  ///   - readableBefore: Readable bytes before the text.
  /// - Returns: False if the window was rejected; `rows` is then unchanged.
  func parse(
    _ text: UnsafeBufferPointer<UInt8>, readableBefore: Int, into rows: inout RangeRows, labels: inout LabelTable
  ) -> Bool {
    guard let bytes = text.baseAddress, text.last == UInt8(ascii: "\n") else { return false }
    reserve(text.count)
    let columns = rows.columns + rows.entryCount
    var (smallest, largest) = (Int32.max, Int32.min)
    guard find_tokens(bytes, text.count, &tokens), tokens.entry_count <= rows.entryRoom, tokens.row_count <= rows.rowRoom,
      convertEntries(bytes, readableBefore, columns, rows.values + rows.entryCount),
      columns_ascend(columns, &tokens, &smallest, &largest),
      indexBase == .one ? smallest >= 0 : indexBase == .zero ? largest < Int32.max - 1 : true,
      storeRows(bytes, &rows, &labels)
    else { return false }
    rows.smallestColumn = min(rows.smallestColumn, smallest)
    rows.largestColumn = max(rows.largestColumn, largest)
    rows.entryCount += tokens.entry_count
    rows.rowCount += tokens.row_count
    rows.lineCount += tokens.row_count
    return true
  }

  private func convertEntries(
    _ bytes: UnsafePointer<UInt8>, _ readableBefore: Int, _ columns: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Float>
  ) -> Bool {
    let count = tokens.entry_count
    guard count > 0, let edges = tokens.edges else { return true }
    // Pad the last group of eight with copies of its last entry.
    for place in (3 * count)..<(3 * count + 24) { edges[place] = edges[place - 3] }
    var entry = 0
    // Each conversion reads the 8 bytes that end where the entry does.
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
    return convert_few(bytes, edges + 3 * entry, count - entry, columns + entry, values + entry)
      || convertOneByOne(bytes, edges, entry..<count, columns, values)
  }

  /// Converts a few entries with the scalar scanner; false if one of them is malformed.
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

  private func storeRows(_ bytes: UnsafePointer<UInt8>, _ rows: inout RangeRows, _ labels: inout LabelTable) -> Bool {
    guard let newlines = tokens.newlines, let entriesUpTo = tokens.entries_up_to else { return false }
    let base = rows.place.entry + rows.entryCount
    var start = 0
    for row in 0..<tokens.row_count {
      let small = small_label(bytes + start)
      if small != Int32.min {
        rows.labelCodes[rows.rowCount + row] = labels.code(small: Int(small))
      } else {
        let line = UnsafeBufferPointer(start: bytes + start, count: Int(newlines[row]) - start)
        guard let number = DecimalNumber(prefixOf: line), is_blank(bytes[start + number.text.count]), number.double.isFinite
        else { return false }
        rows.labelCodes[rows.rowCount + row] = labels.code(number.double, line: rows.line + row)
      }
      rows.rowEnds[rows.rowCount + row] = base &+ Int(entriesUpTo[row])
      start = Int(newlines[row]) + 1
    }
    return true
  }
}
