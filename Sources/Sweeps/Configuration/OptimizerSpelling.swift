import Training

extension Optimizer {
  /// The optimizer as configurations, journals and reports spell it: `NAME[:key=value]...` with constants at their defaults left
  /// out, as in `adam:beta2=0.999` or `sgd:momentum=0.9`.
  public var spelling: String { spelling(of: { $0 != $1 }) }

  /// The same with every constant, so that it says all even where a default changes one day.
  var fullSpelling: String { spelling(of: { _, _ in true }) }

  private func spelling(of isShown: (Double, Double) -> Bool) -> String {
    let constants = constants
    let defaults = Optimizer.named(name)?.constants ?? constants
    var parts = [name]
    for (constant, standard) in zip(constants, defaults) where isShown(constant.value, standard.value) {
      parts.append(
        constant.name == "decoupled" ? "decoupled=\(constant.value != 0)" : "\(constant.name)=\(shortest(constant.value))")
    }
    return parts.joined(separator: ":")
  }

  private typealias Constant = (name: String, value: Double)

  private var constants: [Constant] {
    switch self {
    case .sgd(let momentum, let weightDecay):
      [("momentum", momentum), ("weight-decay", weightDecay)]
    case .adam(let beta1, let beta2, let epsilon, let weightDecay, let decoupled):
      [
        ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("weight-decay", weightDecay),
        ("decoupled", decoupled ? 1 : 0),
      ]
    }
  }

  private static func named(_ name: some StringProtocol) -> Optimizer? {
    switch name {
    case "sgd": .sgd()
    case "adam": .adam()
    default: nil
    }
  }

  /// Reads `NAME[:key=value]...`.
  ///
  /// - Throws: `SpellingError` saying what was found and what would be right.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let name = parts.first, let standard = Optimizer.named(name) else {
      throw SpellingError("unknown optimizer '\(parts.first ?? "")'; there are adam and sgd")
    }
    var values = Dictionary(uniqueKeysWithValues: standard.constants.map { ($0.name, $0.value) })
    var given: Set<String> = []
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(pair[0])
      guard pair.count == 2, values[key] != nil else {
        throw SpellingError(
          "optimizer \(name): found '\(part)'; it takes "
            + standard.constants.map { "\($0.name)=" }.joined(separator: ", "))
      }
      guard given.insert(key).inserted else {
        throw SpellingError("optimizer \(name): \(key) is given twice, expected once")
      }
      values[key] = try Optimizer.value(of: key, from: String(pair[1]))
    }
    switch standard {
    case .sgd:
      self = .sgd(momentum: values["momentum"] ?? 0, weightDecay: values["weight-decay"] ?? 0)
    case .adam:
      self = .adam(
        beta1: values["beta1"] ?? 0.9, beta2: values["beta2"] ?? 0.95, epsilon: values["epsilon"] ?? 1e-8,
        weightDecay: values["weight-decay"] ?? 0, decoupled: values["decoupled"] == 1)
    }
  }

  private static func value(of key: String, from text: String) throws -> Double {
    if key == "decoupled" {
      guard let flag = Bool(text) else { throw SpellingError("decoupled: found '\(text)', expected true or false") }
      return flag ? 1 : 0
    }
    guard let value = Double(text), Float(value).isFinite, value >= 0 else {
      throw SpellingError("\(key): found '\(text)', expected a number of at least 0")
    }
    // As Float, because that is what the trainer computes with.
    if ["beta1", "beta2", "momentum"].contains(key), Float(value) >= 1 {
      throw SpellingError("\(key): found '\(text)', expected a number of at least 0 and below 1")
    }
    return value
  }
}

/// A number in its shortest spelling that reads back the same, whole numbers without a fraction.
func shortest(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// What is wrong with the spelling of an optimizer or a shard.
public struct SpellingError: Error, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
