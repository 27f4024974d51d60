// Paths are Strings throughout. A name that is not UTF-8 is spelled with `\xNN` for each non-ASCII byte, as in `lat\xE9n`, in
// listings, output and input alike; these functions map the spelling to the file's bytes.

extension String {
  /// The spelling of a path.
  ///
  /// - Parameter bytes: without terminating zero.
  public init(pathBytes bytes: [UInt8]) {
    if let text = String(validating: bytes, as: UTF8.self) {
      self = text
    } else {
      self = bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : $0.escaped }.joined()
    }
  }

  /// The zero-terminated bytes of a path with `\xNN` escapes; nil if it has none.
  fileprivate var escapedPathBytes: [CChar]? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    var isEscaped = false
    while let first = rest.first {
      let digits = rest.starts(with: "\\x".utf8) ? String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self) : ""
      if digits.utf8.count == 2, let byte = UInt8(digits, radix: 16), byte >= 0x80 {
        bytes.append(byte)
        rest = rest.dropFirst(4)
        isEscaped = true
      } else {
        bytes.append(first)
        rest = rest.dropFirst()
      }
    }
    return isEscaped ? bytes.map { CChar(bitPattern: $0) } + [0] : nil
  }
}

extension UInt8 {
  /// The byte as `\xNN`.
  public var escaped: String { "\\x" + (self < 16 ? "0" : "") + String(self, radix: 16, uppercase: true) }
}

/// Calls a system function with a path as spelled and, if that does not exist, with its `\xNN` escapes decoded.
///
/// - Parameter call: returns a negative number and sets `errno` on failure.
public func withPath(_ path: String, _ call: (UnsafePointer<CChar>) -> CInt) -> CInt {
  let result = call(path)
  guard result < 0, errno == ENOENT, let bytes = path.escapedPathBytes else { return result }
  return call(bytes)
}

/// The names in a folder, in system order; nil on failure, with the reason in `errno`.
public func namesInFolder(_ path: String) -> [String]? {
  let descriptor = withPath(path) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  guard descriptor >= 0, let folder = fdopendir(descriptor) else { return nil }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    names.append(String(pathBytes: bytes))
  }
  return names
}

/// The arguments of this process without its name.
public func commandLineArguments() -> [String] {
  (1..<max(1, Int(CommandLine.argc))).compactMap { number in
    CommandLine.unsafeArgv[number].map { String(pathBytes: Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))) }
  }
}
