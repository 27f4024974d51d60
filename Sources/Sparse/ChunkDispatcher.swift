import Synchronization

/// A chunk that has been parsed.
struct ParsedChunk {
  let index: Int
  let segment: Int
  /// First entry and row in the segment.
  let entry: Int
  let row: Int
  let byteCount: Int
  /// What room was made for.
  let reserved: ByteCounts
  /// CRC-32 of the chunk's bytes, if wanted.
  let checksum: UInt32
  /// Which label table the codes are of.
  let worker: Int
  var rows: ChunkRows

  var isMostlyGaps: Bool { rows.entryCount < reserved.colons / 2 || rows.rowCount < reserved.newlines / 2 }
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

  /// The next page, once all elements up to `lead` bytes before it have been given away.
  mutating func next(given count: Int, lead: Int) -> Int? {
    guard !pages.isEmpty, base + count * stride + lead >= pages.lowerBound else { return nil }
    defer { pages = (pages.lowerBound + MemoryAdvice.largePageSize)..<pages.upperBound }
    return pages.lowerBound
  }
}

/// Hands out chunks in order, with room for their rows in the same order, so that the rows of a file stand in the order of its
/// lines whoever parses them.
///
/// A chunk is found and counted with the lock held: where threads count side by side, they bring the pages of a mapped file side by side,
/// and wait for each other in the system instead, for longer.
final class ChunkDispatcher: @unchecked Sendable {
  /// Where the chunks come from.
  enum Supply {
    case resident(ResidentChunks)
    case stream(any ChunkSource)
  }

  /// Why nothing more is handed out, though there is more.
  enum End {
    case failure(ReadingFailure)
    /// The text breaks off in the line that comes next.
    case interruption(message: String, column: Int)
    /// Bytes that the rows need, and what they may take.
    case memory(needed: Int, available: Int)
  }

  private struct FoundChunk {
    let lines: ResidentChunks.Lines
    let counts: ByteCounts
  }

  private let supply: Supply
  private let memoryLimit: MemoryLimit
  private let monitor = Monitor()
  /// None before `prepareMemory`.
  private(set) var segments: [RowSegment] = []
  private(set) var parsed: [ParsedChunk] = []
  private var end: End?
  /// The first chunk of a stream, if it has been taken already.
  private var first: TextChunk?
  /// Chunks that have been found, of which the last ones may have been found ahead.
  private var foundCount = 0
  private var foundAhead: ArraySlice<FoundChunk> = []
  private var bytesAhead = 0
  private var index = 0
  private var entry = 0
  private var row = 0
  private var firstEntry = 0
  private var line = 1
  /// What the first segment has large pages for.
  private let expected: ByteCounts
  private let areChunksShared: Bool
  private let isFirstSegmentReady = Atomic(false)
  /// Of the first segment's columns and values; nil where one thread parses, until the first pages are there, and where there are gaps.
  private var columnPages: PagesAhead?
  private var valuePages: PagesAhead?
  /// Whether chunks have far fewer entries or rows than room is made for, as where comments hold colons. Small pages leave the room
  /// between chunks untouched.
  private var hasGaps = false
  /// What the rows may take, asked for when the first segment is full.
  private var availableByteCount = 0

  /// So much text is about what can be counted while memory comes slowly, and still in a cache when it is parsed.
  private static let mostBytesAhead = 1 << 22
  /// Entries that a segment after the first has room for.
  private static let entriesOfSegment = 1 << 22
  /// Bytes for each entry and for each row.
  static let entrySize = 8
  static let rowSize = 12

  /// - Parameters:
  ///   - first: The first chunk of a stream, if it has been taken already.
  ///   - expected: what the first segment is to have large pages for.
  ///   - workers: threads that parse.
  init(
    _ supply: Supply, first: TextChunk?, expected: ByteCounts, workers: Int, memoryLimit: MemoryLimit
  ) {
    self.supply = supply
    self.memoryLimit = memoryLimit
    self.first = first
    self.expected = expected
    areChunksShared = workers > 1
  }

  /// Takes the first segment, and brings its first large pages, which takes about as long as parsing 300 KB. No chunk is handed out before,
  /// but chunks are found and counted.
  ///
  /// - Parameter segment: virtual memory of which nobody has touched anything.
  func prepareMemory(_ segment: RowSegment) {
    segment.adviseLargePages(entries: expected.colons, rows: expected.newlines)
    monitor.lockedSoon {
      segments = [segment]
      if areChunksShared {
        columnPages = PagesAhead(segment.columns, expected: expected.colons)
        valuePages = PagesAhead(segment.values, expected: expected.colons)
      }
      isFirstSegmentReady.store(true, ordering: .releasing)
      monitor.signal()
    }
  }

  private var isMemoryReady: Bool { isFirstSegmentReady.load(ordering: .acquiring) }

  /// Waits until there is memory for rows, and meanwhile finds and counts chunks that are handed out later.
  func findAhead() {
    while !isMemoryReady, monitor.lockedSoon({ findNextAhead() }) {}
    monitor.wait { isMemoryReady }
  }

  private func findNextAhead() -> Bool {
    guard let found = findChunk() else { return false }
    foundAhead.append(found)
    bytesAhead += found.lines.chunk.byteCount
    return bytesAhead < Self.mostBytesAhead
  }

  /// When all chunks are parsed: why there are no more, if that is not because the text is complete.
  var prematureEnd: End? {
    if let end { return end }
    guard case .stream(let source) = supply else { return nil }
    if let failure = source.failure { return .failure(failure) }
    return source.interruption.map { .interruption(message: $0.message, column: $0.column) }
  }

  /// Lines that have been handed out, and the memory set aside for their rows; blank lines count as rows.
  var lineCount: Int { line - 1 }
  var reservedByteCount: Int { firstEntry * Self.entrySize + lineCount * Self.rowSize }

  /// The next chunk; nil where there is none. There must be memory for rows.
  ///
  /// - Parameter worker: who is to parse it. The first one brings most large pages: they are those that it gave back when it freed the rows
  ///   of an earlier read, and still in its core's cache.
  func next(worker: Int) -> ChunkTicket? {
    switch supply {
    case .resident: monitor.lockedSoon { nextTicket(worker) }
    // This may take as long as decompressing.
    case .stream: monitor.locked { nextTicket(worker) }
    }
  }

  private func nextTicket(_ worker: Int) -> ChunkTicket? {
    guard end == nil, let found = nextChunk() else { return nil }
    let (lines, counts) = (found.lines, found.counts)
    guard makeRoom(counts) else { return nil }
    let segment = segments[segments.count - 1]
    let rows = ChunkRows(segment, entry: entry, row: row, firstEntry: firstEntry, firstLine: line)
    let lead = MemoryAdvice.largePageSize / (worker == 0 ? 2 : 4)
    let ticket = ChunkTicket(
      index: index, segment: segments.count - 1, entry: entry, row: row, chunk: lines.chunk, counts: counts, rows: rows,
      pageAhead: segments.count == 1
        ? columnPages?.next(given: entry, lead: lead) ?? valuePages?.next(given: entry, lead: lead) : nil)
    index += 1
    entry += counts.colons
    firstEntry += counts.colons
    row += counts.newlines
    line += counts.newlines
    if lines.endsBeforeLongLine { end = .interruption(message: TextChunk.longLineMessage, column: 1) }
    return ticket
  }

  private func nextChunk() -> FoundChunk? {
    guard let found = foundAhead.popFirst() else { return findChunk() }
    // Those that have been taken are kept as long as the others.
    if foundAhead.isEmpty { foundAhead = [] }
    return found
  }

  private func findChunk() -> FoundChunk? {
    let lines: ResidentChunks.Lines?
    switch supply {
    case .resident(let chunks): lines = foundCount < chunks.count ? chunks.lines(of: foundCount) : nil
    case .stream(let source):
      lines = (first ?? source.next()).map { ResidentChunks.Lines(chunk: $0, endsBeforeLongLine: false) }
      first = nil
    }
    foundCount += 1
    return lines.map { FoundChunk(lines: $0, counts: ByteCounts($0.chunk.text)) }
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

  private func makeRoom(_ counts: ByteCounts) -> Bool {
    let (entries, rows) = (counts.colons, counts.newlines)
    let last = segments[segments.count - 1]
    if entry + entries <= last.entryCapacity, row + rows <= last.rowCapacity { return true }
    // While the rows of further segments are appended to those of the first, half of them are there twice.
    let reserved = reservedByteCount + entries * Self.entrySize + rows * Self.rowSize
    if segments.count == 1 { availableByteCount = memoryLimit.byteCount(reserved: reservedByteCount) }
    let needed = reserved + reserved / 2
    guard needed <= availableByteCount else {
      end = .memory(needed: needed, available: availableByteCount)
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
