/// Numbers in JSON, in the forms that logs have: an object a line (JSON Lines), an array of objects, an array of numbers, or one object that
/// holds such arrays.
struct JSONLog {
  private let bytes: [UInt8]
  private let path: String
  private let start: Int
  private let objection: (Double) -> String?

  /// - Parameters:
  ///   - start: where the text begins, behind a byte-order mark.
  ///   - objection: what is wrong with a finite value, if anything.
  init(_ bytes: [UInt8], from start: Int, path: String, objection: @escaping (Double) -> String?) {
    self.bytes = bytes
    self.start = start
    self.path = path
    self.objection = objection
  }

  /// The values under `key`, NaN where an object has none; without a key, those under the only one that can be meant.
  func series(key: String?) throws -> NumberSeries {
    if document.next == UInt8(ascii: "[") { return try seriesOfArray(key: key) }
    guard let members = try membersOfOnlyObject() else { return try rows(.lines, key: key) }
    let arrays = members.filter { $0.kind == .numbers }
    let isOfArrays =
      key.map { key in arrays.contains { $0.name == key } }
      ?? (arrays.contains { NumberSeries.isNamedAsValues($0.name) }
        || !arrays.isEmpty && !members.contains { $0.kind == .number && NumberSeries.isNamedAsValues($0.name) })
    if isOfArrays { return try column(key: key, of: arrays.map(\.name)) }
    let tables = members.filter { $0.kind == .objects }
    if tables.count == 1, !members.contains(where: { $0.kind == .number && $0.name == key }) {
      return try rows(.elements(of: tables[0].name), key: key)
    }
    return try rows(.document, key: key)
  }

  private var document: JSONScanner { JSONScanner(bytes[start...], path: path) }

  // MARK: An array

  private func seriesOfArray(key: String?) throws -> NumberSeries {
    var holdsObjects = false
    var values: [Double] = []
    var scanner = document
    try scanner.forEachElement { scanner in
      if scanner.next == UInt8(ascii: "{"), values.isEmpty {
        holdsObjects = true
        _ = try scanner.value()
      } else if !holdsObjects {
        values.append(try number(&scanner, "an element"))
      } else {
        throw scanner.error("something else among objects; expected an object")
      }
    }
    try scanner.expectEnd("array")
    if holdsObjects { return try rows(.elements(of: nil), key: key) }
    if let key, key != "1" {
      throw ScheduleFileError(.malformed, path: path, "no column '\(key)' in an array of numbers; leave out the column")
    }
    return NumberSeries(name: nil, values: values)
  }

  // MARK: One object

  private enum Kind { case number, numbers, objects, other }

  /// The members of the object that the file consists of; nil where the first line is an object and others follow.
  private func membersOfOnlyObject() throws -> [(name: String, kind: Kind)]? {
    var reader = LineReader(bytes: bytes, position: start)
    while let line = reader.next() {
      if line.allSatisfy({ $0.isBlank }) { continue }
      var scanner = JSONScanner(line, path: path)
      scanner.skipBlanks()
      let isObject = (try? scanner.value()) != nil && scanner.next == nil
      if isObject, bytes[min(reader.position, bytes.count)...].contains(where: { !$0.isBlankOrNewline }) { return nil }
      break
    }
    var members: [(name: String, kind: Kind)] = []
    var scanner = document
    try scanner.forEachMember { scanner, name in members.append((name, try Self.kind(&scanner))) }
    try scanner.expectEnd("object")
    return members
  }

  /// Takes a value.
  private static func kind(_ scanner: inout JSONScanner) throws -> Kind {
    guard scanner.next == UInt8(ascii: "[") else {
      if case .number = try scanner.value() { return .number }
      return .other
    }
    var kinds: Set<Kind> = []
    try scanner.forEachElement { scanner in
      let isObject = scanner.next == UInt8(ascii: "{")
      switch try scanner.value() {
      case .number: kinds.insert(.number)
      case .missing: break
      case .notANumber: kinds.insert(isObject ? .objects : .other)
      }
    }
    return kinds == [.number] ? .numbers : kinds == [.objects] ? .objects : .other
  }

  private func column(key: String?, of arrays: [String]) throws -> NumberSeries {
    let places = arrays.enumerated().map { (name: $1, index: $0) }
    let name = try key ?? arrays[NumberSeries.only(of: places, path: path, all: arrays)]
    guard arrays.count(where: { $0 == name }) == 1 else {
      throw ScheduleFileError(.malformed, path: path, "more than one array is called '\(name)'")
    }
    var values: [Double] = []
    var scanner = document
    try scanner.forEachMember { scanner, key in
      guard key == name, scanner.next == UInt8(ascii: "[") else {
        _ = try scanner.value()
        return
      }
      try scanner.forEachElement { values.append(try number(&$0, "an element of '\(name)'")) }
    }
    return NumberSeries(name: name, values: values)
  }

  // MARK: Objects

  /// Where the objects stand.
  private enum Place {
    case lines
    case document
    /// The elements of the document, or of a member of it.
    case elements(of: String?)
  }

  private func rows(_ place: Place, key: String?) throws -> NumberSeries {
    let (keys, numeric) = try sampleKeys(place)
    if let key, !keys.contains(key), !(try sampleKeys(place, objects: .max).all.contains(key)) {
      throw ScheduleFileError(
        .malformed, path: path,
        "no key '\(key)'\(suggestion(for: key, among: keys)); expected one of: \(keys.joined(separator: ", "))")
    }
    let candidates = keys.enumerated().filter { numeric.contains($1) }.map { (name: $1, index: $0) }
    let name = try key ?? keys[NumberSeries.only(of: candidates, path: path, all: keys)]
    var values: [Double] = []
    try forEachObject(place) { scanner in
      var value = Double.nan
      try scanner.forEachMember { scanner, member in
        guard member == name else {
          _ = try scanner.value()
          return
        }
        value = try number(&scanner, "the value of '\(name)'")
      }
      values.append(value)
      return true
    }
    return NumberSeries(name: name, values: values)
  }

  /// The keys of the first objects in the order of their appearance, and those with numbers only.
  private func sampleKeys(_ place: Place, objects: Int = 1000) throws -> (all: [String], numeric: Set<String>) {
    var all: [String] = []
    var known: Set<String> = []
    var numeric: Set<String> = []
    var others: Set<String> = []
    var count = 0
    try forEachObject(place) { scanner in
      count += 1
      try scanner.forEachMember { scanner, key in
        if known.insert(key).inserted { all.append(key) }
        switch try scanner.value() {
        case .number: numeric.insert(key)
        case .missing: break
        case .notANumber: others.insert(key)
        }
      }
      return count < objects
    }
    return (all, numeric.subtracting(others))
  }

  /// Calls `body` with a scanner before each object, until it returns false; `body` must take the object.
  private func forEachObject(_ place: Place, _ body: (inout JSONScanner) throws -> Bool) throws {
    var whole = document
    switch place {
    case .document: _ = try body(&whole)
    case .elements(nil): try forEachElement(of: &whole, body)
    case .elements(let name?):
      try whole.forEachMember { scanner, member in
        if member == name { try forEachElement(of: &scanner, body) } else { _ = try scanner.value() }
      }
    case .lines:
      var reader = LineReader(bytes: bytes, position: start)
      while let line = reader.next() {
        if line.allSatisfy({ $0.isBlank }) { continue }
        var scanner = JSONScanner(line, path: path, firstLine: reader.line)
        let isMoreWanted = try body(&scanner)
        try scanner.expectEnd("object; expected one object a line")
        if !isMoreWanted { return }
      }
    }
  }

  private func forEachElement(of scanner: inout JSONScanner, _ body: (inout JSONScanner) throws -> Bool) throws {
    var isMoreWanted = true
    try scanner.forEachElement { scanner in
      if isMoreWanted { isMoreWanted = try body(&scanner) } else { _ = try scanner.value() }
    }
  }

  /// Takes a value; NaN where it is missing or not finite.
  private func number(_ scanner: inout JSONScanner, _ subject: String) throws -> Double {
    let place = scanner.position
    switch try scanner.value() {
    case .missing: return .nan
    case .notANumber: throw scanner.error(at: place, "\(subject) is not a number")
    case .number(let number):
      if let message = objection(number) { throw scanner.error(at: place, message) }
      return number
    }
  }
}
