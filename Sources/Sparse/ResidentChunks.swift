#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The chunks of a text that is in memory as a whole, in place: chunk n has the lines that begin in bytes `starts[n]` ..< `starts[n + 1]`.
struct ResidentChunks {
  private let size: Int
  /// Ascending, from 0 to the text's length.
  private var starts: [Int]
  /// The file, where the text is one that is mapped.
  let file: MappedFile?
  private let bytes: UnsafeBufferPointer<UInt8>
  private let owner: AnyObject

  /// - Parameters:
  ///   - bytes: the text.
  ///   - owner: keeps the memory.
  ///   - chunkSize: at least 1.
  init(_ bytes: UnsafeBufferPointer<UInt8>, owner: AnyObject, chunkSize: Int) {
    self.bytes = bytes
    self.owner = owner
    file = owner as? MappedFile
    // Then only a chunk's last line can be too long.
    size = max(1, min(chunkSize, TextChunk.longestLine))
    starts = Self.starts(bytes.count) { [size] _ in size }
  }

  private static func starts(_ byteCount: Int, size: (_ rest: Int) -> Int) -> [Int] {
    var starts = [0]
    var start = 0
    while start < byteCount {
      start += min(size(byteCount - start), byteCount - start)
      starts.append(start)
    }
    return starts
  }

  /// The same text, in chunks that get smaller towards the end, so that no thread works on a large one when the others have none left: of
  /// what is left, each takes half of a thread's share (guided self-scheduling, Polychronopoulos and Kuck 1987).
  func divided(among workers: Int) -> ResidentChunks {
    guard workers > 1 else { return self }
    var chunks = self
    chunks.starts = Self.starts(bytes.count) { [size] rest in max(1, size / 8, min(size, rest / (2 * workers))) }
    return chunks
  }

  var count: Int { starts.count - 1 }
  /// Threads that are worth starting: to start one takes the starting one about a sixth of the time of parsing two chunks.
  var mostWorkers: Int { max(1, bytes.count / (2 * size)) }

  struct Lines {
    var chunk: TextChunk
    /// Whether a line follows that is longer than a line may be.
    var endsBeforeLongLine: Bool
  }

  /// The lines of a chunk; none where no line begins in its bytes.
  ///
  /// - Parameter number: in 0 ..< `count`.
  /// - Complexity: O(length of the first and the last line).
  func lines(of number: Int) -> Lines {
    let end = starts[number + 1]
    var start = 0
    if number > 0 {
      // The byte before tells whether a line begins at the first.
      guard let before = newline(in: (starts[number] - 1)..<(end - 1)) else {
        return Lines(chunk: chunk(end..<end), endsBeforeLongLine: false)
      }
      start = before + 1
    }
    let last = newline(in: (end - 1)..<min(bytes.count, end + TextChunk.longestLine))
    if let last, last - start <= TextChunk.longestLine {
      return Lines(chunk: chunk(start..<(last + 1)), endsBeforeLongLine: false)
    }
    let lastStart = bytes[start..<(end - 1)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
    let textEnd = last.map { $0 + 1 } ?? bytes.count
    let length = (last ?? bytes.count) - lastStart
    let isTooLong = length > TextChunk.longestLine
    return Lines(chunk: chunk(start..<(isTooLong ? lastStart : textEnd)), endsBeforeLongLine: isTooLong)
  }

  private func newline(in range: Range<Int>) -> Int? {
    guard let base = bytes.baseAddress, !range.isEmpty else { return nil }
    let found = memchr(base + range.lowerBound, CInt(UInt8(ascii: "\n")), range.count)
    return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
  }

  /// The last one is copied, for the sake of the bytes behind it.
  private func chunk(_ range: Range<Int>) -> TextChunk {
    let text = UnsafeBufferPointer(rebasing: bytes[range])
    if bytes.count - range.upperBound >= TextChunk.padding || range.isEmpty {
      return TextChunk(text: text, byteCount: text.count, owner: owner)
    }
    let buffer = ChunkBuffer(capacity: text.count)
    _ = buffer.bytes.update(fromContentsOf: text)
    return buffer.chunk(0..<text.count)
  }

  /// Colons and newlines of the whole text: counted where it is short, else estimated from samples of it.
  func estimatedCounts() -> (counts: ByteCounts, areExact: Bool) {
    let size = bytes.count
    guard size > 1 << 18 else {
      var counts = ByteCounts(bytes)
      // The newline that the last line may lack.
      counts.newlines += 1
      return (counts, true)
    }
    // While samples are read, no thread parses. An estimate that is far off costs memory and time in long texts only.
    let isLong = size >= 1 << 25
    let samples = isLong ? 64 : 4
    let sampleSize = isLong ? 1 << 14 : 1 << 12
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
