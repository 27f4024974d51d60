#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The chunks of a mapped file, in place; only the last one is copied, for the sake of the bytes behind it.
final class MappedChunks: ChunkSource {
  let interruption: (message: String, column: Int)? = nil
  let failure: ReadingFailure? = nil
  private let file: MappedFile
  private var position = 0

  init(_ file: MappedFile) {
    self.file = file
  }

  func next() -> TextChunk? {
    let size = file.bytes.count
    guard position < size, let base = file.bytes.baseAddress else { return nil }
    var end = size
    if size - position > TextChunk.size {
      let from = position + TextChunk.size - 1
      if let newline = memchr(base + from, CInt(UInt8(ascii: "\n")), size - from) {
        end = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
      }
    }
    let text = UnsafeBufferPointer(rebasing: file.bytes[position..<end])
    position = end
    if size - end >= TextChunk.padding { return TextChunk(text: text, byteCount: text.count, owner: file) }
    let buffer = ChunkBuffer(capacity: text.count + 1)
    _ = buffer.bytes.update(fromContentsOf: text)
    return buffer.chunk(text.count)
  }

  /// Colons and newlines of the whole file, from samples of it.
  func estimatedCounts() -> ByteCounts {
    let sampleSize = 1 << 14
    let samples = 64
    let size = file.bytes.count
    guard size > sampleSize * samples else { return ByteCounts(file.bytes) }
    var counts = ByteCounts(UnsafeBufferPointer(rebasing: file.bytes[..<0]))
    for sample in 0..<samples {
      let start = (size - sampleSize) / (samples - 1) * sample
      let found = ByteCounts(UnsafeBufferPointer(rebasing: file.bytes[start..<(start + sampleSize)]))
      counts.colons += found.colons
      counts.newlines += found.newlines
    }
    let factor = Double(size) / Double(sampleSize * samples)
    counts.colons = Int(Double(counts.colons) * factor)
    counts.newlines = Int(Double(counts.newlines) * factor)
    return counts
  }
}
