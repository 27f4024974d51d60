/// The contents of a text cell.
enum NumberCell {
  case number(Double)
  /// A word for a non-finite value, or a number too large for a Double.
  case notFinite
  /// Empty, or a word for a missing value.
  case missing
  case notANumber

  private static let wordsForMissing: Set = ["", "null", "none", "na", "n/a", "<na>"]
  private static let wordsForNotFinite: Set = [
    "nan", "inf", "infinity", "-inf", "-infinity", "+inf", "+infinity", "-nan", "+nan",
  ]

  init(_ text: ArraySlice<UInt8>, hasDecimalCommas: Bool = false) {
    if let value = hasDecimalCommas ? decimalNumber(withComma: text) : decimalNumber(text) {
      self = value.isFinite ? .number(value) : .notFinite
      return
    }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    self = Self.wordsForMissing.contains(word) ? .missing : Self.wordsForNotFinite.contains(word) ? .notFinite : .notANumber
  }

  init(_ text: String) { self.init(Array(text.utf8)[...]) }

  /// Whether the cell can be part of a column of numbers.
  var isNumeric: Bool {
    switch self {
    case .number, .notFinite: true
    case .missing, .notANumber: false
    }
  }
}

extension UInt8 {
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  var isBlankOrNewline: Bool { isBlank || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
