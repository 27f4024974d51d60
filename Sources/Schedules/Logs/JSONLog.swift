/// Numbers in JSON, in the forms that logs have: an object a line (JSON Lines), an array of objects, an array of numbers, or one object
/// of arrays.
enum JSONLog {
  /// The values under `key`, NaN where an object has none; without a key, those under the only one that can be meant.
  static func series(
    _ text: ArraySlice<UInt8>, path: String, key: String?, objection: (Double) -> String?
  ) throws -> NumberSeries {
    if let array = try numbers(text, path: path, objection) { return array }
    if isOneObject(text, path: path) {
      let arrays = try arrays(text, path: path)
      if !arrays.isEmpty { return try columns(text, path: path, key: key, arrays: arrays, objection) }
    }
    return try rows(text, path: path, key: key, objection)
  }

  // MARK: An array of numbers

  /// nil where there is none.
  private static func numbers(
    _ text: ArraySlice<UInt8>, path: String, _ objection: (Double) -> String?
  ) throws -> NumberSeries? {
    var scanner = JSONScanner(text, path: path)
    guard scanner.next == UInt8(ascii: "[") else { return nil }
    var holdsObjects = false
    var values: [Double] = []
    try scanner.forEachElement { scanner in
      if scanner.next == UInt8(ascii: "{") {
        holdsObjects = true
        _ = try scanner.value()
      } else if !holdsObjects {
        values.append(try number(&scanner, "an element", objection))
      } else {
        throw scanner.error("something else among objects; expected an object")
      }
    }
    try scanner.expectEnd("array")
    return holdsObjects ? nil : NumberSeries(name: nil, values: values)
  }

  // MARK: One object of arrays

  private static func isOneObject(_ text: ArraySlice<UInt8>, path: String) -> Bool {
    var scanner = JSONScanner(text, path: path)
    scanner.skipBlanks()
    return scanner.next == UInt8(ascii: "{") && (try? scanner.value()) != nil && scanner.next == nil
  }

  /// The keys of the object's arrays, and those of them that hold numbers only.
  private static func arrays(_ text: ArraySlice<UInt8>, path: String) throws -> [(name: String, isNumeric: Bool)] {
    var arrays: [(name: String, isNumeric: Bool)] = []
    var scanner = JSONScanner(text, path: path)
    try scanner.forEachMember { scanner, key in
      guard scanner.next == UInt8(ascii: "[") else {
        _ = try scanner.value()
        return
      }
      var isNumeric = true
      try scanner.forEachElement { if case .notANumber = try $0.value() { isNumeric = false } }
      arrays.append((key, isNumeric))
    }
    return arrays
  }

  private static func columns(
    _ text: ArraySlice<UInt8>, path: String, key: String?, arrays: [(name: String, isNumeric: Bool)],
    _ objection: (Double) -> String?
  ) throws -> NumberSeries {
    let keys = arrays.map(\.name)
    if let key, !keys.contains(key) { throw missing(key, among: keys, path: path) }
    let candidates = arrays.enumerated().filter(\.element.isNumeric).map { (name: $1.name, index: $0) }
    let name = try key ?? keys[NumberSeries.only(of: candidates, path: path, all: keys)]
    var values: [Double] = []
    var scanner = JSONScanner(text, path: path)
    try scanner.forEachMember { scanner, key in
      guard key == name, scanner.next == UInt8(ascii: "[") else {
        _ = try scanner.value()
        return
      }
      try scanner.forEachElement { values.append(try number(&$0, "an element of '\(name)'", objection)) }
    }
    return NumberSeries(name: name, values: values)
  }

  // MARK: Objects

  private static func rows(
    _ text: ArraySlice<UInt8>, path: String, key: String?, _ objection: (Double) -> String?
  ) throws -> NumberSeries {
    let (keys, numeric) = try sampleKeys(text, path: path)
    if let key, !keys.contains(key), !(try sampleKeys(text, path: path, objects: .max).all.contains(key)) {
      throw missing(key, among: keys, path: path)
    }
    let candidates = keys.enumerated().filter { numeric.contains($1) }.map { (name: $1, index: $0) }
    let name = try key ?? keys[NumberSeries.only(of: candidates, path: path, all: keys)]
    var values: [Double] = []
    try forEachObject(of: text, path: path) { scanner in
      var value = Double.nan
      try scanner.forEachMember { scanner, member in
        guard member == name else {
          _ = try scanner.value()
          return
        }
        value = try number(&scanner, "the value of '\(name)'", objection)
      }
      values.append(value)
    }
    return NumberSeries(name: name, values: values)
  }

  /// The keys of the first objects in the order of their appearance, and those with numbers only.
  private static func sampleKeys(
    _ text: ArraySlice<UInt8>, path: String, objects: Int = 1000
  ) throws -> (all: [String], numeric: Set<String>) {
    var all: [String] = []
    var numeric: Set<String> = []
    var others: Set<String> = []
    var count = 0
    try forEachObject(of: text, path: path) { scanner in
      count += 1
      try scanner.forEachMember { scanner, key in
        let cell = try scanner.value()
        guard count <= objects else { return }
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

  private static func forEachObject(
    of text: ArraySlice<UInt8>, path: String, _ body: (inout JSONScanner) throws -> Void
  ) throws {
    var whole = JSONScanner(text, path: path)
    if whole.next == UInt8(ascii: "[") { return try whole.forEachElement(body) }
    var reader = LineReader(bytes: Array(text))
    while let line = reader.next() {
      if line.allSatisfy({ $0.isBlank }) { continue }
      var scanner = JSONScanner(line, path: path, firstLine: reader.line)
      try body(&scanner)
      try scanner.expectEnd("object; expected one object a line")
    }
  }

  // MARK: What all forms share

  /// Takes a value; NaN where it is missing or not finite.
  private static func number(
    _ scanner: inout JSONScanner, _ subject: String, _ objection: (Double) -> String?
  ) throws -> Double {
    let place = scanner.position
    switch try scanner.value() {
    case .missing: return .nan
    case .notANumber: throw scanner.error(at: place, "\(subject) is not a number")
    case .number(let number):
      if let message = objection(number) { throw scanner.error(at: place, message) }
      return number
    }
  }

  private static func missing(_ key: String, among keys: [String], path: String) -> ScheduleFileError {
    ScheduleFileError(
      .malformed, path: path,
      "no key '\(key)'\(suggestion(for: key, among: keys)); expected one of: \(keys.joined(separator: ", "))")
  }
}
