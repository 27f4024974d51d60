import Testing

@testable import Sparse

@Suite struct ParsingWorkerTests {
  /// What is parsed before the memory for it is there gets to the same place as what is parsed after.
  @Test(arguments: [0, 1, 3, 100]) func rowsParsedEarlyGetToTheirPlace(earlyChunks: Int) throws {
    let lines = (1...40).map { "\($0 % 3) \($0):0.5 \($0 + 1):\($0)\n" }
    let bytes = Array(lines.joined().utf8)
    let text = ChunkBuffer(capacity: bytes.count)
    _ = text.bytes.update(fromContentsOf: bytes)
    let chunks = ResidentChunks(UnsafeBufferPointer(rebasing: text.bytes[..<bytes.count]), owner: text, chunkSize: 60)
    try #require(chunks.count > 8)

    var labels: [Double] = []
    var rows: (entries: Int, rows: Int) = (0, 0)
    let arrays = RowArrays(entries: 80, rows: 40) { segment in
      segment.columns.initialize(repeating: -7, count: 80)
      let dispatcher = ChunkDispatcher(
        .resident(chunks), first: nil, segment: segment, expected: ByteCounts(colons: 80, newlines: 40), workers: 1,
        memoryLimit: MemoryLimit(1 << 20))
      var worker = ParsingWorker(number: 0, dispatcher: dispatcher, options: ReadingOptions(), addsChecksums: true)
      for _ in 0..<min(earlyChunks, 8) where worker.parseNext() {}
      #expect(segment.columns[0] == -7)
      #expect(dispatcher.parsed.isEmpty)
      dispatcher.prepareMemory()
      labels = worker.run().labels
      let parsed = ParsedText(dispatcher: dispatcher, labelTables: [])
      #expect(parsed.chunks.count == chunks.count)
      #expect(parsed.byteCount == bytes.count)
      rows = parsed.closeGaps(segment: 0)
      return rows
    }
    #expect(rows.entries == 80 && rows.rows == 40)
    let columns: [Int32] = (1...40).flatMap { [Int32($0 - 1), Int32($0)] }
    let values: [Float] = (1...40).flatMap { [0.5, Float($0)] }
    let offsets: [Int] = (0...40).map { 2 * $0 }
    let codes: [Int32] = (0..<40).map { Int32($0 % 3) }
    #expect(arrays.columns == columns)
    #expect(arrays.values == values)
    #expect(arrays.rowOffsets == offsets)
    #expect(labels == [1, 2, 0])
    #expect(arrays.labelCodes == codes)
  }
}
