/// An optimizer with its constants, exactly as PyTorch defines it.
public enum Optimizer: Hashable, Sendable, Codable {
  /// `torch.optim.SGD`: g <- g + weightDecay w; buffer <- momentum buffer + g (the first gradient starts it); w <- w - eta buffer.
  case sgd(momentum: Double = 0, weightDecay: Double = 0)
  /// `torch.optim.Adam`, or `AdamW` where `decoupled`.
  case adam(beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = false)

  /// "sgd" or "adam", as the command line spells it.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adam: "adam"
    }
  }
}
