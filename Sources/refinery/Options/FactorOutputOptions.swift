import ArgumentParser
import Schedules

/// Where the factors of a schedule go.
struct FactorOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write to a file: .txt, .csv, .json or .npy by extension (default: one per line on standard output).", valueName: "FILE"
    ))
  var out: String?
  @Option(help: ArgumentHelp("Write a plot.", valueName: "FILE.svg")) var plot: String?
  @Flag(help: "Print JSON.") var json = false

  /// Writes factors to the file or to standard output; with `--json`, standard output gets `object` instead.
  func write(_ factors: [Double], object: some Encodable) throws {
    if let out, out != "-" { try FactorFile.write(factors, to: out) }
    if json {
      try Output.write(Output.json(object), to: nil)
    } else if out == nil || out == "-" {
      try Output.write(FactorFile.text(factors), to: nil)
    }
  }
}
