import Schedules

/// An optimizer as users spell it: `NAME[:key=value]...`, as in `adam:beta2=0.999`.
///
/// `spelling` is canonical: keys at their defaults left out, in the order of the method's own list. Equality and hashing follow from it.
///
///     let optimizer = try Optimizer(parsing: "sgd:weight-decay=0:momentum=0.9")
///     optimizer.spelling          // "sgd:momentum=0.9"
public struct Optimizer: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String
  /// As configurations, journals and reports spell it.
  public let spelling: String
  /// The same with every constant, so that it says all even where a default changes one day: a part of the keys of runs.
  package let fullSpelling: String
  /// As papers write it, with the constants that are not at their defaults: "Adam (beta2=0.999)".
  public let title: String
  /// The norm that the theory of the optimizer is about, and refinement goes by.
  public let norm: GradientNorm
  let method: any OptimizerMethod

  /// Whether the kernels that list the features of a batch take its steps exactly.
  package var hasListsForm: Bool { method.lists != nil }

  /// - Throws: `OptimizerError`, which says what was found and what was expected.
  public init(parsing text: String) throws { try self.init(parsing: text, in: .builtIn) }

  /// - Parameter registry: the kinds of optimizers to choose from.
  init(parsing text: String, in registry: OptimizerRegistry) throws {
    do {
      let (name, parts) = try ScheduleArguments.split(text, expecting: registry.names)
      let type = try registry.method(named: name, in: text)
      let arguments = try ScheduleArguments(parts, of: type.parameters, owner: name, in: text)
      self.init(type, try type.init(arguments), arguments)
    } catch let error as ScheduleError {
      throw OptimizerError(spelling: text, error.message)
    }
  }

  private init(_ type: any OptimizerMethod.Type, _ method: any OptimizerMethod, _ arguments: ScheduleArguments) {
    let constants = type.parameters.compactMap { parameter in
      arguments.fullText(of: parameter).map {
        (key: parameter.key, text: "\(parameter.key)=\($0)", isGiven: arguments.text(of: parameter.key) != nil)
      }
    }
    let given = constants.filter(\.isGiven).map(\.text)
    let lasting = constants.filter { $0.isGiven || !type.laterKeys.contains($0.key) }.map(\.text)
    name = type.name
    norm = type.norm
    spelling = ([type.name] + given).joined(separator: ":")
    fullSpelling = ([type.name] + lasting).joined(separator: ":")
    title = given.isEmpty ? type.title : "\(type.title) (\(given.joined(separator: ", ")))"
    self.method = method
  }

  /// With constants of a program: nil for the default.
  ///
  /// - Precondition: the constants are in their ranges.
  init(_ type: any OptimizerMethod.Type, _ constants: [String: Double?], flags: [String]) {
    let keys = constants.compactMap { key, value in value.map { ":\(key)=\($0)" } } + flags.map { ":\($0)=true" }
    do {
      try self.init(parsing: type.name + keys.joined(), in: OptimizerRegistry([type]))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Several, separated by commas.
  ///
  /// - Throws: `OptimizerError` as for one.
  public static func list(parsing text: String) throws -> [Optimizer] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try Optimizer(parsing: String($0)) }
  }

  /// Every optimizer with its keys, ranges and defaults, for `--help`.
  public static var help: String { OptimizerRegistry.builtIn.help }

  public var description: String { spelling }

  public static func == (a: Optimizer, b: Optimizer) -> Bool { a.fullSpelling == b.fullSpelling }
  public func hash(into hasher: inout Hasher) { hasher.combine(fullSpelling) }

  public init(from decoder: any Decoder) throws {
    try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(spelling)
  }
}

/// An optimizer that cannot be: an unknown name or key, a constant out of its range, constants that do not go together.
public struct OptimizerError: Error, Hashable, CustomStringConvertible {
  /// The spelling that it was found in, as the user wrote it.
  public var spelling: String
  public var message: String

  init(spelling: String, _ message: String) {
    self.spelling = spelling
    self.message = message
  }

  public var description: String { "optimizer '\(spelling)': \(message)" }
}
