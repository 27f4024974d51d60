/// A learning-rate schedule as users spell it: `NAME[:key=value]...`, as in `inverse:offset=0.01:warmup=0.1`.
///
/// `description` is the canonical spelling: keys in the order in which the schedule declares them, without those at their
/// defaults, `warmup` last. Equality and hashing use it.
///
///     let schedule = try Schedule(parsing: "wsd:shape=linear:cooldown=0.1")
///     schedule.description          // "wsd:cooldown=0.1"
///     try schedule.factors(steps: 100)
public struct Schedule: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public let description: String
  /// The heading of its table column, as in "1/t", with all non-default values: "1/t (offset 0.1)", "formula: (1-u)^2".
  public var columnTitle: String { columnTitle(texts: given.map { ($0.key, $0.text) }) }
  /// Its colour in every chart, "#rrggbb".
  public let color: String
  /// The fraction of the steps spent on warmup, 0 to 1.
  public let warmup: Double

  /// The values that are not at their defaults, in canonical order.
  private let given: [(key: String, text: String, isPath: Bool)]
  private let keys: [String]
  private let arguments: ScheduleArguments
  private let shape: any ScheduleShape

  /// - Parameters:
  ///   - text: a name, followed by keys with values.
  ///   - registry: the kinds of schedules to choose from.
  /// - Throws: `ScheduleError`, which says what was found and what was expected.
  public init(parsing text: String, in registry: ScheduleRegistry = .builtIn) throws {
    let spelling = text.trimmingBlanks
    let (name, parts) = try ScheduleArguments.split(spelling, expecting: registry.names)
    let type = try registry.shape(named: name, in: spelling)
    let parameters = type.parameters + [ScheduleRegistry.warmup]
    let arguments = try ScheduleArguments(parts, of: parameters, owner: name, in: spelling)
    self.name = name
    self.keys = parameters.map { $0.key }
    self.arguments = arguments
    self.warmup = arguments[ScheduleRegistry.warmup]
    self.color = type.color
    do {
      self.shape = try type.init(arguments)
    } catch let error as ScheduleError {
      throw ScheduleError(spelling: spelling, error.message)
    }
    let given = parameters.compactMap { parameter in
      arguments.text(of: parameter.key).map {
        (key: parameter.key, text: $0, isPath: (parameter as? TextParameter)?.isPath ?? false)
      }
    }
    self.given = given
    self.description = ([name] + given.map { "\($0.key)=\($0.text)" }).joined(separator: ":")
  }

  /// The canonical spelling with `key` wherever it was given: for callers that have a default of their own.
  public func description(keeping key: String) -> String {
    ([name] + texts(keeping: key).map { "\($0.key)=\($0.text)" }).joined(separator: ":")
  }

  /// The heading of the table column, with `key` as in `description(keeping:)`.
  public func columnTitle(keeping key: String) -> String { columnTitle(texts: texts(keeping: key)) }

  private func columnTitle(texts: [(key: String, text: String)]) -> String {
    let kind = type(of: shape)
    let definitions = Set(kind.parameters.filter { ($0 as? TextParameter)?.isDefinition ?? false }.map { $0.key })
    let definition = texts.first { definitions.contains($0.key) }.map { ": \($0.text)" } ?? ""
    let notes = texts.filter { !definitions.contains($0.key) }.map { "\($0.key) \($0.text)" }.joined(separator: ", ")
    return kind.columnTitle + definition + (notes.isEmpty ? "" : " (\(notes))")
  }

  private func texts(keeping key: String) -> [(key: String, text: String)] {
    keys.compactMap { each in
      (each == key ? arguments.givenText(of: each) : arguments.text(of: each)).map { (each, $0) }
    }
  }

  /// Parses several schedules, separated by commas; a comma within parentheses is part of a schedule.
  ///
  /// - Throws: `ScheduleError` as for one schedule, also for duplicates and empty items.
  public static func list(parsing text: String, in registry: ScheduleRegistry = .builtIn) throws -> [Schedule] {
    var items = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth <= 0 { items.append("") } else { items[items.count - 1].append(character) }
    }
    // An unclosed parenthesis is part of a file's name.
    if depth != 0 { items = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return try items.map { try Schedule(parsing: $0, in: registry) }
  }

  /// Whether the schedule is made from gradient norms that a sweep provides (`refined` without `norms=`).
  public var needsNorms: Bool { shape.needsNorms }

  /// How a `refined` schedule refines; nil for other schedules.
  public var refinementOptions: RefinementOptions? { shape.refinementOptions }

  /// How often a `refined` schedule says that a sweep refines it; nil where it does not say.
  package var refinementRounds: Int? { (shape as? RefinedSchedule)?.rounds }

  /// The schedule whose norms a `refined` one says that a sweep refines; nil where it does not say.
  package var refinementPrior: String? { (shape as? RefinedSchedule)?.prior }

  /// The files that the schedule reads.
  public var paths: [String] { given.filter(\.isPath).map(\.text) }

  /// The canonical spelling with its paths replaced.
  public func spelling(replacingPaths replacement: (String) -> String) -> String {
    ([name] + given.map { "\($0.key)=\($0.isPath ? replacement($0.text) : $0.text)" }).joined(separator: ":")
  }

  /// Whether the spelling sets `key`.
  public func gives(_ key: String) -> Bool { arguments.gives(key) }

  /// The factors s_t, t = 0 ..< steps: with W = round(warmup x steps), s_t = (t+1)/W for t < W; the other steps - W follow
  /// the schedule's own shape. Halves are rounded to even, as in Python and NumPy.
  ///
  /// - Parameters:
  ///   - steps: the length of the run, at least 1.
  ///   - unspecifiedNorm: the norm that a `refined` schedule without `norm=` assumes (l2 for SGD, l1 for Adam).
  ///   - note: called with a file's path and a message about how it was read.
  /// - Throws: `ScheduleError` or `ScheduleFileError`, for schedules that read files or need more steps.
  /// - Complexity: O(steps), with refinement O(steps log steps).
  public func factors(
    steps: Int, unspecifiedNorm: GradientNorm = .l2, note: (_ path: String, LogMessage) -> Void = { _, _ in }
  ) throws -> [Double] {
    guard steps > 0 else { throw ScheduleError(spelling: description, "\(steps) steps; expected at least 1") }
    let rising = stepCount(share: warmup, of: steps)
    let start = (0..<rising).map { Double($0 + 1) / Double(rising) }
    guard rising < steps else { return start }
    do {
      return start + (try shape.factors(steps: steps - rising, unspecifiedNorm: unspecifiedNorm, note: note))
    } catch let error as ScheduleError {
      throw ScheduleError(spelling: description, error.message)
    }
  }

  public static func == (a: Schedule, b: Schedule) -> Bool { a.description == b.description }
  public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
