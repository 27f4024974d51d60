import Testing

@testable import Sparse

/// That the vector loop takes what it is made for; that its rows are right is tested against the byte loop.
@Suite struct VectorLoopTests {
  private func isTaken(_ text: String, indexBase: IndexBase? = nil) -> Bool {
    let bytes = Array(text.utf8)
    let padded = bytes + [UInt8](repeating: 0, count: VectorLoop.readBehind)
    let counts = bytes.withUnsafeBufferPointer { ByteCounts($0) }
    var isTaken = false
    _ = RowArrays(entries: counts.colons, rows: counts.newlines) { memory in
      let place = RangeRows.Place(entry: 0, entries: counts.colons, row: 0, rows: counts.newlines)
      var rows = RangeRows(memory, place, firstLine: 1, thread: 0, file: "text")
      var labels = LabelTable()
      isTaken = padded.withUnsafeBufferPointer { text in
        VectorLoop(indexBase: indexBase).parse(
          UnsafeBufferPointer(rebasing: text[..<bytes.count]), readableBefore: 0, into: &rows, labels: &labels)
      }
      #expect(isTaken ? rows.rowCount == counts.newlines && rows.entryCount == counts.colons : rows.rowCount == 0)
      return (rows.entryCount, rows.rowCount)
    }
    return isTaken
  }

  @Test(arguments: [
    "1 1:1\n", "-1 3:0.5 4:-0.25\n+1 1:1\r\n", "7\n8\n", "2.5 1:1e-3\t2:123456789012345678\n", "1 1:1  \n",
    String(repeating: "1 1:0.5 2:-3 3:1 4:2 5:3 6:4 7:5 8:6 9:7\n", count: 100),
  ])
  func plainRowsAreTaken(text: String) { #expect(isTaken(text)) }

  @Test(arguments: [
    "1 1:1", "\n", " 1 1:1\n", "1 1:1 # c\n", "1 qid:1 1:1\n", "1 2:1 1:1\n", "1 1:1\r2:1\n", "1 1:x\n", "x 1:1\n",
    "1 1:1e39\n",
    "1 1 :2\n", "1 -1:1\n",
  ])
  func allElseIsRefused(text: String) { #expect(!isTaken(text)) }

  @Test func theIndexBaseIsKept() {
    #expect(isTaken("1 0:1\n") && isTaken("1 0:1\n", indexBase: .zero) && !isTaken("1 0:1\n", indexBase: .one))
    #expect(isTaken("1 2147483647:1\n") && !isTaken("1 2147483647:1\n", indexBase: .zero))
  }
}
