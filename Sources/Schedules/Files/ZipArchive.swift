import CZlib

/// The members of a ZIP archive, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. Encrypted archives, archives above 4 GiB (ZIP64) and
/// split archives are not supported.
struct ZipArchive {
  private let bytes: [UInt8]
  private let path: String
  private var members: [Member] = []

  private struct Member {
    var name: String
    var method: Int
    var compressedSize: Int
    var size: Int
    var offset: Int
  }

  static func hasMagic(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) }

  /// - Throws: `ScheduleFileError` where the archive has no central directory.
  init(_ bytes: [UInt8], path: String) throws {
    self.bytes = bytes
    self.path = path
    // The end-of-directory record comes last, before an optional comment.
    let signature = Array("PK\u{5}\u{6}".utf8)
    guard bytes.count >= 22,
      let end = (max(0, bytes.count - 66_000)...bytes.count - 22).last(where: { Array(bytes[$0..<$0 + 4]) == signature })
    else { throw damage("has no directory at its end") }
    var place = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      guard place + 46 <= bytes.count, Array(bytes[place..<place + 4]) == Array("PK\u{1}\u{2}".utf8) else {
        throw damage("has a damaged directory")
      }
      let nameLength = number(place + 28, 2)
      let next = place + 46 + nameLength + number(place + 30, 2) + number(place + 32, 2)
      guard place + 46 + nameLength <= bytes.count else { throw damage("has a damaged directory") }
      members.append(
        Member(
          name: String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self), method: number(place + 10, 2),
          compressedSize: number(place + 20, 4), size: number(place + 24, 4), offset: number(place + 42, 4)))
      place = next
    }
  }

  var names: [String] { members.map(\.name) }

  /// - Throws: `ScheduleFileError` where the member is damaged, or compressed by a method other than deflate.
  func contents(of name: String) throws -> [UInt8] {
    guard let member = members.first(where: { $0.name == name }), member.offset + 30 <= bytes.count else {
      throw damage("has no '\(name)'")
    }
    let start = member.offset + 30 + number(member.offset + 26, 2) + number(member.offset + 28, 2)
    guard start + member.compressedSize <= bytes.count else { throw damage("ends within '\(name)'") }
    let data = Array(bytes[start..<start + member.compressedSize])
    switch member.method {
    case 0: return data
    case 8:
      guard let inflated = Self.inflated(data, count: member.size) else { throw damage("has damaged data in '\(name)'") }
      return inflated
    default: throw damage("has '\(name)' compressed by method \(member.method); expected deflate")
    }
  }

  private func damage(_ message: String) -> ScheduleFileError {
    ScheduleFileError(.malformed, path: path, "the archive \(message)")
  }

  private func number(_ place: Int, _ count: Int) -> Int {
    place + count <= bytes.count ? Int(UInt32(littleEndian: bytes[place..<place + count])) : 0
  }

  /// nil where `data` does not inflate to `count` bytes. Deflate expands one byte to at most 1,032.
  private static func inflated(_ data: [UInt8], count: Int) -> [UInt8]? {
    guard count <= 1032 * (data.count + 1) else { return nil }
    var data = data
    var result = [UInt8](repeating: 0, count: count)
    var stream = z_stream()
    guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    let status = data.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    return status == Z_STREAM_END && Int(stream.total_out) == count ? result : nil
  }
}
