import Platform

/// Input bytes as shown in messages: in double quotes, with `\xNN` for anything but printable ASCII, and an ellipsis for what
/// exceeds `limit` bytes.
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
