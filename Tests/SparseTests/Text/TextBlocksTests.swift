import Testing

@testable import Sparse

@Suite struct StreamedChunksTests {
  /// Lines of all lengths, some longer than a chunk; whatever is announced, be it right or not, and whoever takes the chunks.
  @Test(arguments: textsOfManyLineLengths) func chunksAreWholeLinesAndTogetherTheText(text: String) {
    let bytes = Array(text.utf8)
    for size in 1...(bytes.count + 2) {
      for announced in [nil, 0, 1, bytes.count, 3 * bytes.count + 100] {
        for isPrefetched in [false, true] {
          let stream = StreamedChunks(ByteArrayStream(bytes), chunkSize: size, announcedByteCount: announced)
          let prefetched = isPrefetched ? PrefetchedChunks(stream) : nil
          let source: any ChunkSource = prefetched ?? stream
          var chunks: [TextChunk] = []
          while let chunk = source.next() { chunks.append(chunk) }
          prefetched?.stop()
          #expect(source.interruption == nil && source.failure == nil)
          #expect(chunks.allSatisfy { $0.text.last == UInt8(ascii: "\n") })
          // All of them are still there, though their memory is used again.
          #expect(chunks.flatMap { $0.text.prefix($0.byteCount) } == bytes, "chunks of \(size) bytes")
        }
      }
    }
  }

  /// Where the length is known, little is left to be parsed when the last bytes have come.
  @Test func theLastChunksAreSmall() {
    let bytes = Array(repeatElement(Array("1 1:1\n".utf8), count: 10_000).joined())
    let stream = StreamedChunks(ByteArrayStream(bytes), chunkSize: 8000, announcedByteCount: bytes.count)
    var sizes: [Int] = []
    while let chunk = stream.next() { sizes.append(chunk.byteCount) }
    #expect(sizes.reduce(0, +) == bytes.count)
    #expect(abs((sizes.first ?? 0) - 8000) < 6)
    #expect((sizes.last ?? 8000) <= 1000 + 6)
    #expect(sizes.count < 2 * bytes.count / 8000 + 16)
  }

  @Test func buffersAreUsedAgainOnceTheyAreFree() {
    let pool = BufferPool(capacity: 100)
    var first: ChunkBuffer? = pool.take()
    let second = pool.take()
    let address = first?.bytes.baseAddress
    #expect(address != nil && address != second.bytes.baseAddress)
    let size = first?.bytes.count ?? 0
    first = nil
    // What the allocator would hand out if it had got the memory back.
    let other = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size)
    defer { other.deallocate() }
    #expect(other.baseAddress != address)
    #expect(pool.take().bytes.baseAddress == address)
  }
}
