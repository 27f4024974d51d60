import CZlib

/// The text of a gzip stream of one or more members.
final class GzipInflater: ByteStream {
  private var stream = z_stream()
  private let source: any ByteStream
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var isInputAtEnd = false
  private var isBetweenMembers = false
  /// What came up while there still was text to hand over.
  private var pendingEnd: StreamEnd?
  private var memberByteCount = 0
  /// CRC-32 of the text of all whole members so far.
  private(set) var checksum: UInt32 = 0

  init(_ source: any ByteStream) throws(StreamEnd) {
    self.source = source
    input = .allocate(capacity: 1 << 17)
    // 15 bits of window, and 16 for the gzip format alone.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .interrupted("zlib has no memory")
    }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  func read(into output: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
    if let pendingEnd { throw pendingEnd }
    var filled = 0
    do throws(StreamEnd) {
      while filled < output.count {
        let count = try inflateSome(into: UnsafeMutableBufferPointer(rebasing: output[filled...]))
        if count == 0 { break }
        filled += count
      }
    } catch {
      if filled == 0 { throw error }
      pendingEnd = error
    }
    return filled
  }

  private func inflateSome(into output: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
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
        if isStuck, isInputAtEnd { throw .interrupted("the gzip stream ends too early; the file is cut short") }
      default:
        // What came before it is handed over first; the next call fails in the same way.
        if count > 0 { break }
        let reason = stream.msg.map { String(cString: $0) } ?? "code \(status)"
        throw .interrupted("the gzip stream is corrupt: \(reason)")
      }
      if count > 0 { return count }
    }
  }

  private func refill() throws(StreamEnd) {
    let count = try source.read(into: input)
    isInputAtEnd = count == 0
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(count)
  }

  /// Passes over zero bytes, with which blocks of tapes are filled up, to the next member's header.
  private func beginsAnotherMember() throws(StreamEnd) -> Bool {
    while true {
      if stream.avail_in == 0, !isInputAtEnd { try refill() }
      guard stream.avail_in > 0, let next = stream.next_in else { return false }
      if next.pointee == 0x1F { break }
      guard next.pointee == 0 else { throw .interrupted("bytes that are not gzip follow the gzip stream") }
      stream.next_in = next + 1
      stream.avail_in -= 1
    }
    inflateReset(&stream)
    isBetweenMembers = false
    return true
  }
}
