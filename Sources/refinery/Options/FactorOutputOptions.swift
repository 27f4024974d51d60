import ArgumentParser
import Schedules

/// Where the factors of a schedule go.
struct FactorOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write to a file: .txt, .csv, .json or .npy by its extension (default: one a line on standard output).", valueName: "FILE"
    ))
  var out: String?
  @Option(help: ArgumentHelp("Draw a figure.", valueName: "FILE.svg")) var plot: String?
  @Flag(help: "JSON on standard output.") var json = false

  /// Factors to the file or to standard output, where `--json` prints `object` instead.
  func write(_ factors: [Double], object: some Encodable) throws {
    if let out, out != "-" { try FactorFile.write(factors, to: out) }
    if json {
      try Output.write(Output.json(object), to: nil)
    } else if out == nil || out == "-" {
      try Output.write(FactorFile.text(factors), to: nil)
    }
  }
}
