import CZlib
import Foundation
import Testing

@testable import Sparse

@Suite struct ParsingWorkerTests {
  private static let rows = 40

  /// When the memory for rows is there.
  enum Memory: CaseIterable {
    case first, whileChunksAreFound, afterAllThatAreFoundAhead
  }

  /// Reads rows of two entries in chunks of a few lines or less.
  private func read(_ lines: [String], chunkSize: Int, _ memory: Memory) throws -> (
    text: ParsedText, arrays: RowArrays, labels: LabelTable, bytes: [UInt8]
  ) {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    let buffer = ChunkBuffer(capacity: bytes.count)
    _ = buffer.bytes.update(fromContentsOf: bytes)
    let text = UnsafeBufferPointer(rebasing: buffer.bytes[..<bytes.count])
    let chunks = ResidentChunks(text, owner: buffer, chunkSize: chunkSize)
    try #require(chunks.count > 4)
    let dispatcher = ChunkDispatcher(
      .resident(chunks), first: nil, expected: ByteCounts(colons: 2 * Self.rows, newlines: Self.rows), workers: 2,
      memoryLimit: MemoryLimit(1 << 20))
    let tables = LabelTables(count: 1)
    @Sendable func work() {
      let worker = ParsingWorker(number: 0, dispatcher: dispatcher, options: ReadingOptions(), addsChecksums: true)
      tables.set(worker.run(), 0)
    }
    var parsed: ParsedText?
    let arrays = RowArrays(entries: 2 * Self.rows, rows: Self.rows) { segment in
      if memory == .first { dispatcher.prepareMemory(segment) }
      let thread = WorkerThread { work() }
      if memory == .afterAllThatAreFoundAhead { usleep(20_000) }
      if memory != .first { dispatcher.prepareMemory(segment) }
      thread.join()
      let text = ParsedText(dispatcher: dispatcher, labelTables: tables.all)
      parsed = text
      return text.closeGaps(segment: 0)
    }
    let result = try #require(parsed)
    return (result, arrays, try #require(tables.all.first), bytes)
  }

  private static let lines = (1...rows).map { "\($0 % 3) \($0):0.5 \($0 + 1):\($0)" }

  /// Chunks that are found before there is memory are parsed as those that are found after.
  @Test(arguments: Memory.allCases, [120, 5]) func chunksAreParsedInOrder(memory: Memory, chunkSize: Int) throws {
    let read = try read(Self.lines, chunkSize: chunkSize, memory)
    let columns: [Int32] = (1...Self.rows).flatMap { [Int32($0 - 1), Int32($0)] }
    let values: [Float] = (1...Self.rows).flatMap { [0.5, Float($0)] }
    let offsets: [Int] = (0...Self.rows).map { 2 * $0 }
    let codes: [Int32] = (0..<Self.rows).map { Int32($0 % 3) }
    #expect(read.arrays.columns == columns)
    #expect(read.arrays.values == values)
    #expect(read.arrays.rowOffsets == offsets)
    #expect(read.arrays.labelCodes == codes)
    #expect(read.labels.labels == [1, 2, 0])
    #expect(read.text.byteCount == read.bytes.count)
    #expect(uLong(read.text.checksum) == crc32(0, read.bytes, uInt(read.bytes.count)))
  }

  /// Lines have their numbers, whenever their chunk was found.
  @Test(arguments: Memory.allCases, [120, 5]) func errorsHaveTheirLine(memory: Memory, chunkSize: Int) throws {
    var lines = Self.lines
    lines[17] = "1 1:x"
    lines[29] = "0.5 1:1"
    let read = try read(lines, chunkSize: chunkSize, memory)
    #expect(read.labels.firstFractionLine == 30)
    #expect(read.text.chunks.flatMap { $0.rows.errors }.map(\.line) == [18])
    #expect(read.text.chunks.map(\.rows.rowCount).reduce(0, +) == Self.rows - 1)
    #expect(read.arrays.columns.prefix(34).elementsEqual((1...17).flatMap { [Int32($0 - 1), Int32($0)] }))
  }
}
