import ArgumentParser
import Foundation
import Platform
import Training

/// The command line: parses arguments, calls the library modules, prints.
@main
struct Refinery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refinery",
    abstract: "Compare learning-rate schedules on logistic regression, and refine schedules from gradient norms.",
    discussion: """
      Start with `refinery sweep`: it trains every schedule at every learning rate on every dataset in datasets/ and keeps a \
      journal in results/, from which `refinery report` writes the report. `refinery refine NORMS` turns the gradient norms of \
      any training run into the schedule for the next one.

      Exit codes follow sysexits.h: 0 success, 64 usage, 65 bad data, 66 no such input, 69 a decompression program is missing, \
      70 internal error, 73 cannot write, 74 input or output failed, 130 interrupted.
      """,
    version: version,
    subcommands: [
      DataCommand.self, TrainCommand.self, OrderCommand.self, ScheduleCommand.self, RefineCommand.self, BoundCommand.self,
      EmitCommand.self, SweepCommand.self, SubmitCommand.self, ReportCommand.self, SearchCommand.self, BenchCommand.self,
    ])

  static let version = "0.1.0"

  static func main() {
    StandardError.occupyClosedStreams()
    if let missing = ProcessorCheck.missingInstructionSet() {
      end(
        with: Failure(
          "refinery: error: built for processors with \(missing), which this one lacks; build it on this machine: make build",
          .software))
    }
    // A pipe closed by its reader is to be an error to handle, not a fatal signal.
    signal(SIGPIPE, SIG_IGN)
    exitWithMessageWhenFilesAreLost()
    do {
      var command = try parseAsRoot(commandLineArguments())
      try command.run()
    } catch {
      end(with: error)
    }
  }
}
