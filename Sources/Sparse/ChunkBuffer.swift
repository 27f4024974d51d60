/// Memory that goes with its last user, or back to where it came from.
final class ChunkBuffer {
  /// Room for some bytes of text and an added newline; behind it the padding.
  let bytes: UnsafeMutableBufferPointer<UInt8>
  private let pool: BufferPool?

  /// - Parameter capacity: bytes of text.
  convenience init(capacity: Int) {
    self.init(.allocate(capacity: capacity + 1 + TextChunk.padding), pool: nil)
  }

  fileprivate init(_ bytes: UnsafeMutableBufferPointer<UInt8>, pool: BufferPool?) {
    self.bytes = bytes
    self.pool = pool
    // What stands behind a text is read and has no consequences; it is never memory that was not written.
    bytes[(bytes.count - 1 - TextChunk.padding)...].initialize(repeating: 0)
  }

  deinit {
    if let pool { pool.give(bytes) } else { bytes.deallocate() }
  }

  /// A chunk of some bytes, with a newline added if there are any and none ends them.
  func chunk(_ range: Range<Int>) -> TextChunk {
    var end = range.upperBound
    if !range.isEmpty, bytes[end - 1] != UInt8(ascii: "\n") {
      bytes[end] = UInt8(ascii: "\n")
      end += 1
    }
    return TextChunk(
      text: UnsafeBufferPointer(rebasing: bytes[range.lowerBound..<end]), byteCount: range.count, owner: self)
  }
}

/// Buffers of one size that are used again and again: the operating system takes from a sixth to a third as long to bring new memory as
/// zlib does to inflate text into it.
final class BufferPool: @unchecked Sendable {
  /// Bytes of text in a buffer.
  let capacity: Int
  private let monitor = Monitor()
  private var unused: [UnsafeMutableBufferPointer<UInt8>] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  deinit {
    for bytes in unused { bytes.deallocate() }
  }

  func take() -> ChunkBuffer {
    let bytes = monitor.locked { unused.popLast() }
    return ChunkBuffer(bytes ?? .allocate(capacity: capacity + 1 + TextChunk.padding), pool: self)
  }

  fileprivate func give(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
    monitor.locked { unused.append(bytes) }
  }
}
