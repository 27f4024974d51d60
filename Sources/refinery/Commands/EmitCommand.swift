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
    abstract: "Print Python code that logs gradient norms, for refine.",
    discussion: """
      The code logs the l1 and the l2 norm of every step, before clipping, without waiting for the device at each. l1 norms go with Adam \
      and the like, l2 norms with SGD.

      Example: refinery emit norm-logger pytorch --out norm_logger.py
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Framework.", valueName: "pytorch|jax")) var framework: NormLogger
  @Option(help: ArgumentHelp("Write to a file (default: standard output).", valueName: "FILE.py")) var out: String?
  // Accepted by every command; code is no JSON.
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    try Output.write(json ? Output.json(["code": framework.code]) : framework.code, to: out)
  }
}

extension NormLogger: ExpressibleByArgument {}
