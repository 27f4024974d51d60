import CZlib
import Foundation
import Testing

@testable import Sparse

@Suite struct ParsingWorkerTests {
  private static let rows = 40

  /// Reads rows of two entries in chunks of a few rows.
  private func read(
    _ lines: [String], _ parse: (ChunkDispatcher, inout ParsingWorker, RowSegment) -> Void
  ) throws -> (text: ParsedText, arrays: RowArrays, bytes: [UInt8]) {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    let buffer = ChunkBuffer(capacity: bytes.count)
    _ = buffer.bytes.update(fromContentsOf: bytes)
    let chunks = ResidentChunks(UnsafeBufferPointer(rebasing: buffer.bytes[..<bytes.count]), owner: buffer, chunkSize: 120)
    try #require(chunks.count == 5)
    var text: ParsedText?
    let arrays = RowArrays(entries: 2 * Self.rows, rows: Self.rows) { segment in
      let dispatcher = ChunkDispatcher(
        .resident(chunks), first: nil, segment: segment, expected: ByteCounts(colons: 2 * Self.rows, newlines: Self.rows),
        workers: 2, memoryLimit: MemoryLimit(1 << 20))
      var worker = ParsingWorker(number: 0, dispatcher: dispatcher, options: ReadingOptions(), addsChecksums: true)
      parse(dispatcher, &worker, segment)
      let parsed = ParsedText(dispatcher: dispatcher, labelTables: [])
      text = parsed
      return parsed.closeGaps(segment: 0)
    }
    return (try #require(text), arrays, bytes)
  }

  private static let lines = (1...rows).map { "\($0 % 3) \($0):0.5 \($0 + 1):\($0)" }

  /// What is parsed before the memory for it is there gets to the same place as what is parsed after.
  @Test(arguments: [0, 1, 3, 5]) func rowsParsedEarlyGetToTheirPlace(earlyChunks: Int) throws {
    var labels: [Double] = []
    let read = try read(Self.lines) { dispatcher, worker, segment in
      segment.columns.initialize(repeating: -7, count: 2 * Self.rows)
      for _ in 0..<earlyChunks where !worker.parseNext() { Issue.record("there are five chunks") }
      #expect((0..<(2 * Self.rows)).allSatisfy { segment.columns[$0] == -7 })
      #expect(dispatcher.parsed.isEmpty)
      dispatcher.prepareMemory()
      labels = worker.run().labels
    }
    let columns: [Int32] = (1...Self.rows).flatMap { [Int32($0 - 1), Int32($0)] }
    let values: [Float] = (1...Self.rows).flatMap { [0.5, Float($0)] }
    let offsets: [Int] = (0...Self.rows).map { 2 * $0 }
    let codes: [Int32] = (0..<Self.rows).map { Int32($0 % 3) }
    #expect(read.arrays.columns == columns)
    #expect(read.arrays.values == values)
    #expect(read.arrays.rowOffsets == offsets)
    #expect(read.arrays.labelCodes == codes)
    #expect(labels == [1, 2, 0])
    #expect(read.text.byteCount == read.bytes.count)
    #expect(uLong(read.text.checksum) == crc32(0, read.bytes, uInt(read.bytes.count)))
  }

  /// With all chunks parsed, a worker waits until somebody has brought the memory, and moves no row before.
  @Test func aWorkerWaitsForTheMemoryOfItsRows() throws {
    var lines = Self.lines
    lines[17] = "1 1:x"
    lines[29] = "0.5 1:1"
    var firstFractionLine: Int?
    let read = try read(lines) { dispatcher, worker, segment in
      segment.columns.initialize(repeating: -7, count: 2 * Self.rows)
      let thread = WorkerThread {
        usleep(20_000)
        dispatcher.prepareMemory()
      }
      let labels = worker.run()
      #expect(dispatcher.isMemoryReady)
      thread.join()
      firstFractionLine = labels.firstFractionLine
    }
    #expect(firstFractionLine == 30)
    #expect(read.text.chunks.flatMap { $0.rows.errors }.map(\.line) == [18])
    #expect(read.text.chunks.map(\.rows.rowCount).reduce(0, +) == Self.rows - 1)
    #expect(read.arrays.columns.prefix(34).elementsEqual((1...17).flatMap { [Int32($0 - 1), Int32($0)] }))
  }
}
