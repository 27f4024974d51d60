import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "List, inspect and scale datasets in LIBSVM format.",
    version: Refinery.version,
    subcommands: [DataListCommand.self, DataInspectCommand.self, DataScaleCommand.self])
}

/// Whether a file numbers its features from 0 or from 1.
struct IndexBaseOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Index of the first feature, 0 or 1 (default: 0 if index 0 occurs, else 1).", valueName: "0|1"))
  var indexBase: Int?

  func validate() throws {
    if let indexBase, indexBase != 0, indexBase != 1 {
      throw ValidationError("--index-base is \(indexBase); expected 0 or 1")
    }
  }
}
