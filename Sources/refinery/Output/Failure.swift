import ArgumentParser
import Foundation
import Reports
import Schedules
import Sparse
import Sweeps
import Training

/// An error to be shown to the user: a message for standard error and an exit code from sysexits.h.
struct Failure: Error, CustomStringConvertible {
  var description: String
  var code: ExitStatus

  init(_ description: String, _ code: ExitStatus) {
    self.description = description
    self.code = code
  }
}

/// The exit codes from sysexits.h that this program uses, and that of an interrupt.
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

extension Refinery {
  /// Prints the error's message, if it has one, and ends the process with the error's code.
  static func end(with error: any Error) -> Never {
    switch error {
    case let failure as Failure:
      leave(failure.description, failure.code.rawValue)
    case let failure as ReadingFailure:
      leave(lines: failure.description, failure.exitCode)
    case let failure as ScheduleFileError:
      leave(failure.description, ExitStatus(failure.kind).rawValue)
    case let failure as JournalError:
      leave(lines: failure.description, failure.exitCode)
    case let failure as AddedRuns.Failure:
      leave(lines: failure.description, ExitStatus.badData.rawValue)
    case let failure as ConfigurationError:
      leave(lines: failure.description, ExitStatus.badData.rawValue)
    // Only from the command line: those of a configuration file are `ConfigurationError`.
    case let failure as ScheduleError:
      leave("refinery: error: \(failure.description)", ExitStatus.usage.rawValue)
    case let failure as OptimizerError:
      leave("refinery: error: \(failure.description)", ExitStatus.usage.rawValue)
    case let failure as SpellingError:
      leave("refinery: error: \(failure.description)", ExitStatus.usage.rawValue)
    case let failure as SettingError:
      leave("refinery: error: \(failure.description)", ExitStatus.usage.rawValue)
    case is CancellationError:
      leave("refinery: interrupted", ExitStatus.interrupted.rawValue)
    default:
      // One of our errors thrown by a `validate()` arrives wrapped, with code 1: it is a usage error.
      if exitCode(for: error) == .failure { leave(lines: "refinery: error: \(message(for: error))", ExitStatus.usage.rawValue) }
      // ArgumentParser's own: help and version (code 0, standard output), usage (code 64, standard error).
      exit(withError: error)
    }
  }

  private static func leave(_ message: String, _ code: Int32) -> Never {
    report(message)
    Foundation.exit(code)
  }

  private static func leave(lines: String, _ code: Int32) -> Never {
    report(lines: lines)
    Foundation.exit(code)
  }
}

extension ExitStatus {
  init(_ kind: ScheduleFileError.Kind) {
    switch kind {
    case .missing: self = .noInput
    case .unreadable: self = .inputOutput
    case .malformed: self = .badData
    case .unwritable: self = .cannotCreate
    }
  }
}
