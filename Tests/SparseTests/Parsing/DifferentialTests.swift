import Benchmarking
import Testing

@testable import Sparse

/// The vector loop and the byte loop give the same, whatever the text, the number of threads and the size of chunks.
@Suite struct DifferentialTests {
  private func randomText(_ generator: inout SplitMix64, mutations: Int) -> [UInt8] {
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

  /// All that reading gives, be it data or errors.
  private func outcome(_ bytes: [UInt8], _ options: ReadingOptions) -> String {
    do {
      let file = try LIBSVMReader.read(bytes: bytes, name: "text", options: options)
      let matrix = file.data.matrix
      let bits = matrix.values.map { String($0.bitPattern, radix: 16) }
      return """
        \(matrix.rowOffsets) \(matrix.columns) \(bits) \(file.data.classes) \(file.data.classLabels) \(file.indexBase) \
        \(file.checksumText ?? "") \(file.byteCount) \(file.queryRowCount)
        """
    } catch {
      return "\(error)"
    }
  }

  /// Threads x sizes of blocks and ranges x plain or compressed text x vectors or not: the same data and the same errors.
  @Test(arguments: [0, 1, 3], 0..<6) func theWayDoesNotShow(mutations: Int, round: Int) throws {
    var random = SplitMix64(seed: testSeed &+ UInt64(100 * mutations + round))
    for _ in 0..<5 {
      let text = randomText(&random, mutations: mutations)
      let compressed = try gzip(text)
      var options = ReadingOptions(threads: 1, usesVectors: false)
      let expected = outcome(text, options)
      for usesVectors in [true, false] {
        for threads in [1, 2, 5] {
          options.usesVectors = usesVectors
          options.threads = threads
          options.leastRangeSize = [1, 1 + random.below(400), 1 << 15].randomElement(using: &random) ?? 1
          options.blockSize = [1, 1 + random.below(400), 1 << 20].randomElement(using: &random) ?? 1
          #expect(outcome(text, options) == expected, "seed \(testSeed), \(options)")
          #expect(outcome(compressed, options) == expected, "seed \(testSeed), compressed, \(options)")
        }
      }
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
    let all = Array([[UInt8]](repeating: Array("1 1:1\n".utf8), count: before).joined()) + text
    var options = ReadingOptions(threads: 1, usesVectors: vectors)
    options.memoryLimit = 1 << 30
    guard let matrix = try? LIBSVMReader.read(bytes: all, name: "text", options: options).data.matrix else { return nil }
    return "\(matrix.rowOffsets) \(matrix.columns) \(matrix.values.map { String($0.bitPattern, radix: 16) })"
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
