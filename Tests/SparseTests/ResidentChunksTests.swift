import Foundation
import Testing

@testable import Sparse

@Suite struct ResidentChunksTests {
  /// Lines of all lengths, some longer than a chunk; with and without a newline at the end.
  @Test(arguments: [
    "", "\n", "a", "a\n", "\n\n\n", "a\nbb\n\ncccccccccccc\nd", "a\nbb\n\ncccccccccccc\nd\n", "cccccccccccccccc\n\nd",
  ])
  func chunksAreWholeLinesAndTogetherTheText(text: String) {
    let bytes = Array(text.utf8)
    let buffer = ChunkBuffer(capacity: bytes.count)
    _ = buffer.bytes.update(fromContentsOf: bytes)
    for size in 1...(bytes.count + 2) {
      let chunks = ResidentChunks(UnsafeBufferPointer(rebasing: buffer.bytes[..<bytes.count]), owner: buffer, chunkSize: size)
      var found: [UInt8] = []
      for number in 0..<chunks.count {
        let lines = chunks.lines(of: number)
        #expect(!lines.endsBeforeLongLine)
        #expect(lines.chunk.text.last.map { $0 == UInt8(ascii: "\n") } ?? true)
        #expect(found.isEmpty || lines.chunk.text.isEmpty || found.last == UInt8(ascii: "\n"))
        found += lines.chunk.text.prefix(lines.chunk.byteCount)
      }
      #expect(found == bytes, "chunks of \(size) bytes")
    }
  }

  /// A file that somebody is still writing is not taken for a whole one.
  @Test(arguments: ["1 1:1\n1 2:1\n1 3", "1 1:1\n"]) func filesThatChangeTheirLengthAreRefused(later: String) throws {
    let file = try TextFile("1 1:1\n1 2:1\n")
    let mapped = try MappedFile(SystemInput(path: file.path), size: 12)
    try mapped.checkLength()
    try FileHandle(forWritingTo: URL(fileURLWithPath: file.path)).truncate(atOffset: UInt64(later.utf8.count))
    #expect {
      try mapped.checkLength()
    } throws: { error in
      (error as? ReadingFailure)?.exitCode == 74
        && "\(error)" == "\(file.path): error: had 12 bytes and now has \(later.utf8.count): it was changed while it was read"
    }
  }
}
