/// One `key=value` of a schedule: its name, its allowed values and its default.
///
/// Most schedules need only `NumberParameter`, `NumberListParameter`, `ChoiceParameter` and `TextParameter`. A schedule may
/// define its own beside it, as `KnotsParameter` shows.
public protocol ScheduleParameter<Value>: Sendable {
  associatedtype Value: Sendable & Equatable
  var key: String { get }
  /// One line for `--help`.
  var help: String { get }
  var defaultValue: Value { get }
  /// What is allowed after the `=`, as in "a number above 0".
  var expectation: String { get }
  /// nil where `text` does not match `expectation`.
  func value(parsing text: String) -> Value?
  /// The canonical text of `value`, which parses back to it; nil where `value` means "not given".
  func text(of value: Value) -> String?
}

/// A finite number within a range.
public struct NumberParameter: ScheduleParameter {
  public let key: String
  public let help: String
  public let defaultValue: Double
  public let lowerBound: Double
  public let upperBound: Double
  /// Whether the lower bound itself is excluded.
  public let excludesLowerBound: Bool
  /// Whether the upper bound itself is excluded.
  public let excludesUpperBound: Bool

  private init(
    _ key: String, _ value: Double, _ help: String, _ lower: Double, _ upper: Double, excludesLower: Bool = false,
    excludesUpper: Bool = false
  ) {
    self.key = key
    self.help = help
    self.defaultValue = value
    self.lowerBound = lower
    self.upperBound = upper
    self.excludesLowerBound = excludesLower
    self.excludesUpperBound = excludesUpper
  }

  /// A number in `range`.
  public init(_ key: String, default value: Double, in range: ClosedRange<Double>, help: String) {
    self.init(key, value, help, range.lowerBound, range.upperBound)
  }

  /// A number in `range`.
  public init(_ key: String, default value: Double, in range: Range<Double>, help: String) {
    self.init(key, value, help, range.lowerBound, range.upperBound, excludesUpper: true)
  }

  /// A number above `bound`, and at most `upperBound`.
  public init(_ key: String, default value: Double, above bound: Double, through upperBound: Double = .infinity, help: String) {
    self.init(key, value, help, bound, upperBound, excludesLower: true)
  }

  /// A number above `bound` and below `upperBound`.
  public init(_ key: String, default value: Double, above bound: Double, below upperBound: Double, help: String) {
    self.init(key, value, help, bound, upperBound, excludesLower: true, excludesUpper: true)
  }

  public var expectation: String {
    let lower = excludesLowerBound ? "above \(shortText(lowerBound))" : "from \(shortText(lowerBound))"
    if upperBound == .infinity { return "a number \(lower)" + (excludesLowerBound ? "" : " up") }
    let to = !excludesUpperBound ? "to" : excludesLowerBound ? "and below" : "to below"
    return "a number \(lower) \(to) \(shortText(upperBound))"
  }

  public func value(parsing text: String) -> Double? {
    // Trainers compute in float32: a value that overflows there, or rounds to an excluded bound, is out of range.
    guard let value = finiteNumber(text), Float(value).isFinite, value >= lowerBound, value <= upperBound else { return nil }
    return excludesLowerBound && value == lowerBound || excludesUpperBound && Float(value) >= Float(upperBound) ? nil : value
  }

  public func text(of value: Double) -> String? { shortText(value) }
}

/// Ascending numbers from 0 to 1, separated by slashes, as in `0.3/0.6/0.9`.
public struct NumberListParameter: ScheduleParameter {
  public let key: String
  public let help: String
  public let defaultValue: [Double]

  public init(_ key: String, default value: [Double], help: String) {
    self.key = key
    self.help = help
    self.defaultValue = value
  }

  public var expectation: String { "ascending numbers from 0 to 1 separated by slashes, as in 0.3/0.6/0.9" }

  public func value(parsing text: String) -> [Double]? {
    let items = text.split(separator: "/", omittingEmptySubsequences: false)
    let values = items.compactMap { finiteNumber(String($0)) }
    guard values.count == items.count, values.allSatisfy({ (0...1).contains($0) }),
      zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    return values
  }

  public func text(of value: [Double]) -> String? { value.map(shortText).joined(separator: "/") }
}

/// One of a few words; optional if there is no default.
public struct ChoiceParameter: ScheduleParameter {
  public let key: String
  public let help: String
  public let defaultValue: String?
  public let choices: [String]

  public init(_ key: String, default value: String?, of choices: [String], help: String) {
    self.key = key
    self.help = help
    self.defaultValue = value
    self.choices = choices
  }

  public var expectation: String { choices.joined(separator: " or ") }
  public func value(parsing text: String) -> String?? { choices.contains(text) ? .some(text) : nil }
  public func text(of value: String?) -> String? { value }
}

/// Whether something is done; false by default.
public struct FlagParameter: ScheduleParameter {
  public let key: String
  public let help: String

  public init(_ key: String, help: String) {
    self.key = key
    self.help = help
  }

  public var defaultValue: Bool { false }
  public var expectation: String { "true or false" }
  public func value(parsing text: String) -> Bool? { Bool(text) }
  public func text(of value: Bool) -> String? { "\(value)" }
}

/// Free text, such as a file name; no default.
public struct TextParameter: ScheduleParameter {
  public let key: String
  public let help: String
  /// The placeholder for the value in help, as in "FILE".
  public let placeholder: String
  /// Whether the text is the path of a file that the schedule reads.
  public let isPath: Bool
  /// Whether the text says all about the schedule: titles show it after the name, without its key.
  public let isDefinition: Bool

  public init(_ key: String, placeholder: String, help: String, isPath: Bool = false, isDefinition: Bool = false) {
    self.key = key
    self.help = help
    self.placeholder = placeholder
    self.isPath = isPath
    self.isDefinition = isDefinition
  }

  public var defaultValue: String? { nil }
  public var expectation: String { placeholder }
  public func value(parsing text: String) -> String?? { text.isEmpty ? nil : .some(text) }
  public func text(of value: String?) -> String? { value }
}

/// A decimal number as users write it; not "nan", "inf" or hexadecimal.
func finiteNumber(_ text: String) -> Double? { decimalNumber(Array(text.utf8)[...]).flatMap { $0.isFinite ? $0 : nil } }

/// The shortest decimal that parses back to `value`; whole numbers have no point.
package func shortText(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
