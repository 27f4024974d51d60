import Platform

/// Bytes of an input as a message may show them: in double quotes, everything but printable ASCII as `\xNN`, and all that
/// is beyond `limit` bytes replaced by an ellipsis.
///
/// - Complexity: O(`limit`).
func quoted(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int = 32) -> String {
  let shown = bytes.prefix(limit).map { byte in
    switch byte {
    case UInt8(ascii: "\\"), UInt8(ascii: "\""): "\\" + String(UnicodeScalar(byte))
    case 0x20...0x7E: String(UnicodeScalar(byte))
    case UInt8(ascii: "\t"): "\\t"
    case UInt8(ascii: "\r"): "\\r"
    default: byte.escaped
    }
  }
  return "\"" + shown.joined() + (bytes.count > limit ? "…" : "") + "\""
}
