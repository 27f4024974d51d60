import CZlib

/// The text of a gzip stream of one or more members.
final class GzipInflater: ByteStream {
  private var stream = z_stream()
  private let source: any ByteStream
  private let name: String
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var isInputAtEnd = false
  private var isBetweenMembers = false
  private var memberByteCount = 0
  /// CRC-32 of the text of all members completed so far.
  private(set) var checksum: UInt32 = 0

  /// - Parameter name: file name for messages.
  init(_ source: any ByteStream, name: String) throws(ReadingFailure) {
    self.source = source
    self.name = name
    input = .allocate(capacity: 1 << 17)
    // 15 bits of window; + 16 accepts only the gzip format.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw failure("zlib has no memory")
    }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  func read(into output: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
    while true {
      if isBetweenMembers, try !beginsAnotherMember() { return 0 }
      if stream.avail_in == 0, !isInputAtEnd { try refill() }
      let room = UInt32(min(output.count, 1 << 30))
      let inputBefore = stream.avail_in
      stream.next_out = output.baseAddress
      stream.avail_out = room
      let status = inflate(&stream, Z_NO_FLUSH)
      let count = Int(room - stream.avail_out)
      memberByteCount += count
      switch status {
      case Z_STREAM_END:
        checksum = UInt32(
          truncatingIfNeeded: crc32_combine(uLong(checksum), uLong(stream.adler), memberByteCount))
        memberByteCount = 0
        isBetweenMembers = true
      case Z_OK, Z_BUF_ERROR:
        let isStuck = count == 0 && inputBefore == stream.avail_in
        if isStuck, isInputAtEnd { throw failure("the gzip stream ends too early; the file is cut short") }
      default:
        // Return the bytes before the error first; the next call fails again.
        if count > 0 { break }
        let reason = stream.msg.map { String(cString: $0) } ?? "code \(status)"
        throw failure("the gzip stream is corrupt: \(reason)")
      }
      if count > 0 { return count }
    }
  }

  private func refill() throws(ReadingFailure) {
    let count = try source.read(into: input)
    isInputAtEnd = count == 0
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(count)
  }

  /// Skips zero bytes, used as padding in tape blocks, up to the next member's header.
  private func beginsAnotherMember() throws(ReadingFailure) -> Bool {
    while true {
      if stream.avail_in == 0, !isInputAtEnd { try refill() }
      guard stream.avail_in > 0, let next = stream.next_in else { return false }
      if next.pointee == 0x1F { break }
      guard next.pointee == 0 else { throw failure("bytes that are not gzip follow the gzip stream") }
      stream.next_in = next + 1
      stream.avail_in -= 1
    }
    inflateReset(&stream)
    isBetweenMembers = false
    return true
  }

  private func failure(_ message: String) -> ReadingFailure { ReadingFailure(kind: .badData, file: name, message: message) }
}
