import CZlib

/// What one of the threads that parse a text does: chunk after chunk, it puts rows into their place.
struct ParsingWorker {
  private let number: Int
  private let dispatcher: ChunkDispatcher
  private let parser: ChunkParser
  private let addsChecksums: Bool
  private var early: [EarlyChunk] = []

  /// A chunk parsed before the memory for its rows was there.
  private struct EarlyChunk {
    var parsed: ParsedChunk
    let place: ChunkRows
    let memory: RowSegment
  }

  /// As many chunks of 128 KB as are parsed while memory comes slowly. They are in memory twice for a while; more chunks, and those of a
  /// long line, wait.
  private static let mostEarlyChunks = 8

  /// - Parameters:
  ///   - number: which of the threads.
  ///   - dispatcher: hands out the chunks.
  ///   - options: index base, and whether vectors are used.
  ///   - addsChecksums: whether each chunk's CRC-32 is computed.
  init(number: Int, dispatcher: ChunkDispatcher, options: ReadingOptions, addsChecksums: Bool) {
    self.number = number
    self.dispatcher = dispatcher
    self.addsChecksums = addsChecksums
    parser = ChunkParser(indexBase: options.indexBase, usesVectors: options.usesVectors)
  }

  /// Parses chunks until none is left.
  ///
  /// - Returns: the labels that they had.
  mutating func run() -> LabelTable {
    while parseNext() {}
    if !early.isEmpty { dispatcher.waitForMemory() }
    finishEarlyChunks()
    return parser.labels
  }

  /// Parses the next chunk, and puts those in their place that were parsed before the memory for it was there, once it is.
  ///
  /// - Returns: false where no chunk is left.
  mutating func parseNext() -> Bool {
    guard let ticket = dispatcher.next(worker: number) else { return false }
    if early.count == Self.mostEarlyChunks || ticket.chunk.byteCount > 2 * TextChunk.size { dispatcher.waitForMemory() }
    if dispatcher.isMemoryReady {
      finishEarlyChunks()
      if let page = ticket.pageAhead { MemoryAdvice.bringLargePage(page) }
      dispatcher.finish(parse(ticket, into: ticket.rows))
    } else {
      let memory = RowSegment.allocate(entries: ticket.counts.colons, rows: ticket.counts.newlines)
      let rows = ChunkRows(memory, entry: 0, row: 0, firstEntry: ticket.rows.firstEntry, firstLine: ticket.rows.firstLine)
      early.append(EarlyChunk(parsed: parse(ticket, into: rows), place: ticket.rows, memory: memory))
    }
    return true
  }

  private mutating func finishEarlyChunks() {
    for var chunk in early {
      chunk.parsed.rows.move(to: chunk.place)
      chunk.memory.deallocate()
      dispatcher.finish(chunk.parsed)
    }
    early.removeAll()
  }

  private func parse(_ ticket: ChunkTicket, into place: ChunkRows) -> ParsedChunk {
    withExtendedLifetime(ticket.chunk.owner) {
      var rows = place
      var text = ticket.chunk.text
      if ticket.index == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
      parser.parse(text, into: &rows)
      let checksum = addsChecksums ? crc32_z(0, ticket.chunk.text.baseAddress, ticket.chunk.byteCount) : 0
      return ParsedChunk(
        index: ticket.index, segment: ticket.segment, entry: ticket.entry, row: ticket.row, byteCount: ticket.chunk.byteCount,
        reserved: ticket.counts, checksum: UInt32(truncatingIfNeeded: checksum), worker: number, rows: rows)
    }
  }
}
