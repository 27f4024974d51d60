import ArgumentParser
import Schedules
import Sweeps
import Training

/// The optimizer and its constants, as `train` takes them: spelled as in a sweep's configuration, or as options of their own.
struct OptimizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "adam or sgd, exactly as PyTorch defines them, also with constants as in adam:beta2=0.999.",
      valueName: "NAME[:key=value]..."))
  var optimizer = "adam"
  @Option(parsing: .unconditional, help: ArgumentHelp("Adam: decay of the first moment (default: 0.9).", valueName: "X"))
  var beta1: Double?
  @Option(parsing: .unconditional, help: ArgumentHelp("Adam: decay of the second moment (default: 0.95).", valueName: "X"))
  var beta2: Double?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Adam: added to the root of the second moment (default: 1e-8).", valueName: "X"))
  var epsilon: Double?
  @Option(parsing: .unconditional, help: ArgumentHelp("SGD: momentum (default: 0).", valueName: "X")) var momentum: Double?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Coupled L2, or decoupled with --decoupled (default: 0).", valueName: "X"))
  var weightDecay: Double?
  @Flag(help: "Adam: decoupled weight decay, which makes it AdamW.") var decoupled = false

  /// - Throws: `ValidationError` for a constant out of its range or of the other optimizer.
  func made() throws -> Optimizer {
    let constants = [
      ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("momentum", momentum), ("weight-decay", weightDecay),
    ]
    let given = constants.compactMap { name, value in value.map { "\(name)=\($0)" } } + (decoupled ? ["decoupled=true"] : [])
    do {
      // One place knows what each optimizer takes, and in which range: that of the spelling.
      return try Optimizer(parsing: ([optimizer] + given).joined(separator: ":"))
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
