import Dispatch
import Platform
import Subprocess
import Synchronization

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The text of a file decompressed by the system's `bzip2`, `xz` or `zstd`.
final class DecompressorProcess: ByteStream {
  /// How the process ended, passed on by the task that ran it.
  private final class Outcome: Sendable {
    private let isKnown = DispatchSemaphore(value: 0)
    private let end = Mutex<ReadingFailure?>(nil)

    func set(_ end: ReadingFailure?) {
      self.end.withLock { $0 = end }
      isKnown.signal()
    }

    /// Blocks until the process has ended; nil if it succeeded.
    func wait() -> ReadingFailure? {
      isKnown.wait()
      isKnown.signal()
      return end.withLock { $0 }
    }
  }

  private let output: CInt
  private let outcome = Outcome()
  private let input: SystemInput

  /// - Parameter program: `bzip2`, `xz` or `zstd`.
  init(_ program: String, _ input: SystemInput) throws(ReadingFailure) {
    guard input.regularFileSize != nil else {
      let message = "\(program) data from a pipe are not read; decompress them before: \(program) -dc | refinery ... -"
      throw ReadingFailure(kind: .badData, file: input.name, message: message)
    }
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ReadingFailure(kind: .inputOutput, file: input.name, message: "no pipe: \(systemErrorMessage())")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    output = ends[0]
    self.input = input
    let (source, target) = (FileDescriptor(rawValue: input.descriptor), FileDescriptor(rawValue: ends[1]))
    let (outcome, file) = (self.outcome, input.name)
    Self.start { outcome.set(await Self.run(program, from: source, to: target, file: file)) }
  }

  private static func start(_ body: @escaping @Sendable () async -> Void) { _ = Task.detached { await body() } }

  deinit { close(output) }

  private static func run(
    _ program: String, from source: FileDescriptor, to target: FileDescriptor, file: String
  ) async -> ReadingFailure? {
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: ["-dc"], input: .fileDescriptor(source, closeAfterSpawningProcess: false),
        output: .fileDescriptor(target, closeAfterSpawningProcess: true), error: .string(limit: 1 << 16))
      if result.terminationStatus.isSuccess { return nil }
      let said = result.standardError.split(whereSeparator: \.isNewline).joined(separator: " ")
      let reason = said.isEmpty ? explanation(of: result.terminationStatus) : String(said.prefix(300))
      return ReadingFailure(kind: .badData, file: file, message: "\(program) cannot decompress the file: \(reason)")
    } catch {
      try? target.close()
      if let error = error as? SubprocessError, error.code == .executableNotFound {
        let package = program == "xz" ? "xz-utils" : program
        let message = "\(program) is not installed, which decompresses this file; install the package \(package)"
        return ReadingFailure(kind: .unavailable, file: file, message: message)
      }
      return ReadingFailure(kind: .inputOutput, file: file, message: "cannot run \(program): \(error)")
    }
  }

  /// The reason for the failure of a process that printed no error message.
  private static func explanation(of status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "it ended with status \(code)"
    case .signaled(let number):
      "signal \(number) ended it" + (strsignal(number).map { " (\(String(cString: $0)))" } ?? "")
    }
  }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
    while true {
      let count = Platform.read(output, buffer.baseAddress, buffer.count)
      if count > 0 { return count }
      if count == 0 || errno != EINTR { break }
    }
    if let end = outcome.wait() { throw end }
    return 0
  }
}
