import CZlib
import Foundation

/// Reads and writes whole files as bytes. Gzip-compressed files are decompressed on reading; nothing is compressed on
/// writing.
enum FileBytes {
  /// The contents of `path`, decompressed if they are gzip (of one or several members); `-` is standard input.
  ///
  /// - Throws: `ScheduleFileError` when the file does not exist, cannot be read, or its compressed data is damaged.
  static func read(_ path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    if path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw ScheduleFileError(.unreadable, path: path, "this is a directory; expected a file")
    }
    guard let file = path == "-" ? gzdopen(dup(0), "rb") : gzopen(path, "rb") else {
      let reason = String(cString: strerror(errno))
      throw errno == ENOENT
        ? ScheduleFileError(.missing, path: path, "no such file")
        : ScheduleFileError(.unreadable, path: path, "cannot be read: \(reason)")
    }
    gzbuffer(file, 1 << 17)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = chunk.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
      guard count >= 0 else { throw damage(of: file, path: path) }
      if count == 0 { break }
      bytes += chunk.prefix(Int(count))
    }
    // A truncated stream ends like any other; only closing it reports the error.
    guard gzclose_r(file) == Z_OK else {
      throw ScheduleFileError(.malformed, path: path, "the gzip data ends early; expected a whole stream")
    }
    return bytes
  }

  private static func damage(of file: gzFile, path: String) -> ScheduleFileError {
    var code: Int32 = 0
    let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
    let reason = String(cString: strerror(errno))
    gzclose_r(file)
    switch code {
    case Z_ERRNO: return ScheduleFileError(.unreadable, path: path, "cannot be read: \(reason)")
    case Z_BUF_ERROR:
      return ScheduleFileError(.malformed, path: path, "the gzip data ends early; expected a whole stream")
    default: return ScheduleFileError(.malformed, path: path, "the gzip data is damaged (\(text))")
    }
  }

  /// Writes `bytes` to `path`, replacing what was there.
  ///
  /// - Throws: `ScheduleFileError` of kind `.unwritable`.
  static func write(_ bytes: [UInt8], to path: String) throws {
    func failure() -> ScheduleFileError {
      ScheduleFileError(.unwritable, path: path, "cannot be written: \(String(cString: strerror(errno)))")
    }
    guard let file = fopen(path, "wb") else { throw failure() }
    let count = fwrite(bytes, 1, bytes.count, file)
    let error = failure()
    guard count == bytes.count else {
      fclose(file)
      throw error
    }
    guard fclose(file) == 0 else { throw failure() }
  }
}
