import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// The text of a file that the system's own `bzip2`, `xz` or `zstd` decompresses.
final class DecompressorProcess: ByteStream {
  /// What became of the process, handed from the task that ran it.
  private final class Outcome: @unchecked Sendable {
    private let monitor = Monitor()
    private var isKnown = false
    private var end: StreamEnd?

    func set(_ end: StreamEnd?) {
      monitor.locked {
        self.end = end
        isKnown = true
        monitor.signal()
      }
    }

    func wait() -> StreamEnd? {
      monitor.locked {
        while !isKnown { monitor.wait() }
        return end
      }
    }
  }

  private let output: CInt
  private let outcome = Outcome()
  private let input: SystemInput

  init(_ compression: TextSource.Compression, _ input: SystemInput) throws(StreamEnd) {
    let program: String
    let package: String
    switch compression {
    case .bzip2:
      program = "bzip2"
      package = "bzip2"
    case .xz:
      program = "xz"
      package = "xz-utils"
    case .zstandard:
      program = "zstd"
      package = "zstd"
    case .none, .gzip:
      throw .interrupted("no program decompresses this")
    }
    guard input.regularFileSize != nil else {
      throw .interrupted("\(program) data from a pipe are not read; decompress them before: \(program) -dc | refinery ... -")
    }
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw .failed(ReadingFailure(kind: .inputOutput, file: input.name, message: "no pipe: \(systemErrorMessage())"))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    output = ends[0]
    self.input = input
    let source = FileDescriptor(rawValue: input.descriptor)
    let target = FileDescriptor(rawValue: ends[1])
    let outcome = self.outcome
    let file = input.name
    Self.start(program, package, source, target, file, outcome)
  }

  private static func start(
    _ program: String, _ package: String, _ source: FileDescriptor, _ target: FileDescriptor, _ file: String,
    _ outcome: Outcome
  ) {
    _ = Task<Void, Never>.detached { @Sendable () async -> Void in
      outcome.set(await run(program, package: package, from: source, to: target, file: file))
    }
  }

  deinit { close(output) }

  private static func run(
    _ program: String, package: String, from source: FileDescriptor, to target: FileDescriptor, file: String
  ) async -> StreamEnd? {
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: ["-dc"], input: .fileDescriptor(source, closeAfterSpawningProcess: false),
        output: .fileDescriptor(target, closeAfterSpawningProcess: true), error: .string(limit: 1 << 16))
      if result.terminationStatus.isSuccess { return nil }
      let said = result.standardError.split(whereSeparator: \.isNewline).joined(separator: " ")
      let reason = said.isEmpty ? explanation(of: result.terminationStatus) : String(said.prefix(300))
      return .interrupted("\(program) cannot decompress the file: \(reason)")
    } catch {
      try? target.close()
      if let error = error as? SubprocessError, error.code == .executableNotFound {
        let message = "\(program) is not installed, which decompresses this file; install the package \(package)"
        return .failed(ReadingFailure(kind: .unavailable, file: file, message: message))
      }
      return .failed(ReadingFailure(kind: .inputOutput, file: file, message: "cannot run \(program): \(error)"))
    }
  }

  /// What is to be said of a process that said nothing.
  private static func explanation(of status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "it ended with status \(code)"
    case .signaled(let number):
      "signal \(number) ended it" + (strsignal(number).map { " (\(String(cString: $0)))" } ?? "")
    }
  }

  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(StreamEnd) -> Int {
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(output, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
        let count = Musl.read(output, buffer.baseAddress, buffer.count)
      #else
        let count = Darwin.read(output, buffer.baseAddress, buffer.count)
      #endif
      if count > 0 { return count }
      if count < 0, errno == EINTR { continue }
      break
    }
    if let end = outcome.wait() { throw end }
    return 0
  }
}
