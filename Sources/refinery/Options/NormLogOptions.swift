import ArgumentParser
import Schedules

/// Which numbers of a log are the gradient norms.
struct NormLogOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Column of a table, by name or number from 1; key of JSON.", valueName: "NAME|NUMBER"))
  var column: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Run of an array that `train --norms` wrote, from 1.", valueName: "N"))
  var run: Int?
  @Option(
    help: ArgumentHelp(
      "Which norms these are: l2 goes with SGD (weights g^-2), l1 with Adam (weights g^-1); it also picks the plane of "
        + "an array of `train --norms` (default: l2, or that of --optimizer).", valueName: "l1|l2"))
  var norm: GradientNorm?

  func validate() throws {
    if let run, run < 1 { throw ValidationError("--run: expected a number of at least 1, got \(run)") }
  }

  func selection(of norm: GradientNorm) -> NormLogSelection { NormLogSelection(column: column, run: run, norm: norm) }
}

extension GradientNorm: ExpressibleByArgument {}

/// Prints what is to be known of how a file was read.
func report(_ messages: [LogMessage], of path: String) {
  for message in messages { report("\(path): \(message)") }
}
