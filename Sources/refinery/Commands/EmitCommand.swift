import ArgumentParser
import Schedules

struct EmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit", abstract: "Print code for a training loop.", version: Refinery.version,
    subcommands: [EmitNormLoggerCommand.self])
}

struct EmitNormLoggerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "norm-logger",
    abstract: "Print Python code that logs gradient norms for refine.",
    discussion: """
      The code logs the l1 and the l2 norm of the gradient at every step, before clipping, without waiting for the device at \
      every step. Adam and similar optimizers need l1 norms, SGD needs l2 norms.

      Example: refinery emit norm-logger pytorch --out norm_logger.py
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Framework.", valueName: "pytorch|jax")) var framework: NormLogger
  @Option(help: ArgumentHelp("Write to a file (default: standard output).", valueName: "FILE.py")) var out: String?
  // Every command accepts --json; code is wrapped in an object.
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    try Output.write(json ? Output.json(["code": framework.code]) : framework.code, to: out)
  }
}

extension NormLogger: ExpressibleByArgument {}
