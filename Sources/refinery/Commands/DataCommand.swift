import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Look at datasets in LIBSVM format, and scale them.",
    version: Refinery.version,
    subcommands: [DataListCommand.self, DataInspectCommand.self, DataScaleCommand.self])
}

/// How a file counts its features.
struct IndexBaseOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("First index of a feature, 0 or 1 (default: 0 where index 0 occurs, else 1).", valueName: "0|1"))
  var indexBase: Int?

  func validate() throws {
    if let indexBase, indexBase != 0, indexBase != 1 {
      throw ValidationError("--index-base is \(indexBase); expected 0 or 1")
    }
  }
}
