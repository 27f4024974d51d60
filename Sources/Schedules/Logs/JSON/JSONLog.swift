/// Numbers in JSON, in the forms that logs take: one object per line (JSON Lines), an array of objects, an array of numbers,
/// one object that holds such arrays, or TensorBoard's rows of time, step and value.
struct JSONLog {
  private let bytes: [UInt8]
  private let path: String
  private let start: Int
  private let norm: GradientNorm
  private let objection: (Double) -> String?

  /// - Parameters:
  ///   - start: where the text begins, after a byte-order mark.
  ///   - norm: decides between two keys that differ only in the norm.
  ///   - objection: what is wrong with a finite value, if anything.
  init(_ bytes: [UInt8], from start: Int, path: String, norm: GradientNorm, objection: @escaping (Double) -> String?) {
    self.bytes = bytes
    self.start = start
    self.path = path
    self.norm = norm
    self.objection = objection
  }

  /// The values under `key`, NaN where they are not finite; without a key, those under the only candidate.
  func series(key: String?) throws -> NumberSeries {
    if document.next == UInt8(ascii: "[") { return try seriesOfArray(key: key) }
    guard let members = try membersOfOnlyObject() else { return try rows(.lines, key: key) }
    if members.contains(where: { $0.kind == .number }), members.allSatisfy({ Int($0.name) != nil }) {
      return try seriesOfNumberedMembers()
    }
    let arrays = members.filter { $0.kind == .numbers }
    let isOfArrays =
      key.map { key in arrays.contains { $0.name == key } }
      ?? (arrays.contains { ColumnNames.isNamedAsValues($0.name) }
        || !arrays.isEmpty && !members.contains { $0.kind == .number && ColumnNames.isNamedAsValues($0.name) })
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
    var isOfNumbers = true
    var series = NumberSeries(name: nil)
    var scanner = document
    var first: UInt8?
    try scanner.forEachElement { scanner in
      first = first ?? scanner.next
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
        isOfNumbers = false
        guard scanner.next == first else {
          throw scanner.error(
            "something else among \(first == UInt8(ascii: "{") ? "objects; expected an object" : "arrays; expected an array")")
        }
        _ = try scanner.value()
      } else {
        series.append(try number(&scanner, "an element")) { _ in nil }
      }
    }
    try scanner.expectEnd("array")
    if first == UInt8(ascii: "[") { return try seriesOfScalars(key: key) }
    if !isOfNumbers { return try rows(.elements(of: nil), key: key) }
    if let key, key != "1" {
      throw ScheduleFileError(.malformed, path: path, "no column '\(key)' in an array of numbers; leave out the column")
    }
    return series
  }

  /// TensorBoard's `[[wall time, step, value], ...]`.
  private func seriesOfScalars(key: String?) throws -> NumberSeries {
    if let key, !["3", "Value"].contains(key) {
      throw ScheduleFileError(
        .malformed, path: path, "no column '\(key)' in TensorBoard's [wall time, step, value]; leave out the column")
    }
    var series = NumberSeries(name: "Value")
    series.steps = [NumberSeries.Counter(name: "Step")]
    var scanner = document
    try scanner.forEachElement { scanner in
      let place = scanner.position
      var time: Double?
      var step: Double?
      var value: Double?
      var count = 0
      try scanner.forEachElement { scanner in
        count += 1
        switch count {
        case 1: time = try plainNumber(&scanner)
        case 2: step = try plainNumber(&scanner)
        case 3: value = try number(&scanner, "the value")
        default: _ = try scanner.value()
        }
      }
      // Seconds since 1970, from 2001 on: rows of other numbers have no names that could say what they are.
      guard count == 3, let time, time > 1e9 else {
        throw scanner.error(
          at: place,
          "an array of \(counted(count, "element"))\(count == 3 ? " without a time" : ""); expected [wall time, step, value], as "
            + "TensorBoard writes, or objects, whose keys name the numbers")
      }
      series.append(value) { _ in step }
    }
    return series
  }

  // MARK: One object

  private enum Kind { case number, numbers, objects, other }

  /// The members of the object that makes up the whole file; nil where the first line is an object and others follow.
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

  /// Consumes a value.
  private static func kind(_ scanner: inout JSONScanner) throws -> Kind {
    if scanner.next == UInt8(ascii: "{") {
      // pandas writes a column as an object keyed by row numbers.
      var isColumn = true
      var hasNumber = false
      try scanner.forEachMember { scanner, key in
        let value = try scanner.value()
        if value.isNumeric { hasNumber = true } else if case .notANumber = value { isColumn = false }
        if Int(key) == nil { isColumn = false }
      }
      return isColumn && hasNumber ? .numbers : .other
    }
    guard scanner.next == UInt8(ascii: "[") else {
      if case .number = try scanner.value() { return .number }
      return .other
    }
    var kinds: Set<Kind> = []
    try scanner.forEachElement { scanner in
      let isObject = scanner.next == UInt8(ascii: "{")
      switch try scanner.value() {
      case .number, .notFinite: kinds.insert(.number)
      case .missing: break
      case .notANumber: kinds.insert(isObject ? .objects : .other)
      }
    }
    return kinds == [.number] ? .numbers : kinds == [.objects] ? .objects : .other
  }

  /// A column by itself, as pandas writes it: an object keyed by row numbers.
  private func seriesOfNumberedMembers() throws -> NumberSeries {
    var series = NumberSeries(name: nil)
    var scanner = document
    try scanner.forEachMember { scanner, row in series.append(try number(&scanner, "the value of '\(row)'")) { _ in nil } }
    return series
  }

  private func column(key: String?, of arrays: [String]) throws -> NumberSeries {
    let name = try key ?? arrays[ColumnNames.values(among: Array(arrays.indices), of: arrays, norm: norm, path: path)]
    guard arrays.count(where: { $0 == name }) == 1 else {
      throw ScheduleFileError(.malformed, path: path, "more than one array is called '\(name)'")
    }
    let counters = counterKeys(among: arrays.filter { $0 != name })
    var values: [Double?] = []
    var numbers: [String: [Double?]] = [:]
    var scanner = document
    try scanner.forEachMember { scanner, key in
      let isArray = scanner.next == UInt8(ascii: "[") || scanner.next == UInt8(ascii: "{")
      if key == name, isArray {
        try Self.forEachItem(of: &scanner) { values.append(try number(&$0, "an element of '\(name)'")) }
      } else if counters.all.contains(key), isArray {
        var column: [Double?] = []
        try Self.forEachItem(of: &scanner) { column.append(try plainNumber(&$0)) }
        numbers[key] = column
      } else {
        _ = try scanner.value()
      }
    }
    // An array of another length does not belong to these values.
    func isBeside(_ key: String) -> Bool { numbers[key]?.count == values.count }
    var series = NumberSeries(name: name)
    series.steps = counters.steps.filter(isBeside).map { NumberSeries.Counter(name: $0) }
    series.epochs = counters.epoch.flatMap { isBeside($0) ? NumberSeries.Counter(name: $0) : nil }
    let beside = (series.steps + (series.epochs.map { [$0] } ?? [])).compactMap { numbers[$0.name] }
    for (index, value) in values.enumerated() { series.append(value) { beside[$0][index] } }
    return series
  }

  private static func forEachItem(of scanner: inout JSONScanner, _ body: (inout JSONScanner) throws -> Void) throws {
    if scanner.next == UInt8(ascii: "{") {
      try scanner.forEachMember { scanner, _ in try body(&scanner) }
    } else {
      try scanner.forEachElement(body)
    }
  }

  private func counterKeys(among keys: [String]) -> (steps: [String], epoch: String?, all: [String]) {
    let steps = ColumnNames.steps(in: keys).map { keys[$0] }
    let epoch = ColumnNames.epoch(in: keys).map { keys[$0] }
    return (steps, epoch, steps + (epoch.map { [$0] } ?? []))
  }

  // MARK: Objects

  /// Where the objects are.
  private enum Place {
    case lines
    case document
    /// The elements of the document, or of one of its members.
    case elements(of: String?)
  }

  private func rows(_ place: Place, key: String?) throws -> NumberSeries {
    let (keys, numeric) = try sampleKeys(place)
    if let key, !keys.contains(key), !(try sampleKeys(place, objects: .max).all.contains(key)) {
      throw ScheduleFileError(
        .malformed, path: path,
        "no key '\(key)'\(suggestion(for: key, among: keys)); expected one of: \(keys.joined(separator: ", "))")
    }
    let candidates = keys.indices.filter { numeric.contains(keys[$0]) }
    let name = try key ?? keys[ColumnNames.values(among: candidates, of: keys, norm: norm, path: path)]
    let counters = counterKeys(among: keys.filter { $0 != name && numeric.contains($0) })
    var series = NumberSeries(name: name)
    series.steps = counters.steps.map { NumberSeries.Counter(name: $0) }
    series.epochs = counters.epoch.map { NumberSeries.Counter(name: $0) }
    var counted = [Double?](repeating: nil, count: counters.all.count)
    let isCut = try forEachObject(place) { scanner in
      var value: Double?
      for index in counted.indices { counted[index] = nil }
      try scanner.forEachMember { scanner, member in
        if member == name {
          value = try number(&scanner, "the value of '\(name)'")
        } else if let index = counters.all.firstIndex(of: member) {
          counted[index] = try plainNumber(&scanner)
        } else {
          _ = try scanner.value()
        }
      }
      series.append(value) { counted[$0] }
      return true
    }
    if isCut { series.messages.append(LogMessage(.note, "the last line is cut short and left out")) }
    return series
  }

  /// The keys of the first objects in order of appearance, and those that hold only numbers.
  private func sampleKeys(_ place: Place, objects: Int = 1000) throws -> (all: [String], numeric: Set<String>) {
    var all: [String] = []
    var known: Set<String> = []
    var numeric: Set<String> = []
    var others: Set<String> = []
    var count = 0
    _ = try forEachObject(place) { scanner in
      count += 1
      try scanner.forEachMember { scanner, key in
        if known.insert(key).inserted { all.append(key) }
        switch try scanner.value() {
        case .number, .notFinite: numeric.insert(key)
        case .missing: break
        case .notANumber: others.insert(key)
        }
      }
      return count < objects
    }
    return (all, numeric.subtracting(others))
  }

  /// Calls `body` with a scanner placed before each object, until it returns false; `body` must consume the object.
  ///
  /// - Returns: Whether the last of several lines is unterminated and no object, as an aborted run leaves it.
  private func forEachObject(_ place: Place, _ body: (inout JSONScanner) throws -> Bool) throws -> Bool {
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
        if reader.isCut, reader.line > 1, scanner.next == UInt8(ascii: "{") {
          var trial = scanner
          if (try? trial.value()) == nil { return true }
        }
        let isMoreWanted = try body(&scanner)
        try scanner.expectEnd("object; expected one object a line")
        if !isMoreWanted { return false }
      }
    }
    return false
  }

  private func forEachElement(of scanner: inout JSONScanner, _ body: (inout JSONScanner) throws -> Bool) throws {
    var isMoreWanted = true
    try scanner.forEachElement { scanner in
      if isMoreWanted { isMoreWanted = try body(&scanner) } else { _ = try scanner.value() }
    }
  }

  /// Consumes a value; nil where it is missing, NaN where it is not finite.
  private func number(_ scanner: inout JSONScanner, _ subject: String) throws -> Double? {
    let place = scanner.position
    switch try scanner.value() {
    case .missing: return nil
    case .notFinite: return .nan
    case .notANumber: throw scanner.error(at: place, "\(subject) is not a number")
    case .number(let number):
      if let message = objection(number) { throw scanner.error(at: place, message) }
      return number
    }
  }

  /// Consumes a value; nil where it is not a finite number.
  private func plainNumber(_ scanner: inout JSONScanner) throws -> Double? {
    if case .number(let number) = try scanner.value() { number } else { nil }
  }
}
