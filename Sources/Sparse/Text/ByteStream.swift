/// Bytes that come one after the other and cannot be gone back to.
protocol ByteStream: AnyObject {
  /// Writes the next bytes into the buffer, which is not empty.
  ///
  /// - Returns: How many there were: 0 at the end only.
  /// - Throws: `ReadingFailure`; of kind `badData` where what has come so far is right and then the content is not, as in a file that
  ///   is corrupt or cut short.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int
}

/// Bytes that are in memory, as a stream.
final class ByteArrayStream: ByteStream {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let next = rest.prefix(buffer.count)
    _ = buffer.update(fromContentsOf: next)
    rest = rest.dropFirst(next.count)
    return next.count
  }
}
