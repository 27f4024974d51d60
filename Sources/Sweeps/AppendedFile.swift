import Foundation
import Synchronization

/// A file of lines that only grows; what `append` has returned from is durable.
final class AppendedFile: Sendable {
  let path: String
  private let handle: FileHandle
  /// Bytes of whole lines.
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
      length = Mutex(try handle.seekToEnd())
      if isNew { try synchronizeFolder(of: path) }
    } catch {
      throw JournalError.cannotCreate(path: path, reason: reason(of: error))
    }
  }

  /// Writes whole lines and waits until they are on the disk. Where that fails, the file is cut back to what it was.
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

/// Makes a new or renamed file's name durable, as far as the system lets one.
func synchronizeFolder(of path: String) throws {
  let folder = (path as NSString).deletingLastPathComponent
  let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
