import ArgumentParser
import Training

/// The optimizer of `train`: in its full spelling, or with constants given as options.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The optimizer, one of those above.", valueName: "NAME[:key=value]...")) var optimizer = "adam"
  @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's beta1.", valueName: "X")) var beta1: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's beta2.", valueName: "X")) var beta2: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's epsilon.", valueName: "X")) var epsilon: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's momentum.", valueName: "X")) var momentum: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("The optimizer's weight-decay.", valueName: "X")) var weightDecay: String?
  @Flag(help: "Adam: decoupled weight decay, which makes it AdamW.") var decoupled = false

  /// - Throws: `ValidationError` for an unknown optimizer, and for a constant that it does not have or that is out of range.
  func made() throws -> Optimizer {
    let given = [
      ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("momentum", momentum), ("weight-decay", weightDecay),
    ]
    let parts = given.compactMap { key, value in value.map { "\(key)=\($0)" } } + (decoupled ? ["decoupled=true"] : [])
    do {
      return try Optimizer(parsing: ([optimizer] + parts).joined(separator: ":"))
    } catch let error as OptimizerError {
      throw ValidationError("\(error)")
    }
  }
}
