import Schedules
import Training
import Yams

extension SweepConfiguration {
  /// Reads a configuration file; keys that are missing keep their defaults.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - file: The file's name, for messages.
  /// - Throws: `ConfigurationError` with line and column: not YAML, unknown or repeated keys, values out of range.
  public init(yaml text: String, file: String) throws {
    self.init()
    guard let root = try SweepConfiguration.root(of: text, file: file) else { return }
    try read(root, file: file)
  }

  /// Reads the protocol of a journal.
  ///
  /// In those from before columns were entries of their own, spellings of one schedule competed in one column.
  init(recorded text: String, file: String) throws {
    self.init()
    guard let root = try SweepConfiguration.root(of: text, file: file) else { return }
    try read(root, file: file)
    // Written always since then.
    if root.mapping?[SettingKey.l2.rawValue] == nil { columns = Column.grouped(schedules, rounds: rounds) }
  }

  private static func root(of text: String, file: String) throws -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(error, file: file)
    }
  }

  private mutating func read(_ root: Node, file: String) throws {
    guard let mapping = root.mapping else {
      throw ConfigurationError(at: root, file: file, "found a \(root.kind), expected keys such as 'epochs: 100'")
    }
    // The configuration's own tau decides how refined schedules are spelled.
    if let value = mapping[SettingKey.smoothing.rawValue] {
      try read(.smoothing, SettingReader(key: SettingKey.smoothing.rawValue, node: value, file: file))
    }
    let configuration = self
    for (key, value) in mapping {
      guard let name = key.string, let setting = SettingKey(rawValue: name) else {
        let found = key.string ?? "a \(key.kind)"
        throw ConfigurationError(at: key, file: file, "unknown key '\(found)'\(SettingKey.suggestion(for: found))")
      }
      try read(
        setting, SettingReader(key: name, node: value, file: file, spelling: { configuration.spelling(of: $0) }))
    }
    if learningRates != nil {
      let excluded = [SettingKey.exponents, .step, .extendedExponents].map(\.rawValue)
      if let (key, _) = mapping.first(where: { excluded.contains($0.key.string ?? "") }) {
        throw ConfigurationError(
          at: key, file: file, "\(key.string ?? ""): there is also learning_rates, which takes its place; expected one of them")
      }
    }
    do {
      try validate()
    } catch let error as SettingError {
      // Limits at their defaults can only be invalid in combination with the grid in the file.
      let node = mapping[error.key] ?? mapping[SettingKey.exponents.rawValue] ?? root
      throw ConfigurationError(at: node, file: file, "\(error.key): \(error.message)")
    }
  }

  private mutating func read(_ key: SettingKey, _ reader: SettingReader) throws {
    switch key {
    case .name: name = try reader.title()
    case .data: data = try reader.values { try $0.text { $0 } }
    case .schedules: columns = try reader.columns()
    case .optimizers: optimizerEntries = try reader.optimizerEntries()
    case .methods: methods = try reader.methods()
    case .reference: reference = try reader.title()
    case .referenceMethod: referenceMethod = try reader.title()
    case .learningRates: learningRates = try reader.learningRates()
    case .exponents: (minimumExponent, maximumExponent) = try reader.range()
    case .step: learningRateStep = try reader.number()
    case .extendedExponents: (minimumExtendedExponent, maximumExtendedExponent) = try reader.range()
    case .seeds: seeds = try reader.whole()
    case .racing: racing = try reader.whole()
    case .epochs: epochsAxis = try reader.axis { try $0.whole() }
    case .batchSize: batchSizeAxis = try reader.axis { try $0.whole() }
    case .l2: l2Axis = try reader.axis { try $0.number() }
    case .dropLast: keepsLastBatch = try !reader.flag()
    case .checkpoints: checkpoints = try reader.axis { try $0.number() }
    case .smoothing: smoothing = try reader.number()
    case .rounds: rounds = try reader.whole()
    case .prior: priorSchedule = try reader.schedule()
    case .search: search = try reader.search()
    }
  }
}
