import Platform

/// An unlinked temporary file; its disk space is freed when it is closed or the process ends.
final class TemporaryFile {
  private let descriptor: CInt

  /// - Throws: `ReaderBenchmark.Skipped` if it cannot be created.
  init() throws(ReaderBenchmark.Skipped) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array((folder + "/refinery-XXXXXX").utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw ReaderBenchmark.Skipped(description: "\(folder): no temporary file: \(systemErrorMessage())")
    }
    unlink(name)
  }

  deinit { close(descriptor) }

  var path: String { "/dev/fd/\(descriptor)" }

  /// - Throws: `ReaderBenchmark.Skipped` if the disk is full.
  func append(_ bytes: UnsafeRawBufferPointer) throws(ReaderBenchmark.Skipped) {
    var rest = bytes
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw ReaderBenchmark.Skipped(description: "not measured: a temporary file cannot be written: \(systemErrorMessage())")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
