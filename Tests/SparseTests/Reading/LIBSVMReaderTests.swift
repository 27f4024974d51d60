import Benchmarking
import Sparse
import Testing

@Suite struct LIBSVMReaderTests {
  @Test func rowsBecomeSparseRowsAndLabelsClassesInAscendingOrder() throws {
    let file = try read("3 1:0.5 4:-2\n-1 2:1e-1\n+3\n")
    #expect(file.data.matrix.rowOffsets == [0, 2, 3, 3])
    #expect(file.data.matrix.columns == [0, 3, 1])
    #expect(file.data.matrix.values == [0.5, -2, 0.1])
    #expect(file.data.classLabels == [-1, 3])
    #expect(file.data.classes == [1, 0, 1])
    #expect(file.data.featureCount == 4)
    #expect(file.indexBase == .one)
  }

  @Test func indexZeroAnywhereMeansThatIndicesBeginAtZero() throws {
    let file = try read("1 1:1 2:2\n2 0:5\n")
    #expect(file.indexBase == .zero)
    #expect(file.data.matrix.columns == [1, 2, 0])
    #expect(file.data.featureCount == 3)
  }

  @Test func forcedBaseShiftsOrRefuses() throws {
    let file = try read("1 1:1 2:2\n", options: ReadingOptions(indexBase: .zero))
    #expect(file.data.matrix.columns == [1, 2])
    #expect(file.data.featureCount == 3)
    let found = try errors(in: "1 1:1\n1 0:1\n", options: ReadingOptions(indexBase: .one))
    #expect(found == ["2:3: index 0, but indices were declared to begin at 1"])
  }

  @Test(arguments: [
    "1 1:2\r\n2 3:4\r\n", "1\t1:2 \n2   3:4\t\n", "\u{FEFF}1 1:2\n2 3:4", "# head\n\n1 1:2 # tail\n \t\n2 3:4#",
    "01 001:+2.\n2.0 3:4e0\n\n",
    "1 qid:3 1:2\n2 qid:-4 3:4\n",
  ])
  func spellingsOfOneMatrix(text: String) throws {
    let file = try read(text)
    let plain = try read("1 1:2\n2 3:4\n")
    #expect(file.data.matrix == plain.data.matrix)
    #expect(file.data.classes == plain.data.classes)
    #expect(file.data.classLabels == plain.data.classLabels)
  }

  @Test func checksumIsThatOfTheWholeText() throws {
    // zlib.crc32(b"1 1:2\n2 3:4\n") and of the same bytes after a byte-order mark.
    #expect(try read("1 1:2\n2 3:4\n").checksumText == "359d3f95")
    #expect(try read("\u{FEFF}1 1:2\n2 3:4\n").checksumText == "2654016e")
  }

  @Test func manyLabelsThatThreadsMeetInDifferentOrdersAreAscending() throws {
    let labels = (0..<30_000).map { ($0 &* 7_919) % 10_007 - 5_000 }
    let file = try read(
      labels.map { "\($0) 1:1 2:0.5" }.joined(separator: "\n"), options: ReadingOptions(threads: 3))
    #expect(file.data.classLabels == Set(labels).sorted().map(Double.init))
    #expect(file.data.classes.map { file.data.classLabels[Int($0)] } == labels.map(Double.init))
  }

  /// Texts whose rows take several large pages.
  @Test(arguments: [MadeUpText.letter, .news20]) func largeTextsGiveTheSameWhateverTheThreads(text: MadeUpText) throws {
    var bytes: [UInt8] = []
    text.write { bytes += $0 }
    let file = try TextFile(bytes: bytes)
    let expected = try LIBSVMReader.read(path: file.path, options: ReadingOptions(threads: 1))
    for threads in [2, 2, 2, 3, 5, 16] {
      let found = try LIBSVMReader.read(path: file.path, options: ReadingOptions(threads: threads))
      // Not shown where they differ: they are long.
      let isSame =
        found.data.matrix == expected.data.matrix && found.data.classes == expected.data.classes
        && found.data.classLabels == expected.data.classLabels
      #expect(isSame, "\(threads) threads")
      #expect(found.checksum == expected.checksum)
    }
  }

  /// Lines without rows leave gaps, which later ranges close.
  @Test(arguments: [1, 2, 3]) func commentsAndEmptyLinesLeaveNoGaps(threads: Int) throws {
    let lines = (0..<20_000).map { $0 % 3 == 0 ? "# 1:1 2:2" : $0 % 3 == 1 ? "" : "\($0 % 5) \($0 + 1):\($0) # 7:7" }
    let file = try read(lines.joined(separator: "\n"), options: ReadingOptions(threads: threads))
    let kept = stride(from: 2, to: 20_000, by: 3)
    #expect(file.data.matrix.columns == kept.map { Int32($0) })
    #expect(file.data.matrix.values == kept.map { Float($0) })
    #expect(file.data.matrix.rowOffsets == Array(0...kept.underestimatedCount))
    #expect(file.data.classes.map { file.data.classLabels[Int($0)] } == kept.map { Double($0 % 5) })
  }

  @Test func missingFilesAreNoInput() {
    #expect {
      try LIBSVMReader.read(path: "/nonexistent/file")
    } throws: { error in
      (error as? ReadingFailure)?.exitCode == 66 && "\(error)" == "/nonexistent/file: error: no such file"
    }
  }
}
