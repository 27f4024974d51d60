import Testing

@testable import Sparse

@Suite struct RangeParserTests {
  /// A mapped file may be written to between the two passes: no more is stored than there is room for.
  @Test(arguments: [true, false], [(2, 9), (9, 1)]) func moreThanWasCountedIsAnError(
    usesVectors: Bool, room: (entries: Int, rows: Int)
  ) {
    let text = Array("1 1:1 2:1\n2 1:1 3:4\n".utf8)
    let padded = text + [UInt8](repeating: 0, count: VectorLoop.readBehind)
    _ = RowArrays(entries: 20, rows: 20) { memory in
      memory.columns.initialize(repeating: -7, count: 20)
      memory.labelCodes.initialize(repeating: -7, count: 20)
      let place = RangeRows.Place(entry: 0, entries: room.entries, row: 0, rows: room.rows)
      var rows = RangeRows(memory, place, firstLine: 1, thread: 0, file: "text")
      let parser = RangeParser(ReadingOptions(usesVectors: usesVectors), computesChecksum: false)
      padded.withUnsafeBufferPointer { parser.parse(0..<text.count, of: $0, into: &rows) }
      #expect(rows.errors.first.map(\.message) == ["the file was changed while it was read"])
      #expect((room.entries..<20).allSatisfy { memory.columns[$0] == -7 })
      #expect((room.rows..<20).allSatisfy { memory.labelCodes[$0] == -7 })
      return (0, 0)
    }
  }
}
