import Foundation
import Synchronization

/// An append-only file of lines; lines are durable once `append` returns.
final class AppendedFile: Sendable {
  let path: String
  private let handle: FileHandle
  /// Bytes of complete lines.
  private let length: Mutex<UInt64>

  /// - Throws: `JournalError.cannotCreate`.
  init(path: String) throws {
    let isNew = !FileManager.default.fileExists(atPath: path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw JournalError.cannotCreate(path: path, reason: String(cString: strerror(errno)))
    }
    self.path = path
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      var end = try handle.seekToEnd()
      if end > 0, !AppendedFile.endsWithLineBreak(path, length: end) {
        // An editor may have removed the last newline: the next line must not be joined to the last one.
        try handle.write(contentsOf: Data([0x0A]))
        end += 1
      }
      length = Mutex(end)
      if isNew { try synchronizeFolder(of: path) }
    } catch {
      throw JournalError.cannotCreate(path: path, reason: reason(of: error))
    }
  }

  private static func endsWithLineBreak(_ path: String, length: UInt64) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return true }
    defer { try? handle.close() }
    return (try? handle.seek(toOffset: length - 1)) != nil && (try? handle.read(upToCount: 1)) == Data([0x0A])
  }

  /// Writes complete lines and waits until they are on disk. On failure, the file is truncated to its previous length.
  ///
  /// - Throws: `JournalError.cannotWrite`.
  func append(_ lines: String) throws {
    let bytes = Data(lines.utf8)
    try length.withLock { length in
      do {
        try handle.write(contentsOf: bytes)
        try handle.synchronize()
        length += UInt64(bytes.count)
      } catch {
        try? handle.truncate(atOffset: length)
        try? handle.synchronize()
        throw JournalError.cannotWrite(path: path, reason: reason(of: error))
      }
    }
  }
}

/// Makes a new or renamed file's name durable, as far as the system allows.
func synchronizeFolder(of path: String) throws {
  let descriptor = open(InputPath(path).folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
