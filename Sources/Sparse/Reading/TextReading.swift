import CZlib
import Platform

/// Reads one text, block by block of whole lines: a mapped file is a single block, a stream has many.
///
/// A block is cut at line ends into several ranges per thread. A first pass counts the colons and newlines of each range, which
/// bound its entries and rows; prefix sums of the counts give each range its place in arrays of that size. A second pass parses
/// each range in place (`RangeParser`): with vectors if its lines are plain rows, else byte by byte. If a range had fewer rows
/// than lines, or fewer entries than colons, those after it move up. Finally the blocks' arrays are joined, and the label
/// numbers of each thread are replaced by indices into the sorted list of all labels.
struct TextReading {
  private static let rangesOfThread = 4
  /// More distinct labels than this, some fractional, are a regression target.
  private static let regressionLimit = 2000

  private let options: ReadingOptions
  private let threads: Int
  /// One per thread.
  private let parsers: [RangeParser]
  private let computesChecksum: Bool
  private var limit: MemoryLimit
  private var blocks: [RowArrays] = []
  /// In text order: the thread whose table holds the labels of the next `rows` rows.
  private var labelOwners: [(thread: Int, rows: Int)] = []
  private var entryCount = 0
  private var lineCount = 0
  private var byteCount = 0
  private var checksum: uLong = 0
  private var queryRowCount = 0
  private var smallestColumn = Int32.max
  private var largestColumn = Int32.min
  private var errors: ErrorList
  private var hasEndedEarly = false

  /// - Parameter name: file name for messages.
  init(name: String, options: ReadingOptions, computesChecksum: Bool) {
    self.options = options
    self.computesChecksum = computesChecksum
    threads = max(1, options.threads ?? availableCoreCount)
    parsers = (0..<threads).map { _ in RangeParser(options, computesChecksum: computesChecksum) }
    limit = MemoryLimit(options.memoryLimit)
    errors = ErrorList(file: name)
  }

  /// Reads all blocks of a stream; one thread reads the next block while the others parse.
  ///
  /// - Throws: `ReadingFailure` if reading fails, and for text of another format.
  mutating func read(_ stream: any ByteStream) throws(ReadingFailure) {
    let source = TextBlocks(stream, size: options.blockSize)
    source.advance()
    if let text = source.current { try TextInput.refuseStrangers(Array(text.prefix(8)), errors.file) }
    var goesOn = true
    while goesOn, let text = source.current {
      // Used by only one thread at a time.
      nonisolated(unsafe) let source = source
      goesOn = read(text) { source.advance() }
    }
    if let failure = source.failure { throw failure }
    if goesOn, let (message, column) = source.interruption { errors.note(message, line: lineCount + 1, column: column) }
  }

  /// Reads a block.
  ///
  /// - Parameters:
  ///   - block: whole lines; the last may lack its newline.
  ///   - meanwhile: work that one of the threads does before it parses.
  /// - Returns: Whether to continue: false after an overlong line or if memory is short.
  @discardableResult
  mutating func read(_ block: UnsafeBufferPointer<UInt8>, meanwhile: (@Sendable () -> Void)? = nil) -> Bool {
    nonisolated(unsafe) let text = block
    let ranges = self.ranges(of: text)
    let counts = mapTasks(ranges.count, threads: threads) { [ranges] range, _ in
      ByteCounts(UnsafeBufferPointer(rebasing: text[ranges[range]]))
    }
    var places: [RangeRows.Place] = []
    var (entries, rows) = (0, 0)
    for (range, count) in zip(ranges, counts) {
      let lines = count.newlines + (!range.isEmpty && text[range.upperBound - 1] != UInt8(ascii: "\n") ? 1 : 0)
      places.append(RangeRows.Place(entry: entries, entries: count.colons, row: rows, rows: lines))
      entries += count.colons
      rows += lines
    }
    guard checkMemory(entries: entries, rows: rows) else { return false }

    let arrays = RowArrays(entries: entries, rows: rows) { memory in
      let first = meanwhile == nil ? 0 : 1
      let parsed = mapTasks(first + ranges.count, threads: threads) {
        [places, parsers, firstLine = lineCount + 1, file = errors.file] task, thread -> RangeRows? in
        guard task >= first else {
          meanwhile?()
          return nil
        }
        var rows = RangeRows(memory, places[task - first], firstLine: firstLine, thread: thread, file: file)
        parsers[thread].parse(ranges[task - first], of: text, into: &rows)
        return rows
      }
      return keep(parsed.compactMap { $0 })
    }
    entryCount += arrays.columns.count
    blocks.append(arrays)
    return !hasEndedEarly
  }

  /// Checks the memory needed; notes an error if there is not enough.
  private mutating func checkMemory(entries: Int, rows: Int) -> Bool {
    let (entries, rows) = (entryCount + entries, lineCount + rows)
    let needed = entries * RowArrays.entrySize + rows * RowArrays.rowSize
    // Joining blocks takes half as much again.
    if limit.allows(blocks.isEmpty ? needed : needed + needed / 2) { return true }
    errors.note(
      "its rows would take about \(needed >> 20) MB (\(entries) entries, \(rows) rows up to line \(rows)), and only "
        + "\(limit.byteCount >> 20) MB of memory are available")
    return false
  }

  /// The text cut at line ends into ranges of similar size; some may be empty.
  private func ranges(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    let count = threads == 1 ? 1 : max(1, min(Self.rangesOfThread * threads, text.count / options.leastRangeSize))
    var ranges: [Range<Int>] = []
    var start = 0
    for number in 1...count {
      let end = number == count ? text.count : max(start, text.lineEnd(from: max(0, text.count / count * number - 1)))
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// Merges the results of a block's ranges.
  ///
  /// - Returns: the numbers of entries and rows, now contiguous.
  private mutating func keep(_ ranges: [RangeRows]) -> (entries: Int, rows: Int) {
    var (entries, rows) = (0, 0)
    for range in ranges where !hasEndedEarly {
      range.move(toEntry: entries, row: rows)
      entries += range.entryCount
      rows += range.rowCount
      labelOwners.append((range.thread, range.rowCount))
      lineCount += range.lineCount
      byteCount += range.byteCount
      if computesChecksum { checksum = crc32_combine(checksum, uLong(range.checksum), range.byteCount) }
      queryRowCount += range.queryRowCount
      smallestColumn = min(smallestColumn, range.smallestColumn)
      largestColumn = max(largestColumn, range.largestColumn)
      errors.append(range.errors)
      hasEndedEarly = range.endsEarly
    }
    return (entries, rows)
  }

  /// The complete result, after the last block.
  ///
  /// - Parameters:
  ///   - path: as the caller gave it.
  ///   - checksum: of the text, if already known.
  /// - Throws: All errors of the text.
  consuming func file(path: String, checksum known: UInt32?) throws(ReadingFailure) -> LIBSVMFile {
    let base = options.indexBase ?? (smallestColumn < 0 ? .zero : .one)
    let featureCount = largestColumn < -1 ? 0 : Int(largestColumn) + (base == .zero ? 2 : 1)
    let classLabels = Set(parsers.flatMap(\.labels.labels)).sorted()
    try check(featureCount: featureCount, labelCount: classLabels.count)
    var arrays = blocks.count == 1 ? blocks.removeFirst() : RowArrays(joining: &blocks)
    replaceCodes(&arrays.labelCodes, classLabels)
    if base == .zero {
      arrays.columns.withUnsafeMutableBufferPointer { columns in
        for index in columns.indices { columns[index] &+= 1 }
      }
    }
    let matrix = SparseMatrix(
      rowOffsets: arrays.rowOffsets, columns: arrays.columns, values: arrays.values, columnCount: featureCount)
    return LIBSVMFile(
      path: path, data: LabelledSparseData(matrix: matrix, classes: arrays.labelCodes, classLabels: classLabels),
      indexBase: base, byteCount: byteCount,
      checksum: options.computesChecksum ? known ?? UInt32(truncatingIfNeeded: checksum) : nil, queryRowCount: queryRowCount)
  }

  /// - Throws: The errors of lines; if there are none, those of the file as a whole.
  private mutating func check(featureCount: Int, labelCount: Int) throws(ReadingFailure) {
    try errors.throwIfAny()
    if labelOwners.allSatisfy({ $0.rows == 0 }) {
      errors.note("the file holds no rows; a row is LABEL INDEX:VALUE ...", line: 1, column: 1)
    } else if featureCount == 0 {
      errors.note("no row has a feature; a feature is INDEX:VALUE", line: 1, column: 1)
    } else if featureCount > Int(Int32.max) {
      errors.note("\(featureCount) features, from index 0 to \(Int32.max), are one too many", line: 1, column: 1)
    }
    if labelCount > Self.regressionLimit, let line = parsers.compactMap(\.labels.firstFractionLine).min() {
      errors.note(
        "\(labelCount) distinct labels, some with fractions, are a regression target, not classes", line: line, column: 1)
    }
    try errors.throwIfAny()
  }

  /// Replaces label numbers of the threads' tables by indices into the sorted list of labels.
  private func replaceCodes(_ codes: inout [Int32], _ classLabels: [Double]) {
    let places = Dictionary(uniqueKeysWithValues: zip(classLabels, Int32(0)...))
    let maps = parsers.map { $0.labels.labels.map { places[$0] ?? -1 } }
    codes.withUnsafeMutableBufferPointer { codes in
      var row = 0
      for owner in labelOwners {
        maps[owner.thread].withUnsafeBufferPointer { map in
          for index in row..<(row + owner.rows) { codes[index] = map[Int(codes[index])] }
        }
        row += owner.rows
      }
    }
  }
}
