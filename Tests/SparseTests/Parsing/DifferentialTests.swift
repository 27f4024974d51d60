import Testing

@testable import Sparse

/// The vector loop and the byte loop give the same, whatever the text, the number of threads and the size of chunks.
@Suite struct DifferentialTests {
  private func randomText(_ generator: inout SystemRandomNumberGenerator, mutations: Int) -> [UInt8] {
    var text = ""
    for _ in 0..<Int.random(in: 1...600, using: &generator) {
      text += ["1", "-1", "+2", "3.5", "1e1", "1500"].randomElement(using: &generator)!
      var index = Int.random(in: 0...3, using: &generator)
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        let value = [
          "1", "0.5", "-0.733333", "1e-5", "-0", "123456789.125", "0.1234567890123456789", "16777217", ".5", "5.",
          "\(Double.random(in: -1...1, using: &generator))", "\(Float.random(in: -1...1, using: &generator))",
        ].randomElement(using: &generator)!
        text += [" ", " ", " ", "  ", "\t"].randomElement(using: &generator)! + "\(index):\(value)"
        index += [1, 1, 2, 1000].randomElement(using: &generator)!
      }
      text += ["\n", "\n", "\n", " \n", "\r\n", " # c:1\n", "\n\n"].randomElement(using: &generator)!
    }
    var bytes = Array(text.utf8)
    let strange = Array("0123456789:. -+e#\n\r\tq\0".utf8)
    for _ in 0..<mutations {
      bytes[Int.random(in: bytes.indices, using: &generator)] = strange.randomElement(using: &generator)!
    }
    return bytes
  }

  private func outcome(_ path: String, vectors: Bool, threads: Int, chunkSize: Int? = nil) -> String {
    do {
      var options = ReadingOptions(threads: threads, usesVectors: vectors)
      if let chunkSize { options.chunkSize = chunkSize }
      let file = try LIBSVMReader.read(path: path, options: options)
      let matrix = file.data.matrix
      let bits = matrix.values.map { String($0.bitPattern, radix: 16) }
      return
        "\(matrix.rowOffsets) \(matrix.columns) \(bits) \(file.data.classes) \(file.data.classLabels) \(file.checksumText ?? "")"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [0, 0, 1, 3]) func bothLoopsGiveTheSame(mutations: Int) throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      let file = try TextFile(bytes: randomText(&generator, mutations: mutations))
      let plain = outcome(file.path, vectors: false, threads: 1)
      #expect(outcome(file.path, vectors: true, threads: 1) == plain)
      #expect(outcome(file.path, vectors: true, threads: 2) == plain)
      let (threads, chunkSize) = (Int.random(in: 2...5), Int.random(in: 1...400))
      #expect(
        outcome(file.path, vectors: true, threads: threads, chunkSize: chunkSize) == plain,
        "\(threads) threads, chunks of \(chunkSize) bytes")
      withExtendedLifetime(file) {}
    }
  }

  /// Rows of one form of values, which the vector loop takes eight at a time; between them rows of another, which fill up the eight.
  private static let forms = [
    "1 1:1 2:0 3:12 4:-7 5:9999 6:-999 7:3 8:0 9:4",
    "-1 1:0.5 2:-0.25 3:1 4:-1 5:0.0666667 6:-0.12345678 7:9.87654321 8:5. 9:7",
    "+1 1:0.733333 2:-0.466667 3:0.2 4:1 5:0.333333 6:-1 7:0.6 8:0 10:0.1",
    "3 1:12.5 2:-0.1234567890123 3:123456789.125 4:1234567 5:.5 6:-99.5 7:1 8:0.5 9:1234567812345678",
    "7 1:12345 2:-1234567 3:16777217 4:99999999 5:10000 6:-99999 7:5 8:33554433 9:123456",
    "12 10000:1 20000:2 99999:3 12345678:1 12345679:0.5 12345680:1 12345681:2 12345682:3 12345683:1",
  ]

  /// What the rows of a text are; nil where they are not rows.
  private func rows(_ text: [UInt8], vectors: Bool, before: Int) -> String? {
    // Rows before it move the eights on.
    let row = Array("1 1:1\n".utf8)
    let prefix = Array([[UInt8]](repeating: row, count: before).joined())
    let buffer = ChunkBuffer(capacity: prefix.count + text.count)
    _ = buffer.bytes.update(fromContentsOf: prefix + text)
    let chunk = buffer.chunk(0..<(prefix.count + text.count)).text
    let room = ByteCounts(chunk)
    let segment = RowSegment.allocate(entries: room.colons, rows: room.newlines)
    defer { segment.deallocate() }
    var rows = ChunkRows(segment, entry: 0, row: 0, firstEntry: 0, firstLine: 1)
    ChunkParser(indexBase: nil, usesVectors: vectors).parse(chunk, into: &rows)
    guard rows.errorCount == 0 else { return nil }
    let values = (0..<rows.entryCount).map { "\(rows.columns[$0]):\(String(rows.values[$0].bitPattern, radix: 16))" }
    return "\((0..<rows.rowCount).map { rows.rowEnds[$0] }) \(values)"
  }

  @Test(arguments: forms, [0, 1]) func oneStrangeCharacterAnywhere(form: String, rowsBefore: Int) {
    let text = Array("\(form)\n\(form)\n\(Self.forms[0])\n".utf8)
    #expect(rows(text, vectors: true, before: rowsBefore) != nil)
    for position in 0..<(2 * form.utf8.count + 2) {
      for strange in "059:. -+e/#\n\r\t\0\u{7F}".utf8 {
        var changed = text
        changed[position] = strange
        let found = rows(changed, vectors: true, before: rowsBefore)
        #expect(found == rows(changed, vectors: false, before: rowsBefore), "\(quoted(changed))")
      }
    }
  }

  private func quoted(_ text: [UInt8]) -> String { String(decoding: text, as: UTF8.self).debugDescription }
}
