import Foundation
import Platform
import Sparse

/// Text to standard error. Where that cannot be written there is nobody left to tell, and the command goes on.
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

  /// Takes the places of standard streams that are closed, so that no file is opened in one of them and gets its text.
  ///
  /// Each is opened in the direction that nobody uses: reading from it, or writing to it, is the error that it was.
  static func occupyClosedStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is the closed one, as those below it are open by now.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

/// Prints a line to standard error; what is not printable, as a file's name may hold it, as `\xNN`.
func report(_ message: String) {
  StandardError.write(message.printable + "\n")
}

/// Prints several lines to standard error, likewise.
func report(lines: String) {
  for line in lines.split(separator: "\n", omittingEmptySubsequences: false) { report(String(line)) }
}
