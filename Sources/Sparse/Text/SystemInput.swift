import Platform

/// An open file or standard input; files are closed on deinit.
final class SystemInput: ByteStream {
  /// The name used in messages.
  let name: String
  let descriptor: CInt
  /// Size in bytes of a regular file; nil for other inputs.
  private(set) var regularFileSize: Int?
  private let isStandardInput: Bool
  private var lookahead: ArraySlice<UInt8> = []

  /// - Parameter path: file path; `-` for standard input.
  /// - Throws: `ReadingFailure` of kind `noInput` if the file is missing, a directory, or not readable.
  init(path: String) throws(ReadingFailure) {
    isStandardInput = path == "-"
    name = isStandardInput ? "<stdin>" : path
    descriptor = isStandardInput ? 0 : withPath(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw ReadingFailure(kind: .noInput, file: path, message: errno == ENOENT ? "no such file" : systemErrorMessage())
    }
    let status = try status()
    let type = status.st_mode & S_IFMT
    if type == S_IFREG { regularFileSize = Int(status.st_size) }
    if type == S_IFDIR {
      throw ReadingFailure(kind: .noInput, file: path, message: "is a directory; name a file in it")
    }
  }

  /// - Throws: `ReadingFailure` if `fstat` fails.
  func status() throws(ReadingFailure) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw ReadingFailure(kind: .inputOutput, file: name, message: systemErrorMessage())
    }
    return status
  }

  deinit {
    if !isStandardInput, descriptor >= 0 { close(descriptor) }
  }

  /// Whether the file can be mapped into memory from its first byte.
  var isMappable: Bool { regularFileSize != nil && !isStandardInput }

  /// The first bytes, at most 8, without consuming them. For a regular file the offset stays, also for a child process.
  func peek() throws(ReadingFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 8)
    if regularFileSize != nil {
      let count = pread(descriptor, &bytes, bytes.count, lseek(descriptor, 0, SEEK_CUR))
      return Array(bytes[..<max(count, 0)])
    }
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBufferPointer { buffer throws(ReadingFailure) in
        try readDirectly(into: UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    lookahead = bytes[..<filled]
    return Array(lookahead)
  }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
    if lookahead.isEmpty { return try readDirectly(into: buffer) }
    let next = lookahead.prefix(buffer.count)
    _ = buffer.update(fromContentsOf: next)
    lookahead = lookahead.dropFirst(next.count)
    return next.count
  }

  private func readDirectly(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
    while true {
      let count = Platform.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR {
        throw ReadingFailure(kind: .inputOutput, file: name, message: "cannot read: \(systemErrorMessage())")
      }
    }
  }
}
