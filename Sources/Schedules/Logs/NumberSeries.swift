/// One column of numbers from a log, with the columns that count its steps.
struct NumberSeries {
  /// From the header, or the key.
  var name: String?
  /// One per row that has a value; NaN where it is not finite.
  var values: [Double] = []
  /// How many rows have no value.
  var missing = 0
  /// Columns that count steps, in order of preference.
  var steps: [Counter] = []
  var epochs: Counter?
  /// What was noticed while reading.
  var messages: [LogMessage] = []

  /// A column beside the values.
  struct Counter {
    var name: String
    /// One per value; NaN where there is no number.
    var numbers: [Double] = []
  }

  /// - Parameters:
  ///   - column: the column's name, its number from 1, or the key; nil where there is only one candidate.
  ///   - norm: decides between two columns that differ only in the norm.
  ///   - objection: what is wrong with a finite value, if anything.
  /// - Throws: `ScheduleFileError`.
  init(bytes: [UInt8], path: String, column: String?, norm: GradientNorm, objection: @escaping (Double) -> String?) throws {
    if let kind = Self.foreignKind(bytes) { throw ScheduleFileError(.malformed, path: path, kind) }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let first = bytes[start...].first { !$0.isBlankOrNewline }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      self = try JSONLog(bytes, from: start, path: path, norm: norm, objection: objection).series(key: column)
    } else {
      self = try DelimitedText(bytes, from: start, path: path).series(column: column, norm: norm, objection: objection)
    }
  }

  init(name: String?) { self.name = name }

  /// The kind of file, where the bytes are known not to be UTF-8 text.
  private static func foreignKind(_ bytes: [UInt8]) -> String? {
    func text(_ encoding: String) -> String { "this is \(encoding) text; expected UTF-8 (iconv -f \(encoding) -t UTF-8)" }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return text("UTF-32") }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return text("UTF-16") }
    let isTextPickle = ["(lp", "(dp", "cnumpy", "cpandas", "ccopy_reg", "ctorch"].contains { bytes.starts(with: $0.utf8) }
    if isTextPickle || bytes.first == 0x80 && bytes.count > 1 && (2...5).contains(bytes[1]) {
      return "this is a Python pickle, which is not read; expected text, JSON or a NumPy array (numpy.save)"
    }
    if ZipArchive.hasMagic(bytes) {
      return "this is a ZIP archive, as numpy.savez, torch.save and spreadsheets write; expected text, JSON or a NumPy array"
    }
    let head = bytes.prefix(64)
    if let zero = head.firstIndex(of: 0) {
      // Without a byte-order mark, every other byte of Latin letters and digits is zero.
      let (even, odd) = (head.indices.filter { $0 % 2 == 0 }, head.indices.filter { $0 % 2 == 1 })
      if !even.contains(where: { head[$0] == 0 }), odd.allSatisfy({ head[$0] == 0 }) { return text("UTF-16LE") }
      if even.allSatisfy({ head[$0] == 0 }), !odd.contains(where: { head[$0] == 0 }) { return text("UTF-16BE") }
      return "a zero byte at byte \(zero + 1): this is no text; expected text, JSON, event files, .npy or .npz"
    }
    return nil
  }
}

extension NumberSeries {
  /// Appends the value of a row.
  ///
  /// - Parameters:
  ///   - value: nil where it is missing.
  ///   - counters: the numbers in `steps`, then in `epochs`; nil where there is no number.
  mutating func append(_ value: Double?, counters: (Int) -> Double?) {
    guard let value else {
      missing += 1
      return
    }
    values.append(value)
    for index in steps.indices { steps[index].numbers.append(counters(index) ?? .nan) }
    epochs?.numbers.append(counters(steps.count) ?? .nan)
  }
}
