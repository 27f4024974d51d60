import Schedules

/// An optimizer as spelled by users: `NAME[:key=value]...`, as in `adam:beta2=0.999`.
///
/// `spelling` is canonical: keys in the order of the method's own list, without those at their defaults. Equality and hashing
/// use it.
///
///     let optimizer = try Optimizer(parsing: "sgd:weight-decay=0:momentum=0.9")
///     optimizer.spelling          // "sgd:momentum=0.9"
public struct Optimizer: Sendable, Hashable, Codable, CustomStringConvertible {
  public let name: String
  /// As spelled in configurations, journals and reports.
  public let spelling: String
  /// The spelling with every constant, so that it stays complete if a default changes; part of the run keys.
  package let fullSpelling: String
  /// As written in papers, with the constants that are not at their defaults: "Adam (beta2=0.999)".
  public let title: String
  /// The gradient norm used by the optimizer's theory and by refinement.
  public let norm: GradientNorm
  let method: any OptimizerMethod
  /// What is averaged to be the result; nil for the method's own result.
  let average: IterateAverage?

  /// Whether the lists kernels take its steps exactly.
  package var hasListsForm: Bool { average == nil && method.lists != nil }
  /// Whether it is made to run at a rate of 1.
  package var isSelfTuning: Bool { type(of: method).isSelfTuning }
  /// Names of what it computes for itself at every step, such as "d".
  public var scalarNames: [String] { type(of: method).scalars }

  var costs: UpdateCosts {
    var costs = method.costs
    if average != nil {
      costs.dense += 0.3
      costs.scatter += 0.6
    }
    return costs
  }

  /// The steps of a run of `steps` steps of `count` weights in Double.
  func reference(count: Int, steps: Int) -> any ReferenceRule {
    let rule = method.reference(count: count)
    return average.map { AveragingReference(rule, $0, steps: steps, count: count) } ?? rule
  }

  /// - Throws: `OptimizerError`, which says what was found and what was expected.
  public init(parsing text: String) throws { try self.init(parsing: text, in: .builtIn) }

  /// - Parameter registry: the optimizers to choose from.
  init(parsing text: String, in registry: OptimizerRegistry) throws {
    do {
      let (name, parts) = try ScheduleArguments.split(text, expecting: registry.names)
      let type = try registry.method(named: name, in: text)
      let arguments = try ScheduleArguments(parts, of: type.allParameters, owner: name, in: text)
      self.init(type, try type.init(arguments), try IterateAverage(arguments, in: text), arguments)
    } catch let error as ScheduleError {
      throw OptimizerError(spelling: text, error.message)
    }
  }

  private init(
    _ type: any OptimizerMethod.Type, _ method: any OptimizerMethod, _ average: IterateAverage?, _ arguments: ScheduleArguments
  ) {
    let laterKeys = type.laterKeys.union(IterateAverage.parameters.map { $0.key })
    let constants = type.allParameters.compactMap { parameter in
      arguments.fullText(of: parameter).map {
        (key: parameter.key, text: "\(parameter.key)=\($0)", isGiven: arguments.text(of: parameter.key) != nil)
      }
    }
    let given = constants.filter(\.isGiven).map(\.text)
    let lasting = constants.filter { $0.isGiven || !laterKeys.contains($0.key) }.map(\.text)
    name = type.name
    norm = type.norm
    spelling = ([type.name] + given).joined(separator: ":")
    fullSpelling = ([type.name] + lasting).joined(separator: ":")
    title = given.isEmpty ? type.title : "\(type.title) (\(given.joined(separator: ", ")))"
    self.method = method
    self.average = average
  }

  /// Takes constants from a program; nil selects a default.
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

  /// Parses several optimizers, separated by commas.
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

/// An invalid optimizer: an unknown name or key, a constant out of range, or constants that do not go together.
public struct OptimizerError: Error, Hashable, CustomStringConvertible {
  /// The spelling as the user wrote it.
  public var spelling: String
  public var message: String

  init(spelling: String, _ message: String) {
    self.spelling = spelling
    self.message = message
  }

  public var description: String { "optimizer '\(spelling)': \(message)" }
}
