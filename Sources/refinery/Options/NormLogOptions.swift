import ArgumentParser
import Schedules

/// Which numbers of a log are the gradient norms.
struct NormLogOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Column of a table, by name or by number from 1; or JSON key.", valueName: "NAME|NUMBER"))
  var column: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Run in an array written by `train --norms`, from 1.", valueName: "N"))
  var run: Int?
  @Option(
    help: ArgumentHelp(
      "Which norms the log holds: l2 for SGD (weights g^-2), l1 for Adam (weights g^-1); also selects the plane of "
        + "an array written by `train --norms` (default: l2, or the norm for --optimizer).", valueName: "l1|l2"))
  var norm: GradientNorm?

  func validate() throws {
    if let run, run < 1 { throw ValidationError("--run: expected a number of at least 1, got \(run)") }
  }

  func selection(of norm: GradientNorm) -> NormLogSelection { NormLogSelection(column: column, run: run, norm: norm) }
}

extension GradientNorm: ExpressibleByArgument {}

/// Prints the messages about how a file was read.
func report(_ messages: [LogMessage], of path: String) {
  for message in messages { report("\(path): \(message)") }
}
