/// Where the rows of a chunk of text go, and what was found in it.
///
/// The memory belongs to a `RowSegment` and has room for as many entries as the chunk has colons and for as many rows as it has lines.
struct ChunkRows {
  /// Indices less one.
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  /// For each row where its entries end, counted from the first entry of the storage.
  let rowEnds: UnsafeMutablePointer<Int>
  /// For each row the number of its label in a `LabelTable`.
  let labelCodes: UnsafeMutablePointer<Int32>
  /// Entries of the storage before this chunk.
  let firstEntry: Int
  /// Number of the chunk's first line, from 1.
  let firstLine: Int

  var entryCount = 0
  var rowCount = 0
  var lineCount = 0
  var queryRowCount = 0
  var smallestColumn = Int32.max
  var largestColumn = Int32.min
  /// The first errors, in the order of the lines.
  var errors: [PositionedLineError] = []
  var errorCount = 0

  /// - Parameters:
  ///   - memory: holds the rows.
  ///   - entry: of that memory, the chunk's first.
  ///   - row: of that memory, the chunk's first.
  ///   - firstEntry: entries of the storage before this chunk.
  ///   - firstLine: number of the chunk's first line, from 1.
  init(_ memory: RowSegment, entry: Int, row: Int, firstEntry: Int, firstLine: Int) {
    columns = memory.columns + entry
    values = memory.values + entry
    rowEnds = memory.rowEnds + row
    labelCodes = memory.labelCodes + row
    self.firstEntry = firstEntry
    self.firstLine = firstLine
  }

  /// The line that comes next.
  var line: Int { firstLine + lineCount }

  mutating func note(_ error: LineError, line: Int) {
    if errors.count < ReadingFailure.errorLimit { errors.append(PositionedLineError(line: line, error: error)) }
    errorCount += 1
  }
}

struct PositionedLineError {
  let line: Int
  let error: LineError
}
