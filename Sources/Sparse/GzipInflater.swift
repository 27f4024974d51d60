import CZlib

/// Inflates a gzip stream of one or more members.
final class GzipInflater {
  enum Failure: Error {
    case corrupt(String)
    case truncated
    case trailingBytes
    case outOfMemory
  }

  private var stream = z_stream()
  private let source: (UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int
  private let input: UnsafeMutableBufferPointer<UInt8>
  private var inputEnded = false
  private var betweenMembers = false
  private var members = 0

  /// - Parameter source: Fills a buffer with compressed bytes and gives their number, 0 at the end.
  init(source: @escaping (UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int) throws(Failure) {
    self.source = source
    input = .allocate(capacity: 1 << 17)
    // 15 bits of window, and 16 for the gzip format alone.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .outOfMemory
    }
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  /// Fills as much of the buffer as there is text for; 0 at the end of the last member.
  ///
  /// - Throws: `Failure` for a stream that is not whole, `ReadingFailure` from the source.
  func read(into output: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    var filled = 0
    while filled < output.count {
      if stream.avail_in == 0, !inputEnded { try refill() }
      if betweenMembers {
        guard try beginsAnotherMember() else { break }
      }
      stream.next_out = output.baseAddress! + filled
      stream.avail_out = UInt32(min(output.count - filled, 1 << 30))
      let room = stream.avail_out
      let inputBefore = stream.avail_in
      let status = inflate(&stream, Z_NO_FLUSH)
      filled += Int(room - stream.avail_out)
      switch status {
      case Z_STREAM_END:
        betweenMembers = true
        members += 1
      case Z_OK, Z_BUF_ERROR:
        let isStuck = room == stream.avail_out && inputBefore == stream.avail_in
        if isStuck, inputEnded { throw Failure.truncated }
      case Z_MEM_ERROR:
        throw Failure.outOfMemory
      default:
        throw Failure.corrupt(stream.msg.map { String(cString: $0) } ?? "unexpected data")
      }
    }
    return filled
  }

  private func refill() throws {
    let count = try source(input)
    inputEnded = count == 0
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(count)
  }

  /// Passes over zero bytes, with which tapes and blocks are padded, to the next member's header.
  private func beginsAnotherMember() throws -> Bool {
    while true {
      if stream.avail_in == 0, !inputEnded { try refill() }
      if stream.avail_in == 0 { return false }
      let byte = stream.next_in.pointee
      if byte == 0x1F { break }
      guard byte == 0 else { throw Failure.trailingBytes }
      stream.next_in += 1
      stream.avail_in -= 1
    }
    inflateReset(&stream)
    betweenMembers = false
    return true
  }
}
