/// Bytes of an input as a message may show them: in double quotes, everything but printable ASCII as `\xNN`, and all that
/// is beyond `limit` bytes replaced by an ellipsis.
///
/// - Complexity: O(`limit`).
func quoted(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int = 32) -> String {
  func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "A") }
  var text: [UInt8] = []
  text.reserveCapacity(4 * limit + 8)
  text.append(UInt8(ascii: "\""))
  for byte in bytes.prefix(limit) {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): text += [UInt8(ascii: "\\"), byte]
    case 0x20...0x7E: text.append(byte)
    case UInt8(ascii: "\t"): text += "\\t".utf8
    case UInt8(ascii: "\r"): text += "\\r".utf8
    default: text += [UInt8(ascii: "\\"), UInt8(ascii: "x"), hexadecimal(byte >> 4), hexadecimal(byte & 15)]
    }
  }
  if bytes.count > limit { text += "…".utf8 }
  text.append(UInt8(ascii: "\""))
  return String(decoding: text, as: UTF8.self)
}
