/// A stream's text in blocks of whole lines, double-buffered: the next block can be read while the current one is in use.
final class TextBlocks {
  /// One megabyte: small enough that little is left to parse when a decompressor has delivered its last byte.
  static let usualSize = 1 << 20

  /// Whole lines; the final newline may be missing at the end of the text and for a line over the length limit. nil at the end.
  private(set) var current: UnsafeBufferPointer<UInt8>?
  /// Why the text broke off, and the column in its last line where it did.
  private(set) var interruption: (message: String, column: Int)?
  /// The I/O failure that ended the text.
  private(set) var failure: ReadingFailure?
  private let stream: any ByteStream
  private let size: Int
  private var buffers: [UnsafeMutableBufferPointer<UInt8>] = [.allocate(capacity: 0), .allocate(capacity: 0)]
  /// In the first buffer: the beginning of an incomplete line.
  private var carried = 0..<0
  private var isAtEnd = false

  /// - Parameter size: bytes to read per block, at least 1; more if they contain no line end.
  init(_ stream: any ByteStream, size: Int = TextBlocks.usualSize) {
    self.stream = stream
    self.size = size
  }

  deinit { for buffer in buffers { buffer.deallocate() } }

  /// Makes the next block current. The previous block's bytes stay valid until the next call.
  func advance() {
    current = nil
    if isAtEnd { return }
    let beginning = UnsafeMutableBufferPointer(rebasing: buffers[0][carried])
    buffers.swapAt(0, 1)
    reserve(beginning.count + size, keeping: 0)
    _ = buffers[0].update(fromContentsOf: beginning)
    var filled = beginning.count
    while true {
      let end = filled + size
      reserve(end, keeping: filled)
      while filled < end, !isAtEnd { filled += read(into: UnsafeMutableBufferPointer(rebasing: buffers[0][filled..<end])) }
      let isWhole = isAtEnd && interruption == nil && failure == nil
      if !isAtEnd, filled > LineScanner.longestLine, !buffers[0][..<filled].contains(newline) {
        // Reading stops at such a line.
        isAtEnd = true
        return take(filled)
      }
      let whole = isWhole ? filled : (buffers[0][..<filled].lastIndex(of: newline) ?? -1) + 1
      carried = whole..<filled
      if isAtEnd { interruption?.column = carried.count + 1 }
      if whole > 0 || isAtEnd { return take(whole) }
    }
  }

  private var newline: UInt8 { UInt8(ascii: "\n") }

  private func take(_ count: Int) {
    current = count > 0 ? UnsafeBufferPointer(rebasing: buffers[0][..<count]) : nil
  }

  private func reserve(_ capacity: Int, keeping count: Int) {
    guard buffers[0].count < capacity else { return }
    let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(capacity, 2 * buffers[0].count))
    _ = larger.update(fromContentsOf: buffers[0][..<count])
    buffers[0].deallocate()
    buffers[0] = larger
  }

  private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    do throws(ReadingFailure) {
      let count = try stream.read(into: buffer)
      isAtEnd = count == 0
      return count
    } catch {
      isAtEnd = true
      if error.kind == .badData { interruption = (error.errors[0].message, 1) } else { failure = error }
      return 0
    }
  }
}
