/// One column of numbers from a text file: delimited text or JSON.
struct NumberSeries {
  /// The column's name in the header, or the key.
  let name: String?
  /// NaN where a row has no value or one that is not finite.
  let values: [Double]

  /// - Parameters:
  ///   - column: the column's name, its number from 1, or the key; nil where only one can be meant.
  ///   - objection: what is wrong with a finite value, if anything.
  init(bytes: [UInt8], path: String, column: String?, objection: @escaping (Double) -> String?) throws {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = bytes[start...].first { !$0.isBlankOrNewline }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      self = try JSONLog(bytes, from: start, path: path, objection: objection).series(key: column)
    } else {
      self = try DelimitedText(bytes, path: path).series(column: column, objection: objection)
    }
  }

  init(name: String?, values: [Double]) {
    self.name = name
    self.values = values
  }

  /// Whether a column of this name counts steps or time, or is the envelope that Weights & Biases exports beside the values.
  static func isNeverTheValues(_ name: String) -> Bool {
    let lower = name.lowercased()
    // An unnamed first column is an index, as pandas writes it.
    if lower.isEmpty || lower.hasPrefix("unnamed:") || lower.hasSuffix("__min") || lower.hasSuffix("__max") { return true }
    let words = lower.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    // Lightning appends "_step" and "_epoch" to what it averages, norms included.
    if isNamedAsValues(lower) { return false }
    if words.starts(with: ["relative", "time"]) { return true }
    let counters: Set = [
      "step", "steps", "epoch", "epochs", "iteration", "iterations", "iter", "iters", "it", "time", "timestamp", "runtime",
      "globalstep", "walltime", "date", "index",
    ]
    return words.last.map(counters.contains) ?? false
  }

  /// Whether a name says that these are norms, gradients or factors.
  static func isNamedAsValues(_ name: String) -> Bool {
    ["norm", "grad", "factor"].contains { name.lowercased().contains($0) }
  }

  /// The number of the one column that can hold the values.
  ///
  /// - Parameter columns: the numeric ones, each with its name and its place.
  static func only(of columns: [(name: String, index: Int)], path: String, all: [String]) throws -> Int {
    if all.count == 1 { return 0 }
    let candidates = columns.filter { !isNeverTheValues($0.name) }
    if candidates.count == 1 { return candidates[0].index }
    // Where no column is all numbers, reading the one that should be says which cell is not.
    let possible = all.indices.filter { !isNeverTheValues(all[$0]) }
    if candidates.isEmpty, possible.count == 1 { return possible[0] }
    let list = all.isEmpty ? "none" : all.joined(separator: ", ")
    throw ScheduleFileError(
      .malformed, path: path,
      candidates.isEmpty
        ? "no column of numbers that can be the values; columns: \(list)"
        : "\(candidates.count) columns can be the values (\(candidates.map(\.name).joined(separator: ", "))); "
          + "choose one with column; columns: \(list)")
  }
}

/// What a cell of text holds.
enum NumberCell {
  case number(Double)
  /// Empty, or a word for what is missing or not finite.
  case missing
  case notANumber

  private static let wordsForMissing: Set = [
    "", "nan", "inf", "infinity", "-inf", "-infinity", "+inf", "+infinity", "-nan", "null", "none", "na", "n/a",
  ]

  init(_ text: ArraySlice<UInt8>) {
    if let value = decimalNumber(text) {
      // A number too large for a Double is infinite.
      self = value.isFinite ? .number(value) : .missing
    } else {
      self = Self.wordsForMissing.contains(String(decoding: text, as: UTF8.self).lowercased()) ? .missing : .notANumber
    }
  }

  init(_ text: String) { self.init(Array(text.utf8)[...]) }
}

extension UInt8 {
  var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
  var isBlankOrNewline: Bool { isBlank || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
}
