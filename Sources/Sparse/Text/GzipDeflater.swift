import CZlib

/// Compresses text with gzip, at zlib's default level.
package final class GzipDeflater {
  private var stream = z_stream()
  private let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
  private let write: (UnsafeRawBufferPointer) throws -> Void

  /// - Parameter write: receives the compressed bytes, piece by piece.
  /// - Throws: `ReadingFailure` of kind `inputOutput` if zlib cannot allocate memory.
  package init(name: String, _ write: @escaping (UnsafeRawBufferPointer) throws -> Void) throws(ReadingFailure) {
    self.write = write
    // 15 bits of window; + 16 selects the gzip format.
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw ReadingFailure(kind: .inputOutput, file: name, message: "zlib has no memory") }
  }

  deinit {
    deflateEnd(&stream)
    output.deallocate()
  }

  /// - Throws: What `write` throws.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = uInt(bytes.count)
    try run(Z_NO_FLUSH)
  }

  /// Finishes the stream; nothing can be appended afterwards.
  package func finish() throws { try run(Z_FINISH) }

  private func run(_ flush: CInt) throws {
    repeat {
      stream.next_out = output.baseAddress
      stream.avail_out = uInt(output.count)
      deflate(&stream, flush)
      try write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<(output.count - Int(stream.avail_out))]))
    } while stream.avail_out == 0
  }
}
