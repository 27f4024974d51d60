import CZlib

/// What one of the threads that parse a text does: chunk after chunk, it puts rows into their place.
struct ParsingWorker {
  private let number: Int
  private let dispatcher: ChunkDispatcher
  private let parser: ChunkParser
  private let addsChecksums: Bool

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
  func run() -> LabelTable {
    dispatcher.findAhead()
    while let ticket = dispatcher.next(worker: number) {
      if let page = ticket.pageAhead { MemoryAdvice.bringLargePage(page) }
      dispatcher.finish(parse(ticket))
    }
    return parser.labels
  }

  private func parse(_ ticket: ChunkTicket) -> ParsedChunk {
    withExtendedLifetime(ticket.chunk.owner) {
      var rows = ticket.rows
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
