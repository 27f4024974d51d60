import ArgumentParser
import Schedules

/// Where the factors of a schedule go.
struct FactorOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write to a file: .txt, .csv, .json or .npy by its extension (default: lines on standard output).", valueName: "FILE"))
  var out: String?
  @Option(help: ArgumentHelp("Draw a figure.", valueName: "FILE.svg")) var plot: String?
  @Flag(help: "Print JSON.") var json = false

  func write(_ factors: [Double], named name: String) throws {
    try Output.write(factors.map { "\($0)" }.joined(separator: "\n") + "\n", to: out)
  }
}
