import Foundation
import Synchronization

/// A file being written. An existing file of that name is kept until the new contents are complete, then atomically replaced.
///
/// Symbolic links are followed. Devices and pipes, which must not be replaced, are written directly, as is standard output, `-`.
final class OutputFile {
  private let path: String
  private var descriptor: Int32
  /// Where the contents are until they are complete, and where they go then; nil if they are written directly.
  private var temporary: (path: String, target: String)?

  /// - Throws: `Failure` with code 73 where the file cannot be written.
  init(_ path: String) throws {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if path == "-" || exists && Self.isStandardOutput(status) {
      descriptor = STDOUT_FILENO
    } else if exists, status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    } else {
      let target = try Self.target(ofLinksFrom: path)
      let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
      var name = ""
      repeat {
        // A dot file, which a scan for datasets skips.
        name = folder + ".refinery-" + String(UInt32.random(in: .min ... .max), radix: 16)
        descriptor = TemporaryFiles.create(name)
      } while descriptor < 0 && errno == EEXIST
      if descriptor >= 0 {
        temporary = (name, target)
        if exists { _ = fchmod(descriptor, status.st_mode & 0o777) }
      }
    }
    if descriptor < 0 { throw Self.failure(path) }
  }

  deinit { discard() }

  /// - Throws: `Failure` with code 73 where the file cannot be written, 74 where standard output cannot.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(path, isStandardOutput: descriptor == STDOUT_FILENO) }
      rest = rest.dropFirst(count)
    }
  }

  /// Moves complete files to their final paths.
  ///
  /// - Throws: `Failure` with code 73; the file concerned and those after it have not been moved.
  static func commit(_ files: [OutputFile]) throws {
    for file in files { try file.close() }
    for file in files {
      guard let (name, target) = file.temporary else { continue }
      guard TemporaryFiles.rename(name, to: target) else { throw failure(file.path) }
      file.temporary = nil
    }
  }

  /// Removes what has been written, unless it was committed.
  func discard() {
    try? close()
    if let temporary { TemporaryFiles.remove(temporary.path) }
    temporary = nil
  }

  private func close() throws {
    guard descriptor >= 0, descriptor != STDOUT_FILENO else { return }
    let status = Foundation.close(descriptor)
    descriptor = -1
    // On a network file system, a full disk may only be reported on closing.
    guard status == 0 else { throw Self.failure(path) }
  }

  /// Whether standard output goes to this file, as with `/dev/stdout`: it must not be replaced by another file.
  private static func isStandardOutput(_ status: stat) -> Bool {
    var output = stat()
    guard [S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT), fstat(STDOUT_FILENO, &output) == 0 else { return false }
    return output.st_dev == status.st_dev && output.st_ino == status.st_ino
  }

  /// The path after following symbolic links; there need not be a file.
  private static func target(ofLinksFrom path: String) throws -> String {
    var target = path
    // As many links as Linux follows.
    for _ in 0...40 {
      guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: target) else { return target }
      let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
      target = link.hasPrefix("/") ? link : folder + link
    }
    errno = ELOOP
    throw failure(path)
  }

  /// Reads `errno`.
  private static func failure(_ path: String, isStandardOutput: Bool = false) -> Failure {
    guard isStandardOutput else {
      return Failure("\(path): error: cannot be written: \(String(cString: strerror(errno)))", .cannotCreate)
    }
    // The reader closed the pipe, as `head` does: not an error.
    if errno == EPIPE { Foundation.exit(ExitStatus.done.rawValue) }
    return Failure("refinery: error: standard output cannot be written: \(String(cString: strerror(errno)))", .inputOutput)
  }
}

/// The files to remove if a signal ends the process.
private enum TemporaryFiles {
  private static let names = Mutex<Set<String>>([])

  /// Created with the first file and kept from then on.
  nonisolated(unsafe) private static let sources = Interruption.sources {
    names.withLock { names in
      for name in names { unlink(name) }
      report("refinery: interrupted")
      // With the lock held, so that no file is committed in the meantime.
      _exit(ExitStatus.interrupted.rawValue)
    }
  }

  /// - Returns: A descriptor for writing, or -1 with the reason in `errno`.
  static func create(_ name: String) -> Int32 {
    _ = sources
    return names.withLock { names in
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { names.insert(name) }
      return descriptor
    }
  }

  static func rename(_ name: String, to target: String) -> Bool {
    names.withLock { names in
      guard Foundation.rename(name, target) == 0 else { return false }
      names.remove(name)
      return true
    }
  }

  static func remove(_ name: String) {
    names.withLock { names in
      unlink(name)
      names.remove(name)
    }
  }
}
