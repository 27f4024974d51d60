/// Bytes that come one after the other and cannot be gone back to.
protocol ByteStream: AnyObject {
  /// Fills the buffer as far as the stream goes; less than its size only at the end.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int
}

/// Why a stream ended before its end.
enum StreamEnd: Error {
  /// What has come so far is right, and then the content is not: a corrupt or incomplete file.
  case interrupted(String)
  case failed(ReadingFailure)

  func failure(ofFile name: String) -> ReadingFailure {
    switch self {
    case .failed(let failure): failure
    case .interrupted(let message): ReadingFailure(kind: .badData, file: name, message: message)
    }
  }
}

/// Bytes that are in memory, as a stream.
final class ByteArrayStream: ByteStream {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
    let count = min(buffer.count, bytes.count - position)
    _ = buffer.update(fromContentsOf: bytes[position..<(position + count)])
    position += count
    return count
  }
}

/// The chunks of a stream.
final class StreamedChunks: ChunkSource {
  private(set) var interruption: (message: String, column: Int)?
  private(set) var failure: ReadingFailure?
  private let stream: any ByteStream
  private let chunkSize: Int
  private let pool: BufferPool
  /// Bytes of text that are still to come, if the announcement was right; else 0 or less.
  private var remainingByteCount: Int
  /// The beginning of a line whose end is still to come.
  private var carried: [UInt8] = []
  private var isAtEnd = false

  /// - Parameters:
  ///   - chunkSize: bytes of a chunk, up to the last line that ends in them, at least 1; of more than `TextChunk.size`, that many.
  ///   - announcedByteCount: bytes of text, where known or guessed. The last chunks are smaller, so that little is left to be parsed
  ///     when the last one has come.
  init(_ stream: any ByteStream, chunkSize: Int = TextChunk.size, announcedByteCount: Int? = nil) {
    self.stream = stream
    self.chunkSize = max(1, min(chunkSize, TextChunk.size))
    remainingByteCount = announcedByteCount ?? 0
    pool = BufferPool(capacity: self.chunkSize)
  }

  /// Bytes to read for the next chunk. With the beginning of its first line they are no more than a buffer holds, unless that beginning is
  /// long.
  private var sizeOfNext: Int {
    let size = remainingByteCount > 0 ? max(chunkSize / 8, min(chunkSize, remainingByteCount / 4)) : chunkSize
    return max(1, size / 2, size - carried.count)
  }

  func next() -> TextChunk? {
    var size = sizeOfNext
    while !isAtEnd {
      let needed = carried.count + size
      let buffer = needed <= pool.capacity ? pool.take() : ChunkBuffer(capacity: needed)
      _ = buffer.bytes.update(fromContentsOf: carried)
      let room = UnsafeMutableBufferPointer(rebasing: buffer.bytes[carried.count..<needed])
      let filled = carried.count + read(into: room)
      if isAtEnd, interruption == nil, failure == nil {
        return filled > 0 ? checked(buffer.chunk(0..<filled)) : nil
      }
      let text = buffer.bytes[..<filled]
      let whole = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      carried = Array(text[whole...])
      if isAtEnd { interruption?.column = carried.count + 1 }
      if whole > 0 { return checked(buffer.chunk(0..<whole)) }
      if carried.count > TextChunk.longestLine { refuseLine() }
      size = carried.count
    }
    return nil
  }

  /// Only a chunk's first line can be longer than what was asked for.
  private func checked(_ chunk: TextChunk) -> TextChunk? {
    guard TextChunk.beginsWithLongLine(chunk.text) else { return chunk }
    refuseLine()
    return nil
  }

  private func refuseLine() {
    interruption = (TextChunk.longLineMessage, 1)
    isAtEnd = true
  }

  private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var filled = 0
    do throws(StreamEnd) {
      while filled < buffer.count {
        let count = try stream.read(into: UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
        if count == 0 {
          isAtEnd = true
          break
        }
        filled += count
      }
      remainingByteCount -= filled
    } catch {
      isAtEnd = true
      switch error {
      case .interrupted(let message): interruption = (message, 1)
      case .failed(let failure): self.failure = failure
      }
    }
    return filled
  }
}
