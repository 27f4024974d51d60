/// JSON Lines: an object a line. Beyond RFC 8259, `NaN`, `Infinity` and `-Infinity` are values, as Python writes them.
enum JSONLines {
  /// The values under `key`, NaN where a line has none; without a key, those under the only one that can be meant.
  static func series(
    _ bytes: [UInt8], path: String, key: String?, objection: (Double) -> String?
  ) throws -> NumberSeries {
    let (keys, numeric) = try sampleKeys(bytes, path: path)
    if let key, !keys.contains(key) {
      let isLater = try sampleKeys(bytes, path: path, lines: .max).all.contains(key)
      guard isLater else {
        throw ScheduleFileError(
          .malformed, path: path,
          "no key '\(key)'\(suggestion(for: key, among: keys)); expected one of: \(keys.joined(separator: ", "))")
      }
    }
    let candidates = keys.enumerated().filter { numeric.contains($1) }.map { (name: $1, index: $0) }
    let name = try key ?? keys[NumberSeries.only(of: candidates, path: path, all: keys)]
    var values: [Double] = []
    try forEachLine(of: bytes, path: path) { scanner, line in
      var value = Double.nan
      try scanner.forEachMember { member, place, cell in
        guard member == name else { return }
        switch cell {
        case .number(let number):
          if let message = objection(number) {
            throw ScheduleFileError(.malformed, path: path, line: line, column: place, message)
          }
          value = number
        case .missing: break
        case .notANumber:
          throw ScheduleFileError(.malformed, path: path, line: line, column: place, "the value of '\(name)' is not a number")
        }
      }
      values.append(value)
    }
    return NumberSeries(name: name, values: values)
  }

  /// The keys of the first lines in the order of their appearance, and those with numbers only.
  private static func sampleKeys(
    _ bytes: [UInt8], path: String, lines: Int = 1000
  ) throws -> (all: [String], numeric: Set<String>) {
    var all: [String] = []
    var numeric: Set<String> = []
    var others: Set<String> = []
    try forEachLine(of: bytes, path: path) { scanner, line in
      guard line <= lines else { return }
      try scanner.forEachMember { key, _, cell in
        if !all.contains(key) { all.append(key) }
        switch cell {
        case .number: numeric.insert(key)
        case .missing: break
        case .notANumber: others.insert(key)
        }
      }
    }
    return (all, numeric.subtracting(others))
  }

  private static func forEachLine(
    of bytes: [UInt8], path: String, _ body: (inout JSONObjectScanner, Int) throws -> Void
  ) throws {
    var reader = LineReader(bytes: bytes)
    while let line = reader.next() {
      if line.allSatisfy({ $0.isBlank }) { continue }
      var scanner = JSONObjectScanner(line: line, path: path, lineNumber: reader.line)
      try body(&scanner, reader.line)
    }
  }
}

/// One line that holds one object.
struct JSONObjectScanner {
  private let line: ArraySlice<UInt8>
  private let path: String
  private let lineNumber: Int
  private var position: Int

  init(line: ArraySlice<UInt8>, path: String, lineNumber: Int) {
    self.line = line
    self.path = path
    self.lineNumber = lineNumber
    position = line.startIndex
  }

  /// Calls `body` with every key, the column of its value (from 1) and what it holds; nested values hold no number.
  mutating func forEachMember(_ body: (String, Int, NumberCell) throws -> Void) throws {
    try expect("{")
    skipBlanks()
    if peek() == UInt8(ascii: "}") {
      position += 1
    } else {
      while true {
        skipBlanks()
        let key = try string()
        skipBlanks()
        try expect(":")
        skipBlanks()
        let place = position - line.startIndex + 1
        try body(key, place, try value())
        skipBlanks()
        if peek() == UInt8(ascii: ",") {
          position += 1
          continue
        }
        try expect("}")
        break
      }
    }
    skipBlanks()
    if position < line.endIndex { throw error("something after the object; expected one object a line") }
  }

  private func peek() -> UInt8? { position < line.endIndex ? line[position] : nil }

  private func error(_ message: String) -> ScheduleFileError {
    ScheduleFileError(.malformed, path: path, line: lineNumber, column: position - line.startIndex + 1, message)
  }

  private mutating func skipBlanks() {
    while let byte = peek(), byte.isBlankOrNewline { position += 1 }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    skipBlanks()
    guard peek() == UInt8(ascii: character) else {
      throw error("\(peek().map { "'\(Character(Unicode.Scalar($0)))'" } ?? "end of line"); expected '\(character)'")
    }
    position += 1
  }

  private mutating func string() throws -> String {
    try expect("\"")
    let start = position
    var hasEscapes = false
    while let byte = peek(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        position += 1
      }
      position += 1
    }
    guard position < line.endIndex else { throw error("a string without end; expected '\"'") }
    let text = String(decoding: line[start..<position], as: UTF8.self)
    position += 1
    return hasEscapes ? Self.unescaped(text) : text
  }

  /// Keys with escapes are rare: the simple ones are replaced, `\u` stays as it is written.
  private static func unescaped(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        let plain: [Character: String] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\", "/": "/"]
        result += plain[character] ?? "\\\(character)"
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }

  private mutating func value() throws -> NumberCell {
    switch peek() {
    case UInt8(ascii: "\"")?:
      // Some loggers write what is not finite as a string.
      let text = try string()
      if case .missing = NumberCell(text), !text.isEmpty { return .missing }
      return .notANumber
    case UInt8(ascii: "{")?, UInt8(ascii: "[")?:
      try skipNested()
      return .notANumber
    default:
      let start = position
      while let byte = peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), !byte.isBlankOrNewline { position += 1 }
      let bytes = line[start..<position]
      if bytes.isEmpty { throw error("no value; expected one") }
      let cell = NumberCell(bytes)
      guard case .notANumber = cell else { return cell }
      let text = String(decoding: bytes, as: UTF8.self)
      if text == "true" || text == "false" { return .notANumber }
      position = start
      throw error("'\(text)' is no JSON value")
    }
  }

  private mutating func skipNested() throws {
    var depth = 0
    repeat {
      switch peek() {
      case nil: throw error("a value without end")
      case UInt8(ascii: "\"")?: _ = try string()
      case UInt8(ascii: "{")?, UInt8(ascii: "[")?:
        depth += 1
        position += 1
      case UInt8(ascii: "}")?, UInt8(ascii: "]")?:
        depth -= 1
        position += 1
      default: position += 1
      }
    } while depth > 0
  }
}
