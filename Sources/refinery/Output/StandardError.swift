import Foundation
import Platform
import Sparse

/// Writes text to standard error. If that fails, there is nowhere to report it, and the command goes on.
enum StandardError {
  static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest.removeFirst(count)
    }
  }

  /// Opens closed standard streams on `/dev/null`, so that no file gets one of their descriptors and their text.
  ///
  /// Each is opened in the unused direction, so that reading from it, or writing to it, still fails.
  static func occupyClosedStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // `open` takes the lowest free descriptor: the closed one, since all below it are open by now.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

/// Prints a line to standard error; unprintable characters, as in a file's name, are shown as `\xNN`.
func report(_ message: String) {
  StandardError.write(message.printable + "\n")
}

/// Prints several lines to standard error, likewise.
func report(lines: String) {
  for line in lines.split(separator: "\n", omittingEmptySubsequences: false) { report(String(line)) }
}
