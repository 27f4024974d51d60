import ArgumentParser
import Schedules
import Training

/// The optimizer and its constants, as `train` takes them.
struct OptimizerOptions: ParsableArguments {
  @Option(help: "adam or sgd, exactly as PyTorch defines them.") var optimizer = Name.adam
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

  /// The norms that the theory of the optimizer is about.
  var norm: GradientNorm { optimizer == .adam ? .l1 : .l2 }

  enum Name: String, ExpressibleByArgument, CaseIterable { case adam, sgd }

  /// - Throws: `ValidationError` for a constant out of its range or of the other optimizer.
  func made() throws -> Optimizer {
    func check(_ name: String, _ value: Double?, default standard: Double, _ allowed: String, _ isRight: (Double) -> Bool)
      throws -> Double
    {
      let value = value ?? standard
      guard value.isFinite, isRight(value) else { throw ValidationError("--\(name) is \(value): \(allowed) would be right") }
      return value
    }
    let weightDecay = try check("weight-decay", weightDecay, default: 0, "0 or more") { $0 >= 0 }
    switch optimizer {
    case .sgd:
      guard beta1 == nil, beta2 == nil, epsilon == nil, !decoupled else {
        throw ValidationError("--beta1, --beta2, --epsilon and --decoupled are Adam's; --optimizer adam would be right")
      }
      return .sgd(momentum: try check("momentum", momentum, default: 0, "0 or more") { $0 >= 0 }, weightDecay: weightDecay)
    case .adam:
      guard momentum == nil else { throw ValidationError("--momentum is SGD's; --beta1 is Adam's") }
      return .adam(
        beta1: try check("beta1", beta1, default: 0.9, "0 or more and below 1") { (0..<1).contains($0) },
        beta2: try check("beta2", beta2, default: 0.95, "0 or more and below 1") { (0..<1).contains($0) },
        epsilon: try check("epsilon", epsilon, default: 1e-8, "0 or more") { $0 >= 0 },
        weightDecay: weightDecay, decoupled: decoupled)
    }
  }
}
