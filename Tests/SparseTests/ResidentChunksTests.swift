import Foundation
import Testing

@testable import Sparse

@Suite struct ResidentChunksTests {
  /// Lines of all lengths, some longer than a chunk; with and without a newline at the end.
  @Test(arguments: textsOfManyLineLengths) func chunksAreWholeLinesAndTogetherTheText(text: String) {
    let bytes = Array(text.utf8)
    let buffer = ChunkBuffer(capacity: bytes.count)
    _ = buffer.bytes.update(fromContentsOf: bytes)
    for size in 1...(bytes.count + 2) {
      let chunks = ResidentChunks(UnsafeBufferPointer(rebasing: buffer.bytes[..<bytes.count]), owner: buffer, chunkSize: size)
      for workers in 1...3 {
        var found: [UInt8] = []
        let shared = chunks.divided(among: workers)
        for number in 0..<shared.count {
          let lines = shared.lines(of: number)
          #expect(!lines.endsBeforeLongLine)
          #expect(lines.chunk.text.last.map { $0 == UInt8(ascii: "\n") } ?? true)
          #expect(found.isEmpty || lines.chunk.text.isEmpty || found.last == UInt8(ascii: "\n"))
          found += lines.chunk.text.prefix(lines.chunk.byteCount)
        }
        #expect(found == bytes, "chunks of \(size) bytes for \(workers)")
      }
    }
  }

  /// The last chunk that a thread takes is a small part of what it has done, and chunks are no smaller than they need to be.
  @Test(arguments: [2, 5]) func sharedChunksGetSmallerTowardsTheEnd(workers: Int) {
    let line = Array("1 1:1\n".utf8)
    let bytes = Array(repeatElement(line, count: 20_000).joined())
    let buffer = ChunkBuffer(capacity: bytes.count)
    _ = buffer.bytes.update(fromContentsOf: bytes)
    let chunks = ResidentChunks(UnsafeBufferPointer(rebasing: buffer.bytes[..<bytes.count]), owner: buffer, chunkSize: 6000)
    func sizes(_ shared: ResidentChunks) -> [Int] { (0..<shared.count).map { shared.lines(of: $0).chunk.byteCount } }
    #expect(sizes(chunks).dropLast().allSatisfy { abs($0 - 6000) < 6 })
    let shared = sizes(chunks.divided(among: workers))
    #expect(abs((shared.first ?? 0) - 6000) < 6)
    #expect((shared.last ?? 6000) <= 750 + 6)
    #expect(zip(shared, shared.dropFirst()).allSatisfy { $0 + 6 >= $1 })
    #expect(shared.dropLast().allSatisfy { $0 >= 750 - 6 })
    #expect(shared.reduce(0, +) == bytes.count)
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
