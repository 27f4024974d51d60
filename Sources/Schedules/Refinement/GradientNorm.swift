/// The norm of the gradient that a log holds, which also decides the theory that applies.
public enum GradientNorm: String, Sendable, Hashable, CaseIterable, Codable {
  /// For Adam and other coordinate-wise methods: weights g^-1; in the bound, the norm takes the place of G^2.
  case l1
  /// For SGD: weights g^-2.
  case l2

  /// The value of G_t^2 in the bound.
  func squared(_ value: Double) -> Double { self == .l2 ? value * value : value }

  /// The norm that the theory uses for an optimizer: l2 for steps along the gradient, l1 for methods that scale every
  /// coordinate. nil for an unknown optimizer.
  ///
  /// - Parameter optimizer: a name, or a spelling that begins with one, as in "adam:beta2=0.95".
  public init?(optimizer: String) {
    let name = String(optimizer.lowercased().prefix { $0 != ":" }).replacing("_", with: "-")
    if Self.alongTheGradient.contains(name) {
      self = .l2
    } else if Self.coordinateWise.contains(name) {
      self = .l1
    } else {
      return nil
    }
  }

  /// The optimizers whose norm is known.
  public static let optimizers = alongTheGradient + coordinateWise
  private static let alongTheGradient = [
    "sgd", "nesterov", "schedule-free-sgd", "d-adapt-sgd", "dog", "dowg", "momo", "ngn", "sps",
  ]
  private static let coordinateWise = [
    "adam", "adamw", "adamax", "nadam", "radam", "adafactor", "adagrad", "rmsprop", "lion", "schedule-free-adamw",
    "d-adapt-adam", "prodigy",
    "momo-adam",
  ]
}
