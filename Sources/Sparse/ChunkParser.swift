#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Parses chunks for one thread: windows of whole lines, by the vector loop where it takes them, else by the byte loop.
final class ChunkParser {
  /// Text, positions and tables together stay in the first-level cache.
  static let windowSize = 1 << 13

  private(set) var labels = LabelTable()
  private let byteLoop: ByteLoop
  #if arch(x86_64)
    private let vectorLoop: VectorLoop?
  #endif

  /// - Parameter usesVectors: False leaves everything to the byte loop.
  init(indexBase: IndexBase?, usesVectors: Bool) {
    byteLoop = ByteLoop(indexBase: indexBase)
    #if arch(x86_64)
      vectorLoop = usesVectors ? VectorLoop(indexBase: indexBase) : nil
    #endif
  }

  func parse(_ text: UnsafeBufferPointer<UInt8>, into rows: inout ChunkRows) {
    #if arch(x86_64)
      guard let vectorLoop else { return byteLoop.parse(text, into: &rows, labels: &labels) }
      var position = 0
      while position < text.count {
        let end = windowEnd(text, position)
        let window = UnsafeBufferPointer(rebasing: text[position..<end])
        if !vectorLoop.parse(window, readableBefore: position, into: &rows, labels: &labels) {
          byteLoop.parse(window, into: &rows, labels: &labels)
        }
        position = end
      }
    #else
      byteLoop.parse(text, into: &rows, labels: &labels)
    #endif
  }

  /// The end of the last line that ends within the window's size, or of the first line where that one is longer.
  private func windowEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    guard text.count - start > Self.windowSize, let base = text.baseAddress else { return text.count }
    var end = start + Self.windowSize
    while end > start, base[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    if end > start { return end }
    let from = start + Self.windowSize
    guard let newline = memchr(base + from, CInt(UInt8(ascii: "\n")), text.count - from) else { return text.count }
    return UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
  }
}
