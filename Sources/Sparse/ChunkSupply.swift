import Synchronization

/// Hands out the chunks of a text, numbered and counted, to several threads at once.
final class ChunkSupply: @unchecked Sendable {
  enum Source {
    case resident(ResidentChunks)
    case stream(any ChunkSource)
  }

  struct NumberedChunk {
    /// Counts from 0 without a gap.
    let index: Int
    let chunk: TextChunk
    let counts: ByteCounts
    /// Whether a line follows that is longer than a line may be.
    let endsBeforeLongLine: Bool
  }

  let source: Source
  private let claimed = Atomic(0)
  /// Of a stream, from which one thread takes at a time.
  private let stream = Monitor()
  private var peeked: TextChunk?

  init(_ source: Source) { self.source = source }

  /// The first chunk of a stream, which stays to be handed out.
  func peek() -> TextChunk? {
    guard case .stream(let chunks) = source else { return nil }
    return stream.locked {
      peeked = chunks.next()
      return peeked
    }
  }

  /// The next chunk; nil where there is none.
  func next() -> NumberedChunk? {
    switch source {
    case .resident(let chunks):
      let index = claimed.add(1, ordering: .relaxed).oldValue
      guard index < chunks.count else { return nil }
      let lines = chunks.lines(of: index)
      return NumberedChunk(
        index: index, chunk: lines.chunk, counts: ByteCounts(lines.chunk.text), endsBeforeLongLine: lines.endsBeforeLongLine)
    case .stream(let chunks):
      let taken: (index: Int, chunk: TextChunk)? = stream.locked {
        defer { peeked = nil }
        return (peeked ?? chunks.next()).map { (claimed.add(1, ordering: .relaxed).oldValue, $0) }
      }
      return taken.map {
        NumberedChunk(index: $0.index, chunk: $0.chunk, counts: ByteCounts($0.chunk.text), endsBeforeLongLine: false)
      }
    }
  }
}
