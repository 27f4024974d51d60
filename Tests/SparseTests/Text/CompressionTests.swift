import Foundation
import Testing

@testable import Sparse

/// gzip, bzip2, xz and zstd: known by content, streamed, and refused with an explanation where they are damaged.
@Suite struct CompressionTests {
  private static let text = String(repeating: "1 1:0.5 2:-3\n2 2:1 4:0.25\n", count: 20_000)

  /// Whether a program stands in a folder of the PATH.
  private func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  private func failure(_ bytes: [UInt8]) throws -> String? {
    let file = try TextFile(bytes: bytes)
    defer { withExtendedLifetime(file) {} }
    do {
      _ = try LIBSVMReader.read(path: file.path)
      return nil
    } catch {
      #expect(error.exitCode == 65)
      return error.description.replacing(file.path, with: "FILE")
    }
  }

  @Test func gzipIsReadWhateverTheNameAndTheMembers() throws {
    let text = Array(Self.text.utf8)
    let plain = try LIBSVMReader.read(bytes: text, name: "plain")
    let whole = try gzip(text)
    let members = try gzip(Array(text[..<7])) + gzip([]) + gzip(Array(text[7...]))
    // Zeros behind the last member are what fills up a tape's block.
    for bytes in [whole, members, whole + [UInt8](repeating: 0, count: 512)] {
      let file = try TextFile(bytes: bytes, name: "no-suffix")
      for threads in 1...3 {
        let read = try LIBSVMReader.read(path: file.path, options: ReadingOptions(threads: threads))
        #expect(read.data.matrix == plain.data.matrix)
        #expect(read.checksum == plain.checksum)
        #expect(read.byteCount == text.count)
      }
      withExtendedLifetime(file) {}
    }
  }

  @Test func damagedGzipIsRefused() throws {
    let whole = try gzip(Array(Self.text.utf8))
    #expect(try failure(Array(whole.dropLast(4)))?.hasSuffix("the gzip stream ends too early; the file is cut short") == true)
    #expect(try failure(Array(whole.prefix(200)))?.hasSuffix("the gzip stream ends too early; the file is cut short") == true)
    #expect(try failure(Array(whole.prefix(3)))?.hasSuffix("the gzip stream ends too early; the file is cut short") == true)
    #expect(try failure(whole + [1])?.hasSuffix("bytes that are not gzip follow the gzip stream") == true)
    // What is wrong is known behind the last of 40,000 lines.
    var wrongSum = whole
    wrongSum[whole.count - 6] ^= 1
    #expect(try failure(wrongSum) == "FILE:40001:1: error: the gzip stream is corrupt: incorrect data check")
    var wrongLength = whole
    wrongLength[whole.count - 2] ^= 1
    #expect(try failure(wrongLength) == "FILE:40001:1: error: the gzip stream is corrupt: incorrect length check")
    var short = try gzip(Array("1 1:1\n2 2:1".utf8))
    short[short.count - 6] ^= 1
    #expect(try failure(short) == "FILE:2:6: error: the gzip stream is corrupt: incorrect data check")
    #expect(
      try failure(gzip(Array("1 1:1\n2 2:x\n".utf8)))
        == #"FILE:2:5: error: value "x" of index 2 is not a decimal number such as 1, -0.5 or 1e-3"#)
  }

  /// The files are 3,000 times the two rows of `text`, compressed by the program of their suffix.
  @Test(arguments: ["bzip2", "xz", "zstd"]) func otherFormatsAreReadThroughTheSystemsProgram(program: String) async throws {
    // Not on a thread of the pool, which the reader needs.
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      Thread.detachNewThread { continuation.resume(with: Result { try checkReading(program) }) }
    }
  }

  private func checkReading(_ program: String) throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appending(path: "compression")
    let compressed = Array(try Data(contentsOf: folder.appending(path: "text.\(program)")))
    let file = try TextFile(bytes: compressed, name: "no-suffix")
    defer { withExtendedLifetime(file) {} }
    guard isInstalled(program) else {
      let failure = #expect(throws: ReadingFailure.self) { try LIBSVMReader.read(path: file.path) }
      #expect(failure?.exitCode == 69)
      #expect(failure?.description.contains("\(program) is not installed") == true)
      return
    }
    let plain = try read(String(repeating: "1 1:0.5 2:-3\n2 2:1 4:0.25\n", count: 3000))
    let read = try LIBSVMReader.read(path: file.path)
    #expect(read.data.matrix == plain.data.matrix)
    #expect(read.checksum == plain.checksum)
    let message = try #require(try failure(Array(compressed.dropLast(compressed.count / 2))))
    #expect(message.contains("\(program) cannot decompress the file: "))
  }

  @Test(arguments: [64, 1 << 27]) func oneEndlessLineEndsInAnErrorOrInOneRow(count: Int) throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "1"), count: count)
    let file = try TextFile(bytes: bytes)
    let compressed = try TextFile(bytes: try gzip(bytes))
    for path in [file.path, compressed.path] {
      let failure = #expect(throws: ReadingFailure.self) { try LIBSVMReader.read(path: path) }
      #expect(failure?.errorCount == 1)
      #expect(failure?.exitCode == 65)
      if count > LineScanner.longestLine {
        #expect(failure?.description.hasSuffix(":1:1: error: a line of more than 67108864 bytes is not read") == true)
      }
    }
    withExtendedLifetime((file, compressed)) {}
  }

  /// A line that is too long ends the reading, wherever it stands: what is wrong behind it is not reported.
  @Test func nothingIsReadBehindALineThatIsTooLong() throws {
    let long = "1 1:1" + String(repeating: " ", count: LineScanner.longestLine)
    let text = Array("1 1:x\n\(long)\n1 1:y\n1 1:z".utf8)
    let expected = [
      #"text:1:5: error: value "x" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#,
      "text:2:1: error: a line of more than 67108864 bytes is not read",
    ]
    for bytes in [text, try gzip(text)] {
      for threads in [1, 3] {
        let failure = #expect(throws: ReadingFailure.self) {
          try LIBSVMReader.read(bytes: bytes, name: "text", options: ReadingOptions(threads: threads))
        }
        #expect(failure?.errors.map(\.description) == expected)
        #expect(failure?.errorCount == 2)
      }
    }
  }

  /// Rows that fill the memory that is allowed, counted with what joining blocks takes.
  @Test func aStreamStopsWhereItsRowsTakeMoreMemoryThanThereIs() throws {
    let text = Array(String(repeating: "1 1:1 2:1 3:1 4:1 5:1\n", count: 100_000).utf8)
    var options = ReadingOptions(memoryLimit: 4 << 20)
    options.blockSize = 1 << 16
    let failure = #expect(throws: ReadingFailure.self) {
      try LIBSVMReader.read(bytes: gzip(text), name: "text", options: options)
    }
    let message = try #require(failure?.errors.first?.message)
    #expect(message.hasPrefix("its rows would take about 2 MB ("))
    #expect(message.hasSuffix("and only 4 MB of memory are available"))
    options.memoryLimit = 8 << 20
    #expect(try LIBSVMReader.read(bytes: gzip(text), name: "text", options: options).data.rowCount == 100_000)
  }
}
