#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file or standard input, closed when it goes.
final class SystemInput: @unchecked Sendable {
  let path: String
  let descriptor: CInt
  /// Size in bytes where the input is a regular file.
  let regularFileSize: Int?
  private let closes: Bool

  /// The name that messages print.
  var name: String { path == "-" ? "<stdin>" : path }

  /// - Throws: `ReadingFailure` of kind `noInput` where the file is missing or may not be read.
  init(path: String) throws(ReadingFailure) {
    self.path = path
    if path == "-" {
      descriptor = 0
      closes = false
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      closes = true
      guard descriptor >= 0 else {
        let reason = errno == ENOENT ? "no such file" : systemErrorMessage()
        throw ReadingFailure(kind: .noInput, file: path, message: reason)
      }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      regularFileSize = nil
      throw ReadingFailure(kind: .inputOutput, file: path, message: systemErrorMessage())
    }
    let type = status.st_mode & S_IFMT
    regularFileSize = type == S_IFREG ? Int(status.st_size) : nil
    if type == S_IFDIR {
      throw ReadingFailure(kind: .noInput, file: path, message: "is a directory; name a file in it")
    }
  }

  deinit {
    if closes, descriptor >= 0 { close(descriptor) }
  }

  /// Fills the buffer as far as the input goes; less than its size only at the end.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
    var filled = 0
    while filled < buffer.count {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      #endif
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw ReadingFailure(kind: .inputOutput, file: name, message: "cannot read: \(systemErrorMessage())")
      }
      filled += count
    }
    return filled
  }
}
