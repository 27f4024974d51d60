/// Iterates over the fields of a protocol buffer message.
///
/// Source: protobuf.dev/programming-guides/encoding. Groups, which are deprecated, end the iteration.
struct ProtobufMessage {
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>
  /// Whether the remaining bytes are not a field.
  private(set) var isMalformed = false

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The number of a packed list of varints that has one element.
  static func onlyVarint(in bytes: ArraySlice<UInt8>) -> UInt64? {
    var list = ProtobufMessage(bytes)
    let number = list.varint()
    return list.rest.isEmpty ? number : nil
  }

  /// The next field; nil at the end.
  mutating func next() -> (field: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    guard let key = varint(), let value = value(ofType: key & 7) else {
      isMalformed = true
      rest = []
      return nil
    }
    return (Int(truncatingIfNeeded: key >> 3), value)
  }

  private mutating func value(ofType type: UInt64) -> Value? {
    switch type {
    case 0: varint().map { .varint($0) }
    case 1: take(8).map { .fixed64(UInt64(littleEndian: $0)) }
    case 2: varint().flatMap { take($0) }.map { .bytes($0) }
    case 5: take(4).map { .fixed32(UInt32(littleEndian: $0)) }
    default: nil
    }
  }

  private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
    guard count <= UInt64(rest.count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = rest.popFirst(), shift < 64 {
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }
}
