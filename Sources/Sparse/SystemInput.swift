#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file or standard input, closed when it goes.
final class SystemInput: ByteStream {
  let path: String
  let descriptor: CInt
  /// Size in bytes where the input is a regular file.
  let regularFileSize: Int?
  private let closes: Bool
  private var lookahead: [UInt8] = []

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
    let status = try Self.status(descriptor, path)
    let type = status.st_mode & S_IFMT
    regularFileSize = type == S_IFREG ? Int(status.st_size) : nil
    if type == S_IFDIR {
      throw ReadingFailure(kind: .noInput, file: path, message: "is a directory; name a file in it")
    }
  }

  /// - Throws: `ReadingFailure` where the operating system does not tell.
  func status() throws(ReadingFailure) -> stat { try Self.status(descriptor, name) }

  private static func status(_ descriptor: CInt, _ path: String) throws(ReadingFailure) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw ReadingFailure(kind: .inputOutput, file: path, message: systemErrorMessage())
    }
    return status
  }

  deinit {
    if closes, descriptor >= 0 { close(descriptor) }
  }

  /// The first bytes, at most 8, which stay to be read. Those of a regular file also stay for a child process to read.
  func peek() throws(StreamEnd) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 8)
    if regularFileSize != nil {
      let count = pread(descriptor, &bytes, bytes.count, lseek(descriptor, 0, SEEK_CUR))
      return Array(bytes[..<max(count, 0)])
    }
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBufferPointer { buffer throws(StreamEnd) in
        try readDirectly(into: UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    lookahead = Array(bytes[..<filled])
    return lookahead
  }

  /// The length that the last four bytes of a gzip file give; nil where the input is no regular file.
  func gzipTrailerLength() -> Int? {
    guard let size = regularFileSize, size >= 18 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4)
    guard pread(descriptor, &bytes, 4, off_t(size - 4)) == 4 else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
    if lookahead.isEmpty { return try readDirectly(into: buffer) }
    let count = min(lookahead.count, buffer.count)
    _ = buffer.update(fromContentsOf: lookahead[..<count])
    lookahead.removeFirst(count)
    return count
  }

  private func readDirectly(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      if errno != EINTR {
        throw .failed(ReadingFailure(kind: .inputOutput, file: name, message: "cannot read: \(systemErrorMessage())"))
      }
    }
  }
}
