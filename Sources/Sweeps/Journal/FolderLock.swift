import Foundation

/// A write lock on a results folder, held as long as the value lives; the system releases it when the process ends, in
/// whatever way.
///
/// A sweep without shards locks the folder exclusively. Shards share the folder, and each locks its own journal exclusively.
final class FolderLock: Sendable {
  private let handles: [FileHandle]

  /// - Throws: `JournalError.inUse` naming the holder, `.cannotCreate`.
  init(folder: String, shard: Shard?) throws {
    var handles = [try FolderLock.lock(folder: folder, file: ".lock", isShared: shard != nil)]
    if let shard { handles.append(try FolderLock.lock(folder: folder, file: ".lock\(shard.suffix)", isShared: false)) }
    self.handles = handles
  }

  deinit {
    // Closing would suffice, except that a process just forked by another thread may still hold the descriptor.
    for handle in handles { flock(handle.fileDescriptor, LOCK_UN) }
  }

  private static func lock(folder: String, file: String, isShared: Bool) throws -> FileHandle {
    let path = folder + "/" + file
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw JournalError.cannotCreate(path: path, reason: String(cString: strerror(errno)))
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      let text = (try? handle.readToEnd()).flatMap { String(decoding: $0, as: UTF8.self) } ?? ""
      let holder = text.trimmingCharacters(in: .whitespacesAndNewlines)
      throw JournalError.inUse(folder: folder, holder: holder.isEmpty ? "unknown" : holder)
    }
    let process = ProcessInfo.processInfo
    let holder = "process \(process.processIdentifier) on \(process.hostName), since \(timestamp())\n"
    do {
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(holder.utf8))
    } catch {
      // The name is only for messages: a full disk must not keep a sweep from finding that nothing is missing.
    }
    return handle
  }
}

/// The current time, as 2026-01-31T23:59:59Z.
func timestamp() -> String {
  ISO8601DateFormatter().string(from: Date())
}
