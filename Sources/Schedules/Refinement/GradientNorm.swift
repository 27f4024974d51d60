/// Which norm of the gradient a log holds, and with it which theory applies.
public enum GradientNorm: String, Sendable, Hashable, CaseIterable, Codable {
  /// Goes with Adam and other coordinate-wise methods: weights g^-1; in the bound the norm stands for G^2.
  case l1
  /// Goes with SGD: weights g^-2.
  case l2

  /// What stands for G_t^2 in the bound.
  func squared(_ value: Double) -> Double { self == .l2 ? value * value : value }
}
