import Schedules
import Training
import Yams

extension SweepConfiguration {
  /// The configuration as canonical YAML: every key, in a fixed order, with comments. Parsing it gives the same
  /// configuration.
  public var yaml: String { emitted(keys: SettingKey.allCases, explained: true) }

  /// What determines the results, as YAML: the configuration without the location of the data and without comments. Two
  /// sweeps have the same protocol exactly if this text is the same.
  public var protocolYAML: String { emitted(keys: SettingKey.allCases.filter { $0 != .data }, explained: false) }

  /// One key with its value.
  func line(of key: SettingKey) -> String { String(emitted(keys: [key], explained: false).dropLast()) }

  private func emitted(keys: [SettingKey], explained: Bool) -> String {
    keys.map { key in
      let comment = explained ? "# \(key.explanation)\n" : ""
      switch key {
      case .data: return comment + list(key, data)
      case .schedules: return comment + list(key, schedules)
      case .optimizers: return comment + list(key, optimizers.map(\.spelling))
      case .rates: return comment + line(key, "[\(minimumExponent), \(maximumExponent)]")
      case .extendedRates: return comment + line(key, "[\(minimumExtendedExponent), \(maximumExtendedExponent)]")
      case .seeds: return comment + line(key, "\(seeds)")
      case .epochs: return comment + line(key, "\(epochs)")
      case .batchSize: return comment + line(key, "\(batchSize)")
      case .dropLast: return comment + line(key, "\(!keepsLastBatch)")
      case .smoothing: return comment + line(key, shortText(smoothing))
      case .rounds: return comment + line(key, "\(rounds)")
      case .prior: return comment + line(key, quoted(priorSchedule))
      }
    }.joined()
  }

  private func line(_ key: SettingKey, _ value: String) -> String { "\(key.rawValue): \(value)\n" }

  private func list(_ key: SettingKey, _ values: [String]) -> String {
    "\(key.rawValue):\n" + values.map { "  - \(quoted($0))\n" }.joined()
  }

  /// A plain scalar if YAML reads it back as the same text, quoted otherwise.
  private func quoted(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_./=:".utf8.contains($0) }
      && !text.hasSuffix(":") && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    return isPlain ? text : "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
  }

  /// Reads a configuration file; keys that are missing keep their defaults.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: The file's name, for messages.
  /// - Throws: `ConfigurationError` with line and column: not YAML, unknown or repeated keys, values out of range.
  public init(yaml text: String, file: String) throws {
    self.init()
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(error, file: file)
    }
    guard let root else { return }
    guard let mapping = root.mapping else {
      throw ConfigurationError(at: root, file: file, "found a \(root.kind), expected keys such as 'epochs: 100'")
    }
    for (key, value) in mapping {
      guard let name = key.string, let setting = SettingKey(rawValue: name) else {
        let found = key.string ?? "a \(key.kind)"
        throw ConfigurationError(
          at: key, file: file, "unknown key '\(found)'; did you mean '\(SettingKey.nearest(to: found).rawValue)'?")
      }
      try read(setting, from: value, file: file)
    }
    do {
      try validate()
    } catch let error as SettingError {
      // Limits at their defaults can only be invalid in combination with the grid in the file.
      let node = mapping[error.key] ?? mapping[SettingKey.rates.rawValue] ?? root
      throw ConfigurationError(at: node, file: file, "\(error.key): \(error.message)")
    }
  }

  private mutating func read(_ key: SettingKey, from node: Node, file: String) throws {
    let reader = SettingReader(key: key, node: node, file: file)
    switch key {
    case .data: data = try reader.texts()
    case .schedules: schedules = try reader.texts { try Schedule(parsing: $0).description }
    case .optimizers: optimizers = try reader.texts { try Optimizer(parsing: $0) }
    case .rates: (minimumExponent, maximumExponent) = try reader.range()
    case .extendedRates: (minimumExtendedExponent, maximumExtendedExponent) = try reader.range()
    case .seeds: seeds = try reader.whole()
    case .epochs: epochs = try reader.whole()
    case .batchSize: batchSize = try reader.whole()
    case .dropLast: keepsLastBatch = try !reader.flag()
    case .smoothing: smoothing = try reader.number()
    case .rounds: rounds = try reader.whole()
    case .prior: priorSchedule = try reader.text { try Schedule(parsing: $0).description }
    }
  }

  /// Checks constraints between settings, and values set on the command line.
  ///
  /// - Throws: `SettingError`.
  public func validate() throws {
    func require(_ condition: Bool, _ key: SettingKey, _ message: @autoclosure () -> String) throws {
      if !condition { throw SettingError(key: key.rawValue, message: message()) }
    }
    func requireDistinct(_ values: [String], _ key: SettingKey) throws {
      try require(!values.isEmpty, key, "is empty, expected at least one")
      var seen: Set<String> = []
      for value in values { try require(seen.insert(value).inserted, key, "'\(value)' is listed twice") }
    }
    try require(!data.isEmpty, .data, "is empty, expected at least one")
    try require(!data.contains(""), .data, "found '', expected a folder, a file or a pattern")
    try requireDistinct(schedules, .schedules)
    try requireDistinct(optimizers.map(\.spelling), .optimizers)
    for (count, key) in [(seeds, SettingKey.seeds), (epochs, .epochs), (batchSize, .batchSize), (rounds, .rounds)] {
      try require((1...1_000_000).contains(count), key, "expected a whole number from 1 to 1000000, found \(count)")
    }
    for (low, high, key) in [
      (minimumExponent, maximumExponent, SettingKey.rates),
      (minimumExtendedExponent, maximumExtendedExponent, .extendedRates),
    ] {
      try require(low <= high, key, "the first exponent is above the last: [\(low), \(high)]")
      try require(low >= -60 && high <= 60, key, "expected exponents from -60 to 60, found [\(low), \(high)]")
    }
    try require(
      minimumExtendedExponent <= minimumExponent && maximumExtendedExponent >= maximumExponent, .extendedRates,
      "[\(minimumExtendedExponent), \(maximumExtendedExponent)] does not contain learning_rate_exponents "
        + "[\(minimumExponent), \(maximumExponent)]")
    try require(
      smoothing >= 0 && smoothing <= 1, .smoothing, "expected a fraction from 0 to 1, found \(shortText(smoothing))")
    try require(
      !SweepConfiguration.isRefined(priorSchedule), .prior, "a refined schedule needs a prior run and cannot be one")
  }
}

/// Reads one value of a configuration file; errors carry its position.
private struct SettingReader {
  let key: SettingKey
  let node: Node
  let file: String

  func wrong(_ node: Node, _ expected: String) -> ConfigurationError {
    let found = node.null != nil ? "nothing" : node.scalar.map { "'\($0.string)'" } ?? "a \(node.kind)"
    return ConfigurationError(at: node, file: file, "\(key.rawValue): found \(found), expected \(expected)")
  }

  func whole(_ node: Node) throws -> Int {
    guard let text = node.scalar?.string, let value = Int(text) else { throw wrong(node, "a whole number") }
    return value
  }

  func whole() throws -> Int { try whole(node) }

  func number() throws -> Double {
    guard let text = node.scalar?.string, let value = Double(text), value.isFinite else { throw wrong(node, "a number") }
    return value
  }

  func flag() throws -> Bool {
    guard let text = node.scalar?.string, let value = Bool(text) else { throw wrong(node, "true or false") }
    return value
  }

  func range() throws -> (Int, Int) {
    guard let sequence = node.sequence, sequence.count == 2 else { throw wrong(node, "two exponents such as [-12, 3]") }
    return (try whole(sequence[0]), try whole(sequence[1]))
  }

  func text<Value>(_ node: Node, _ parse: (String) throws -> Value) throws -> Value {
    guard let text = node.scalar?.string, node.null == nil else { throw wrong(node, "text") }
    do {
      return try parse(text)
    } catch {
      throw ConfigurationError(at: node, file: file, "\(key.rawValue): \(error)")
    }
  }

  func text(_ parse: (String) throws -> String) throws -> String { try text(node, parse) }

  /// A list, or a single text, which counts as a list of one.
  func texts<Value>(_ parse: (String) throws -> Value) throws -> [Value] {
    if let sequence = node.sequence { return try sequence.map { try text($0, parse) } }
    return [try text(node, parse)]
  }

  func texts() throws -> [String] { try texts { $0 } }
}

extension Node {
  fileprivate var kind: String {
    switch self {
    case .mapping: "mapping"
    case .sequence: "list"
    case .scalar: "single value"
    case .alias: "alias"
    }
  }
}

extension ConfigurationError {
  fileprivate init(at node: Node, file: String, _ message: String) {
    self.init(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message)
  }

  fileprivate init(_ error: YamlError, file: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      self.init(file: file, line: mark.line, column: mark.column, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let repeated = keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
      self.init(
        file: file, line: context.mark.line, column: context.mark.column,
        message: "repeated key \(repeated), expected one of each")
    default:
      self.init(file: file, line: 1, column: 1, message: "not YAML: \(error)")
    }
  }
}
