/// The destination of the rows parsed from a range of text, and what was found in it.
///
/// The memory is a slice of the block's arrays that no other range writes to.
struct RangeRows: @unchecked Sendable {
  /// The slice of the block's arrays that belongs to a range.
  struct Place: Sendable {
    /// First entry, and the maximum number of entries: the range's colons.
    let entry: Int
    let entries: Int
    /// First row, counting every line before it as one, and the maximum number of rows: the range's lines.
    let row: Int
    let rows: Int
  }

  let place: Place
  /// Indices minus one.
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  /// For each row, the end of its entries, counted from the block's first entry.
  let rowEnds: UnsafeMutablePointer<Int>
  /// For each row, the number of its label in the `LabelTable` of the parsing thread.
  let labelCodes: UnsafeMutablePointer<Int32>
  /// Number of the range's first line, from 1.
  let firstLine: Int
  /// Number of the thread that parses.
  let thread: Int

  var entryCount = 0
  var rowCount = 0
  var lineCount = 0
  var queryRowCount = 0
  var smallestColumn = Int32.max
  var largestColumn = Int32.min
  var byteCount = 0
  /// CRC-32, if requested.
  var checksum: UInt32 = 0
  var errors: ErrorList
  /// Whether the last line was too long, so that nothing after it counts.
  var endsEarly = false

  /// - Parameters:
  ///   - firstLine: number of the block's first line, from 1.
  ///   - file: for messages.
  init(_ memory: RowMemory, _ place: Place, firstLine: Int, thread: Int, file: String) {
    self.place = place
    columns = memory.columns + place.entry
    values = memory.values + place.entry
    rowEnds = memory.rowEnds + place.row
    labelCodes = memory.labelCodes + place.row
    self.firstLine = firstLine + place.row
    self.thread = thread
    errors = ErrorList(file: file)
  }

  /// The number of the next line.
  var line: Int { firstLine + lineCount }
  var entryRoom: Int { place.entries - entryCount }
  var rowRoom: Int { place.rows - rowCount }

  /// Closes the gap left where earlier ranges had fewer rows or entries than room was reserved for.
  func move(toEntry entry: Int, row: Int) {
    let (entries, rows) = (place.entry - entry, place.row - row)
    if entries > 0 {
      (columns - entries).update(from: columns, count: entryCount)
      (values - entries).update(from: values, count: entryCount)
    }
    guard entries > 0 || rows > 0 else { return }
    for number in 0..<rowCount {
      (rowEnds - rows)[number] = rowEnds[number] - entries
      (labelCodes - rows)[number] = labelCodes[number]
    }
  }
}
