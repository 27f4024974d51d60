import Foundation

/// Has the program say what happened when a file that it reads in place is cut short or its disk fails: the operating system ends it with
/// SIGBUS then.
func exitWithMessageWhenFilesAreLost() {
  signal(SIGBUS) { _ in
    let message: StaticString =
      "refinery: error: a file was cut short while it was being read, or its disk failed; run again when nobody writes it\n"
    _ = write(STDERR_FILENO, message.utf8Start, message.utf8CodeUnitCount)
    _exit(74)
  }
}
