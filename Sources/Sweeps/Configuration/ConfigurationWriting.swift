import Schedules
import Training

extension SweepConfiguration {
  /// The configuration as canonical YAML: its keys in a fixed order, with comments; keys that it does not use are examples in
  /// comments. Parsing it gives the same configuration.
  public var yaml: String { emitted(keys: SettingKey.allCases, explained: true) }

  /// What determines the results, as YAML: the configuration without the location of the data and without comments. Two
  /// sweeps have the same protocol exactly if this text is the same.
  public var protocolYAML: String { emitted(keys: SettingKey.allCases.filter { $0 != .data }, explained: false) }

  /// One key with its value; empty where it has none.
  func line(of key: SettingKey) -> String { String(emitted(keys: [key], explained: false).dropLast()) }

  private func emitted(keys: [SettingKey], explained: Bool) -> String {
    keys.map { key in
      let explanation = explained ? "# \(key.explanation)\n" : ""
      if let value = value(of: key) { return "\(explanation)\(key.rawValue):\(value)\n" }
      guard explained, let example = key.example else { return "" }
      return "\(explanation)# \(key.rawValue): \(example)\n"
    }.joined()
  }

  /// What stands after the colon; nil where the key is left out.
  private func value(of key: SettingKey) -> String? {
    switch key {
    case .name: name.map { " " + quoted($0) }
    case .data: list(data.map(quoted))
    case .schedules: list(columns.map(text))
    case .optimizers: list(optimizerEntries.map(text))
    case .methods: methods.isEmpty ? nil : list(methods.map(text))
    case .reference: reference.map { " " + quoted($0) }
    case .referenceMethod: referenceMethod.map { " " + quoted($0) }
    case .learningRates: learningRates.map { " " + flow($0.map(shortText)) }
    case .exponents: learningRates == nil ? " [\(minimumExponent), \(maximumExponent)]" : nil
    case .step: learningRates == nil ? " " + shortText(learningRateStep) : nil
    case .extendedExponents: learningRates == nil ? " [\(minimumExtendedExponent), \(maximumExtendedExponent)]" : nil
    case .seeds: " \(seeds)"
    case .racing: racing.map { " \($0)" }
    case .epochs: " " + axis(epochsAxis.map(String.init))
    case .batchSize: " " + axis(batchSizeAxis.map(String.init))
    case .l2: " " + axis(l2Axis.map(shortText))
    case .dropLast: " \(!keepsLastBatch)"
    case .checkpoints: checkpoints.isEmpty ? nil : " " + flow(checkpoints.map(shortText))
    case .smoothing: " " + shortText(smoothing)
    case .rounds: " \(rounds)"
    case .prior: " " + quoted(priorSchedule)
    case .search: search.map { $0 == BestFoundSearch() ? " true" : " {budget: \($0.budget), knots: \($0.knots)}" }
    }
  }

  private func text(_ column: Column) -> String {
    let name = column.name.map { "name: \(quoted($0)), " } ?? ""
    if column.schedules.count == 1, name.isEmpty { return quoted(column.schedules[0]) }
    if column.schedules.count == 1 { return "{\(name)schedule: \(quoted(column.schedules[0]))}" }
    return "{\(name)best_of: \(flow(column.schedules.map(quoted)))}"
  }

  private func text(_ entry: OptimizerEntry) -> String {
    entry.name.map { "{name: \(quoted($0)), optimizer: \(quoted(entry.optimizer.spelling))}" }
      ?? quoted(entry.optimizer.spelling)
  }

  private func text(_ method: Method) -> String {
    let schedules = method.column.schedules
    let schedule = schedules.count == 1 ? "schedule: \(quoted(schedules[0]))" : "best_of: \(flow(schedules.map(quoted)))"
    let rates = method.learningRates.map { ", learning_rates: \(flow($0.map(shortText)))" } ?? ""
    return "{name: \(quoted(method.name)), optimizer: \(quoted(method.optimizer.spelling)), \(schedule)\(rates)}"
  }

  private func list(_ items: [String]) -> String { "\n" + items.map { "  - \($0)" }.joined(separator: "\n") }

  private func flow(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

  private func axis(_ items: [String]) -> String { items.count == 1 ? items[0] : flow(items) }

  /// A plain scalar if YAML reads it back as the same text, quoted otherwise: in double quotes where it has line breaks or other
  /// control characters.
  private func quoted(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_./=:".utf8.contains($0) }
      && !text.hasSuffix(":") && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
    if isPlain { return text }
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.properties.generalCategory == .control:
        "\\U" + String(String(UInt64(scalar.value) + 0x1_0000_0000, radix: 16).dropFirst())
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
