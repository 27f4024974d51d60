/// The values that a spelling gives to a schedule's parameters.
///
///     let offset = arguments[Self.offset]
public struct ScheduleArguments: Sendable {
  private var values: [String: any Sendable] = [:]
  /// Canonical texts of the values that differ from their defaults.
  private var texts: [String: String] = [:]

  init() {}

  /// The value given, or the parameter's default.
  public subscript<Parameter: ScheduleParameter>(parameter: Parameter) -> Parameter.Value {
    // In two steps: nil itself would cast to an optional value.
    guard let value = values[parameter.key] else { return parameter.defaultValue }
    return value as? Parameter.Value ?? parameter.defaultValue
  }

  func gives(_ key: String) -> Bool { values[key] != nil }

  /// The canonical text of what was given for `key`; nil at its default.
  func text(of key: String) -> String? { texts[key] }

  mutating func set<Parameter: ScheduleParameter>(_ parameter: Parameter, to text: String, in spelling: String) throws {
    guard let value = parameter.value(parsing: text) else {
      let near = (parameter as? ChoiceParameter).map { suggestion(for: text, among: $0.choices) } ?? ""
      throw ScheduleError(
        spelling: spelling, "'\(text)' is not a value for '\(parameter.key)'; expected \(parameter.expectation)\(near)")
    }
    values[parameter.key] = value
    texts[parameter.key] = value == parameter.defaultValue ? nil : parameter.text(of: value)
  }
}
