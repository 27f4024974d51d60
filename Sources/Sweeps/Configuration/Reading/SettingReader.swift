import Schedules
import Yams

/// Reads one value of a configuration file; errors carry its position.
struct SettingReader {
  /// For messages: the key, or the keys that lead to it.
  let key: String
  let node: Node
  let file: String
  /// How the configuration spells a schedule.
  var spelling: @Sendable (Schedule) -> String = { $0.description }

  func error(_ message: String, at place: Node? = nil) -> ConfigurationError {
    ConfigurationError(at: place ?? node, file: file, "\(key): \(message)")
  }

  func wrong(_ expected: String) -> ConfigurationError {
    let found = node.null != nil ? "nothing" : node.scalar.map { "'\($0.string)'" } ?? "a \(node.kind)"
    return error("found \(found), expected \(expected)")
  }

  func with(_ node: Node, _ subkey: String? = nil) -> SettingReader {
    SettingReader(key: subkey.map { "\(key): \($0)" } ?? key, node: node, file: file, spelling: spelling)
  }

  func whole() throws -> Int {
    guard let text = node.scalar?.string, let value = Int(text) else { throw wrong("a whole number") }
    return value
  }

  func number() throws -> Double {
    guard let text = node.scalar?.string, let value = Double(text), value.isFinite else { throw wrong("a number") }
    return value
  }

  func flag() throws -> Bool {
    guard let text = node.scalar?.string, let value = Bool(text) else { throw wrong("true or false") }
    return value
  }

  func range() throws -> (Int, Int) {
    guard let sequence = node.sequence, sequence.count == 2 else { throw wrong("two exponents such as [-12, 3]") }
    return (try with(sequence[0]).whole(), try with(sequence[1]).whole())
  }

  func text<Value>(_ parse: (String) throws -> Value) throws -> Value {
    guard let text = node.scalar?.string, node.null == nil else { throw wrong("text") }
    do {
      return try parse(text)
    } catch {
      throw self.error("\(error)")
    }
  }

  /// A text that may be any but an empty one: names, titles.
  func title() throws -> String {
    let title = try text { $0 }
    guard !title.isEmpty else { throw error("is empty, expected a text") }
    return title
  }

  /// A list, or a single value, which counts as a list of one.
  func values<Value>(_ read: (SettingReader) throws -> Value) throws -> [Value] {
    guard let sequence = node.sequence else { return [try read(self)] }
    return try sequence.map { try read(with($0)) }
  }

  /// The values of a mapping by key; nil where the node is something else.
  ///
  /// - Throws: `ConfigurationError` for keys other than `keys`.
  func fields(_ keys: [String]) throws -> [String: SettingReader]? {
    guard let mapping = node.mapping else { return nil }
    var fields: [String: SettingReader] = [:]
    for (keyNode, value) in mapping {
      let found = keyNode.string ?? "a \(keyNode.kind)"
      guard keys.contains(found) else {
        let near = nearestName(to: found, among: keys).map { "; did you mean '\($0)'?" } ?? ""
        throw error("unknown key '\(found)'\(near) (expected \(keys.joined(separator: ", ")))", at: keyNode)
      }
      fields[found] = with(value, found)
    }
    return fields
  }
}

extension Node {
  var kind: String {
    switch self {
    case .mapping: "mapping"
    case .sequence: "list"
    case .scalar: "single value"
    case .alias: "alias"
    }
  }

  /// "line 3, column 5".
  var place: String { "line \(mark?.line ?? 1), column \(mark?.column ?? 1)" }
}

extension ConfigurationError {
  init(at node: Node, file: String, _ message: String) {
    self.init(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message)
  }

  init(_ error: YamlError, file: String) {
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
