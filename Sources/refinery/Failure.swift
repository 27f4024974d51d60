import ArgumentParser
import Foundation

/// An error on its way to the user: a message for standard error and an exit code of sysexits.h.
struct Failure: Error, CustomStringConvertible {
  var description: String
  var code: ExitStatus

  init(_ description: String, _ code: ExitStatus) {
    self.description = description
    self.code = code
  }
}

/// The exit codes of sysexits.h that this program uses, and that of an interrupt.
enum ExitStatus: Int32 {
  case done = 0
  case usage = 64
  case badData = 65
  case noInput = 66
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  case interrupted = 130
}

/// Prints a line to standard error.
func report(_ message: String) {
  FileHandle.standardError.write(Data((message + "\n").utf8))
}

extension Refinery {
  /// Prints what an error says, if it says something, and ends the process with the error's code.
  static func end(with error: any Error) -> Never {
    switch error {
    case let failure as Failure:
      report(failure.description)
      Foundation.exit(failure.code.rawValue)
    case let failure where failure is any ExitCoded:
      report("\(failure)")
      Foundation.exit((failure as? any ExitCoded)?.exitStatus.rawValue ?? ExitStatus.software.rawValue)
    case is CancellationError:
      report("refinery: interrupted")
      Foundation.exit(ExitStatus.interrupted.rawValue)
    default:
      // ArgumentParser's own: help and version (code 0, standard output), usage (code 64, standard error).
      exit(withError: error)
    }
  }
}

/// What the command line makes of a floor's errors: their description, and the exit code given here.
protocol ExitCoded: Error {
  var exitStatus: ExitStatus { get }
}
