import Foundation

/// Prints a message when a memory-mapped file is truncated or its disk fails, for which the operating system sends SIGBUS.
func exitWithMessageWhenFilesAreLost() {
  signal(SIGBUS) { _ in
    let message: StaticString =
      "refinery: error: a file was cut short while it was being read, or its disk failed; run again when nothing is writing to it\n"
    _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    _exit(74)
  }
}
