/// The parameter values given in the spelling `NAME[:key=value]...` of a schedule or an optimizer.
///
///     let offset = arguments[Self.offset]
public struct ScheduleArguments: Sendable {
  private var values: [String: any Sendable] = [:]
  /// Canonical texts of the values given.
  private var texts: [String: String] = [:]
  private var keysAtDefault: Set<String> = []

  package init() {}

  /// - Parameters:
  ///   - parts: the texts between the colons after the name.
  ///   - owner: the name, for messages.
  ///   - spelling: the whole spelling, for messages.
  /// - Throws: `ScheduleError`.
  package init(_ parts: [String], of parameters: [any ScheduleParameter], owner: String, in spelling: String) throws {
    for part in parts { try read(part, of: parameters, owner: owner, in: spelling) }
  }

  /// Splits a spelling into the name and the texts between the colons after it.
  package static func split(_ spelling: String, expecting names: [String]) throws -> (name: String, parts: [String]) {
    let parts = spelling.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmingBlanks }
    guard !parts[0].isEmpty else {
      throw ScheduleError(spelling: spelling, "no name; expected one of: \(names.joined(separator: ", "))")
    }
    return (parts[0], Array(parts.dropFirst()))
  }

  /// The value given, or the parameter's default.
  public subscript<Parameter: ScheduleParameter>(parameter: Parameter) -> Parameter.Value {
    // In two steps: a missing value would itself cast to an optional `Value`.
    guard let value = values[parameter.key] else { return parameter.defaultValue }
    return value as? Parameter.Value ?? parameter.defaultValue
  }

  func gives(_ key: String) -> Bool { values[key] != nil }

  /// The canonical text of the value given for `key`; nil at its default.
  package func text(of key: String) -> String? { keysAtDefault.contains(key) ? nil : texts[key] }

  /// The canonical text of the value given for `key`, also at its default.
  func givenText(of key: String) -> String? { texts[key] }

  /// The canonical text of the value in effect; nil where it means "not given".
  package func fullText<Parameter: ScheduleParameter>(of parameter: Parameter) -> String? {
    parameter.text(of: self[parameter])
  }

  /// Parses one `key=value`.
  private mutating func read(
    _ text: String, of parameters: [any ScheduleParameter], owner: String, in spelling: String
  ) throws {
    let keys = parameters.map { $0.key }
    guard let equals = text.firstIndex(of: "=") else {
      let near = text.isEmpty ? "" : suggestion(for: text, among: keys)
      throw ScheduleError(spelling: spelling, "'\(text)' is not of the form key=value\(near)")
    }
    let key = String(text[..<equals]).trimmingBlanks
    let value = String(text[text.index(after: equals)...]).trimmingBlanks
    guard let parameter = parameters.first(where: { $0.key == key }) else {
      let expected = keys.isEmpty ? "it takes none" : "expected one of: \(keys.joined(separator: ", "))"
      throw ScheduleError(
        spelling: spelling, "\(owner) has no key '\(key)'\(suggestion(for: key, among: keys)) (\(expected))")
    }
    guard !gives(key) else { throw ScheduleError(spelling: spelling, "'\(key)' is given twice; expected once") }
    try set(parameter, to: value, in: spelling)
  }

  private mutating func set<Parameter: ScheduleParameter>(_ parameter: Parameter, to text: String, in spelling: String) throws {
    guard let value = parameter.value(parsing: text) else {
      let near = (parameter as? ChoiceParameter).map { suggestion(for: text, among: $0.choices) } ?? ""
      throw ScheduleError(
        spelling: spelling, "'\(text)' is not a value for '\(parameter.key)'; expected \(parameter.expectation)\(near)")
    }
    values[parameter.key] = value
    texts[parameter.key] = parameter.text(of: value)
    if value == parameter.defaultValue { keysAtDefault.insert(parameter.key) }
  }
}

extension String {
  var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let end = lastIndex { !isBlank($0) }.map { index(after: $0) } ?? startIndex
    return String(self[..<end].drop(while: isBlank))
  }
}
