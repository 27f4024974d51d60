/// The records of a TFRecord file: each has its length, a checksum of the length, its bytes and a checksum of the bytes.
///
/// Source: tensorflow/core/lib/io/record_writer.h. Numbers are little-endian; checksums are CRC-32C, masked.
struct TFRecords {
  private let bytes: [UInt8]
  private let path: String
  private var position = 0
  /// Whether the file ends within a record, as it does while a run is still writing.
  private(set) var isCut = false

  init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// Whether the bytes begin with a record header.
  static func hasHead(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 12 && UInt32(littleEndian: bytes[8..<12]) == maskedChecksum(bytes[..<8])
  }

  /// The next record; nil at the end.
  ///
  /// - Throws: `ScheduleFileError` where a checksum does not match.
  mutating func next() throws -> ArraySlice<UInt8>? {
    guard position < bytes.count else { return nil }
    guard position + 12 <= bytes.count else { return cut() }
    let head = bytes[position..<position + 8]
    guard UInt32(littleEndian: bytes[position + 8..<position + 12]) == Self.maskedChecksum(head) else {
      throw damage("the length of a record does not have its checksum")
    }
    let length = UInt64(littleEndian: head)
    guard length <= UInt64(bytes.count), position + 16 + Int(length) <= bytes.count else { return cut() }
    let record = bytes[position + 12..<position + 12 + Int(length)]
    guard UInt32(littleEndian: bytes[record.endIndex..<record.endIndex + 4]) == Self.maskedChecksum(record) else {
      throw damage("a record of \(counted(record.count, "byte")) does not have its checksum")
    }
    position = record.endIndex + 4
    return record
  }

  private mutating func cut() -> ArraySlice<UInt8>? {
    isCut = true
    position = bytes.count
    return nil
  }

  private func damage(_ message: String) -> ScheduleFileError {
    ScheduleFileError(.malformed, path: path, "\(message) at byte \(position + 1): the file is damaged")
  }

  private static func maskedChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let crc = ~bytes.reduce(~0) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  /// CRC-32C of each byte: Castagnoli's polynomial, reflected.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0x82F6_3B78 ^ crc >> 1 : crc >> 1 }
  }
}

extension FixedWidthInteger {
  /// The number that the bytes hold, least significant byte first.
  init(littleEndian bytes: ArraySlice<UInt8>) { self = bytes.reversed().reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) } }
}
