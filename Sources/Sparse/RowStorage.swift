/// Memory for rows that threads fill chunk by chunk.
struct RowSegment {
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  let rowEnds: UnsafeMutablePointer<Int>
  let labelCodes: UnsafeMutablePointer<Int32>
  let entryCapacity: Int
  let rowCapacity: Int

  static func allocate(entries: Int, rows: Int) -> RowSegment {
    let segment = RowSegment(
      columns: .allocate(capacity: entries), values: .allocate(capacity: entries), rowEnds: .allocate(capacity: rows),
      labelCodes: .allocate(capacity: rows), entryCapacity: entries, rowCapacity: rows)
    segment.adviseLargePages(entries: entries, rows: rows)
    return segment
  }

  func deallocate() {
    columns.deallocate()
    values.deallocate()
    rowEnds.deallocate()
    labelCodes.deallocate()
  }

  private static func preferLargePages<Element>(_ elements: UnsafeMutablePointer<Element>, count: Int, capacity: Int) {
    let size = MemoryLayout<Element>.stride
    MemoryAdvice.preferLargePages(elements, byteCount: count * size, capacity: capacity * size)
  }

  /// Asks for large pages for as many entries and rows as are expected.
  func adviseLargePages(entries: Int, rows: Int) {
    Self.preferLargePages(columns, count: entries, capacity: entryCapacity)
    Self.preferLargePages(values, count: entries, capacity: entryCapacity)
    Self.preferLargePages(rowEnds, count: rows, capacity: rowCapacity)
    Self.preferLargePages(labelCodes, count: rows, capacity: rowCapacity)
  }

  /// Takes that back for the pages that nobody has touched yet.
  func adviseSmallPages() {
    MemoryAdvice.preferSmallPages(columns, byteCount: entryCapacity * MemoryLayout<Int32>.stride)
    MemoryAdvice.preferSmallPages(values, byteCount: entryCapacity * MemoryLayout<Float>.stride)
    MemoryAdvice.preferSmallPages(rowEnds, byteCount: rowCapacity * MemoryLayout<Int>.stride)
    MemoryAdvice.preferSmallPages(labelCodes, byteCount: rowCapacity * MemoryLayout<Int32>.stride)
  }
}

/// A chunk whose rows are in their place.
struct ParsedChunk {
  let index: Int
  let segment: Int
  /// First entry and row in the segment.
  let entry: Int
  let row: Int
  let byteCount: Int
  /// What room was made for.
  let reservedEntries: Int
  let reservedRows: Int
  /// CRC-32 of the chunk's bytes, if wanted.
  var checksum: UInt32 = 0
  /// Which label table the codes are of.
  let worker: Int
  let rows: ChunkRows

  var isMostlyGaps: Bool { rows.entryCount < reservedEntries / 2 || rows.rowCount < reservedRows / 2 }
}

/// A chunk that a worker is to parse, and the place of its rows.
struct ChunkTicket {
  let index: Int
  let segment: Int
  let entry: Int
  let row: Int
  let chunk: TextChunk
  /// What room was made for.
  let counts: ByteCounts
  let rows: ChunkRows
  /// A large page that chunks to come need, for this worker to bring.
  let pageAhead: Int?
}

/// The large pages of an array that threads fill, brought one after the other before they are needed.
private struct PagesAhead {
  private let base: Int
  private let stride: Int
  private var pages: Range<Int>

  init<Element>(_ elements: UnsafeMutablePointer<Element>, expected: Int) {
    base = Int(bitPattern: elements)
    stride = MemoryLayout<Element>.stride
    pages = MemoryAdvice.furtherLargePages(elements, byteCount: expected * stride)
  }

  /// The next page, once all elements up to half a page before it have been given away.
  mutating func next(given count: Int) -> Int? {
    guard !pages.isEmpty, base + count * stride + MemoryAdvice.largePageSize / 2 >= pages.lowerBound else { return nil }
    defer { pages = (pages.lowerBound + MemoryAdvice.largePageSize)..<pages.upperBound }
    return pages.lowerBound
  }
}

/// Hands out chunks in order, with room for their rows in the same order, so that the rows of a file stand in the order of its
/// lines whoever parses them.
final class ChunkDispatcher: @unchecked Sendable {
  private let monitor = Monitor()
  private let source: any ChunkSource
  private let memoryLimit: MemoryLimit
  private(set) var segments: [RowSegment]
  private var entry = 0
  private var row = 0
  private var firstEntry = 0
  private var line = 1
  private var index = 0
  private var pending: TextChunk?
  /// Of the first segment's columns and values; empty where one thread parses.
  private var columnPages: PagesAhead?
  private var valuePages: PagesAhead?
  /// Whether chunks have far fewer entries or rows than room is made for, as where comments hold colons. Small pages leave the room
  /// between chunks untouched.
  private var hasGaps = false
  private(set) var parsed: [ParsedChunk] = []
  /// Bytes that the rows would need beyond the limit; nothing more is handed out then.
  private(set) var isOutOfMemory = false
  /// What the rows may take, asked for when the first segment is full; and what they would have taken when that was too much.
  private(set) var availableByteCount = 0
  private(set) var neededByteCount = 0

  /// Entries that a segment after the first has room for.
  private static let entriesOfSegment = 1 << 22
  /// Bytes for each entry and for each row.
  static let entrySize = 8
  static let rowSize = 12

  /// - Parameters:
  ///   - first: The first chunk, if it has been taken already.
  ///   - expectedEntries: what the segment has large pages for, where several threads will touch them; nil for one thread.
  init(
    _ source: any ChunkSource, first: TextChunk?, segment: RowSegment, expectedEntries: Int?, memoryLimit: MemoryLimit
  ) {
    if let expectedEntries {
      columnPages = PagesAhead(segment.columns, expected: expectedEntries)
      valuePages = PagesAhead(segment.values, expected: expectedEntries)
    }
    self.source = source
    self.memoryLimit = memoryLimit
    segments = [segment]
    pending = first
  }

  var interruption: (line: Int, column: Int, message: String)? {
    source.interruption.map { (line, $0.column, $0.message) }
  }

  /// Lines that have been handed out, and the memory set aside for their rows; blank lines count as rows.
  var lineCount: Int { line - 1 }
  var reservedByteCount: Int { firstEntry * Self.entrySize + lineCount * Self.rowSize }

  func next() -> ChunkTicket? {
    monitor.locked {
      guard !isOutOfMemory, let chunk = pending ?? source.next() else { return nil }
      pending = nil
      let counts = ByteCounts(chunk.text)
      guard makeRoom(entries: counts.colons, rows: counts.newlines) else { return nil }
      let segment = segments[segments.count - 1]
      let rows = ChunkRows(
        columns: segment.columns + entry, values: segment.values + entry, rowEnds: segment.rowEnds + row,
        labelCodes: segment.labelCodes + row, firstEntry: firstEntry, firstLine: line)
      let ticket = ChunkTicket(
        index: index, segment: segments.count - 1, entry: entry, row: row, chunk: chunk, counts: counts, rows: rows,
        pageAhead: segments.count == 1 ? columnPages?.next(given: entry) ?? valuePages?.next(given: entry) : nil)
      index += 1
      entry += counts.colons
      firstEntry += counts.colons
      row += counts.newlines
      line += counts.newlines
      return ticket
    }
  }

  func finish(_ chunk: ParsedChunk) {
    monitor.locked {
      parsed.append(chunk)
      guard !hasGaps, chunk.isMostlyGaps else { return }
      hasGaps = true
      (columnPages, valuePages) = (nil, nil)
      for segment in segments { segment.adviseSmallPages() }
    }
  }

  private func makeRoom(entries: Int, rows: Int) -> Bool {
    let last = segments[segments.count - 1]
    if entry + entries <= last.entryCapacity, row + rows <= last.rowCapacity { return true }
    // While the rows of further segments are appended to those of the first, half of them are there twice.
    let needed = reservedByteCount + entries * Self.entrySize + rows * Self.rowSize
    if segments.count == 1 { availableByteCount = memoryLimit.byteCount(reserved: reservedByteCount) }
    neededByteCount = needed + needed / 2
    guard neededByteCount <= availableByteCount else {
      isOutOfMemory = true
      return false
    }
    // In the proportions of what has come so far, so that neither kind of array is full long before the other.
    let rowsPerEntry = Double(lineCount + 1) / Double(firstEntry + 1)
    let usualRows = Int(Double(Self.entriesOfSegment) * min(1, rowsPerEntry) * 1.125)
    let segment = RowSegment.allocate(entries: max(Self.entriesOfSegment, entries), rows: max(usualRows, rows, 1 << 12))
    if hasGaps { segment.adviseSmallPages() }
    segments.append(segment)
    entry = 0
    row = 0
    return true
  }
}
