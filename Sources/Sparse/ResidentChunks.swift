#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The chunks of a text that is in memory as a whole, in place; only the last one is copied, for the sake of the bytes
/// behind it.
final class ResidentChunks: ChunkSource {
  private(set) var interruption: (message: String, column: Int)?
  let failure: ReadingFailure? = nil
  private let bytes: UnsafeBufferPointer<UInt8>
  private let owner: AnyObject
  /// The file, where the text is one that is mapped.
  let file: MappedFile?
  private let chunkSize: Int
  private var position = 0

  /// - Parameters:
  ///   - bytes: the text.
  ///   - owner: keeps the memory.
  ///   - chunkSize: bytes of a chunk, up to the end of a line.
  init(_ bytes: UnsafeBufferPointer<UInt8>, owner: AnyObject, chunkSize: Int) {
    self.bytes = bytes
    self.owner = owner
    file = owner as? MappedFile
    self.chunkSize = max(1, chunkSize)
  }

  convenience init(_ file: MappedFile, chunkSize: Int) { self.init(file.bytes, owner: file, chunkSize: chunkSize) }

  func next() -> TextChunk? {
    let size = bytes.count
    guard position < size, let base = bytes.baseAddress else { return nil }
    guard let end = chunkEnd(base) else {
      interruption = (TextChunk.longLineMessage, 1)
      position = size
      return nil
    }
    let text = UnsafeBufferPointer(rebasing: bytes[position..<end])
    position = end
    if size - end >= TextChunk.padding { return TextChunk(text: text, byteCount: text.count, owner: owner) }
    let buffer = ChunkBuffer(capacity: text.count + 1)
    _ = buffer.bytes.update(fromContentsOf: text)
    return buffer.chunk(text.count)
  }

  /// Threads that can have work at the same time.
  var mostWorkers: Int { max(1, bytes.count / chunkSize) }

  /// Where the chunk that begins at the position ends; nil where it begins with a line that is too long.
  private func chunkEnd(_ base: UnsafePointer<UInt8>) -> Int? {
    let from = position + min(chunkSize, bytes.count - position) - 1
    let limit = min(bytes.count, from + TextChunk.longestLine)
    var end = limit
    if let newline = memchr(base + from, CInt(UInt8(ascii: "\n")), limit - from) {
      end = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
    } else if limit < bytes.count {
      return startOfLine(from)
    }
    guard end - position > TextChunk.longestLine else { return end }
    let start = startOfLine(from)
    return TextChunk.beginsWithLongLine(UnsafeBufferPointer(rebasing: bytes[(start ?? position)..<end])) ? start : end
  }

  /// Where the line that holds a byte begins; nil where that is the position.
  private func startOfLine(_ index: Int) -> Int? {
    bytes[position..<index].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
  }

  /// Colons and newlines of the whole text: counted where it is short, else estimated from samples of it.
  func estimatedCounts() -> (counts: ByteCounts, areExact: Bool) {
    // 128 KB of a short text up to 1 MB of a long one: reading the samples takes time in which no thread parses.
    let size = bytes.count
    let samples = min(64, max(16, size >> 17))
    let sampleSize = size < 1 << 24 ? 1 << 13 : 1 << 14
    guard size > 1 << 18 else {
      var counts = ByteCounts(bytes)
      // The newline that the last line may lack.
      counts.newlines += 1
      return (counts, true)
    }
    var counts = ByteCounts(colons: 0, newlines: 0)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: sampleSize) { copy in
      for sample in 0..<samples {
        let start = (size - sampleSize) / (samples - 1) * sample
        // A mapped file is read here: mapping its pages is left to the threads that parse them.
        let isCopied = file?.read(into: copy, at: start) ?? false
        let found = ByteCounts(
          isCopied ? UnsafeBufferPointer(copy) : UnsafeBufferPointer(rebasing: bytes[start..<(start + sampleSize)]))
        counts.colons += found.colons
        counts.newlines += found.newlines
      }
    }
    let factor = Double(size) / Double(sampleSize * samples)
    counts.colons = Int(Double(counts.colons) * factor)
    counts.newlines = Int(Double(counts.newlines) * factor)
    return (counts, false)
  }
}
