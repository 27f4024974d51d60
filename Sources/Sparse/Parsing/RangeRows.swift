/// Where the rows of a range of text go, and what was found in it.
///
/// The memory is a part of the block's arrays that no other range writes to.
struct RangeRows: @unchecked Sendable {
  /// Indices less one.
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  /// For each row where its entries end, counted from the block's first entry.
  let rowEnds: UnsafeMutablePointer<Int>
  /// For each row the number of its label in the `LabelTable` of the thread that parsed it.
  let labelCodes: UnsafeMutablePointer<Int32>
  /// Entries and rows that there is room for: the range's colons and lines.
  let entryRoom: Int
  let rowRoom: Int
  /// Of the block's entries, the range's first.
  let firstEntry: Int
  /// Of the block's rows, the range's first.
  let firstRow: Int
  /// Number of the range's first line, from 1.
  let firstLine: Int
  /// Number of the thread that parsed the range.
  let thread: Int

  var entryCount = 0
  var rowCount = 0
  var lineCount = 0
  var queryRowCount = 0
  var smallestColumn = Int32.max
  var largestColumn = Int32.min
  var byteCount = 0
  /// CRC-32, where it is asked for.
  var checksum: UInt32 = 0
  var errors: ErrorList
  /// Whether the last line was too long to be read, and nothing behind it counts.
  var endsEarly = false

  /// The part of a block's arrays for one of its ranges.
  ///
  /// - Parameters:
  ///   - memory: of the block.
  ///   - place: of the range in it.
  ///   - firstLine: number of the block's first line, from 1.
  ///   - thread: that parses.
  ///   - file: for messages.
  init(_ memory: RowMemory, _ place: RangePlace, firstLine: Int, thread: Int, file: String) {
    columns = memory.columns + place.entry
    values = memory.values + place.entry
    rowEnds = memory.rowEnds + place.row
    labelCodes = memory.labelCodes + place.row
    entryRoom = place.entries
    rowRoom = place.rows
    firstEntry = place.entry
    firstRow = place.row
    self.firstLine = firstLine + place.row
    self.thread = thread
    errors = ErrorList(file: file)
  }

  /// The line that comes next.
  var line: Int { firstLine + lineCount }

  /// Moves the rows to the front, where ranges before this one have less than room was made for.
  func move(toEntry entry: Int, row: Int) {
    if entry != firstEntry {
      (columns - firstEntry + entry).update(from: columns, count: entryCount)
      (values - firstEntry + entry).update(from: values, count: entryCount)
    }
    guard entry != firstEntry || row != firstRow else { return }
    for place in 0..<rowCount {
      (rowEnds - firstRow + row)[place] = rowEnds[place] + entry - firstEntry
      (labelCodes - firstRow + row)[place] = labelCodes[place]
    }
  }
}

/// Which part of a block's arrays a range gets.
struct RangePlace: Sendable {
  /// The first entry, and how many there may be.
  let entry: Int
  let entries: Int
  /// The first row, which counts lines that hold none, and how many there may be.
  let row: Int
  let rows: Int
}
