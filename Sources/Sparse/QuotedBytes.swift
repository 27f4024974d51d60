/// Bytes of an input as a message may show them: in double quotes, everything but printable ASCII as `\xNN`, and all that
/// is beyond `limit` bytes replaced by an ellipsis.
///
/// - Complexity: O(`limit`).
func quoted(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int = 32) -> String {
  var text = "\""
  for byte in bytes.prefix(limit) {
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""):
      text += "\\" + String(UnicodeScalar(byte))
    case 0x20...0x7E:
      text += String(UnicodeScalar(byte))
    case UInt8(ascii: "\t"):
      text += "\\t"
    case UInt8(ascii: "\r"):
      text += "\\r"
    default:
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
  }
  return text + (bytes.count > limit ? "…\"" : "\"")
}
