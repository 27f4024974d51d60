/// A forward-only stream of bytes.
protocol ByteStream: AnyObject {
  /// Reads the next bytes into the buffer, which is not empty.
  ///
  /// - Returns: The number of bytes read: 0 only at the end.
  /// - Throws: `ReadingFailure`; of kind `badData` if the bytes so far are valid but the rest is not, as in a corrupt or
  ///   truncated file.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int
}

/// A stream over bytes in memory.
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
