import Foundation

/// The scalars in TensorBoard's event files, as written by PyTorch's `SummaryWriter` and TensorFlow's `tf.summary`.
///
/// Source: tensorflow/core/util/event.proto, framework/summary.proto and framework/tensor.proto.
struct EventFile {
  struct Scalars {
    var steps: [Double] = []
    var values: [Double] = []
  }

  private(set) var scalars: [String: Scalars] = [:]
  /// In order of appearance.
  private(set) var tags: [String] = []
  /// Time of the first event, in seconds since 1970.
  private(set) var start: Double?
  private(set) var isCut = false
  /// Folders beside the files that hold event files, as `SummaryWriter.add_scalars` makes: runs of their own.
  private var subfolders: [String] = []

  static func isOne(_ bytes: [UInt8], path: String) -> Bool {
    TFRecords.hasHead(bytes) || path.split(separator: "/").last?.contains("tfevents") == true
  }

  /// - Throws: `ScheduleFileError` where a record is damaged.
  /// - Complexity: O(bytes).
  init(_ bytes: [UInt8], path: String) throws {
    var records = TFRecords(bytes, path: path)
    while let record = try records.next() {
      guard read(event: record) else {
        throw ScheduleFileError(.malformed, path: path, "a record is no event of TensorBoard's; expected an event file")
      }
    }
    isCut = records.isCut
  }

  /// Appends the events of another file.
  mutating func append(_ other: EventFile) {
    for tag in other.tags {
      guard let scalars = other.scalars[tag] else { continue }
      append(tag, scalars)
    }
    isCut = isCut || other.isCut
  }

  private mutating func append(_ tag: String, _ new: Scalars) {
    if scalars[tag] == nil { tags.append(tag) }
    scalars[tag, default: Scalars()].steps += new.steps
    scalars[tag, default: Scalars()].values += new.values
  }

  /// The values under a tag, given by name or by number from 1, or under the only candidate.
  ///
  /// - Throws: `ScheduleFileError`.
  func series(tag: String?, norm: GradientNorm, path: String) throws -> NumberSeries {
    let name: String
    do {
      guard !tags.isEmpty else { throw ScheduleFileError(.malformed, path: path, "holds no scalars") }
      name =
        try tag.map { try namedItem($0, kind: "scalar", among: tags, path: path) }
        ?? tags[ColumnNames.values(among: Array(tags.indices), of: tags, norm: norm, path: path)]
    } catch let error as ScheduleFileError where !subfolders.isEmpty {
      let hint = "; there are more event files in: \(listed(subfolders))"
      throw ScheduleFileError(error.kind, path: path, error.message + hint)
    }
    var series = NumberSeries(name: name)
    series.steps = [NumberSeries.Counter(name: "step")]
    let points = scalars[name] ?? Scalars()
    for (step, value) in zip(points.steps, points.values) { series.append(value.isFinite ? value : .nan) { _ in step } }
    if isCut { series.messages.append(LogMessage(.note, "the last record is cut short and left out")) }
    return series
  }

  // MARK: Messages

  private mutating func read(event bytes: ArraySlice<UInt8>) -> Bool {
    var event = ProtobufMessage(bytes)
    var step = 0.0
    var summaries: [ArraySlice<UInt8>] = []
    while let (field, value) = event.next() {
      switch (field, value) {
      case (1, .fixed64(let bits)): start = start ?? Double(bitPattern: bits)
      case (2, .varint(let number)): step = Double(Int64(bitPattern: number))
      case (5, .bytes(let bytes)): summaries.append(bytes)
      default: break
      }
    }
    for summary in summaries {
      var summary = ProtobufMessage(summary)
      while let (field, value) = summary.next() {
        if field == 1, case .bytes(let bytes) = value, let (tag, number) = Self.scalar(bytes) {
          append(tag, Scalars(steps: [step], values: [number]))
        }
      }
      if summary.isMalformed { return false }
    }
    return !event.isMalformed
  }

  /// The tag and number of a summary's value; nil for histograms, images and the like.
  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (tag: String, number: Double)? {
    var message = ProtobufMessage(bytes)
    var tag: String?
    var number: Double?
    while let (field, value) = message.next() {
      switch (field, value) {
      case (1, .bytes(let bytes)): tag = String(decoding: bytes, as: UTF8.self)
      case (2, .fixed32(let bits)): number = Double(Float(bitPattern: bits))
      case (8, .bytes(let bytes)): number = self.number(ofTensor: bytes) ?? number
      default: break
      }
    }
    guard let tag, let number else { return nil }
    return (tag, number)
  }

  /// The number in a one-element tensor of floats or integers.
  private static func number(ofTensor bytes: ArraySlice<UInt8>) -> Double? {
    var tensor = ProtobufMessage(bytes)
    var type: UInt64 = 0
    var fields: [(field: Int, value: ProtobufMessage.Value)] = []
    while let (field, value) = tensor.next() {
      if field == 1, case .varint(let number) = value { type = number } else { fields.append((field, value)) }
    }
    guard let (list, size, number) = elements(ofType: type) else { return nil }
    let elements = fields.filter { $0.field == 4 || $0.field == list }
    guard elements.count == 1 else { return nil }
    switch elements[0].value {
    case .varint(let bits), .fixed64(let bits): return number(bits)
    case .fixed32(let bits): return number(UInt64(bits))
    // The content, or a packed list, which has all of its elements in one field: integers and halves as varints.
    case .bytes(let bytes):
      if elements[0].field == 4 || list == 5 || list == 6 {
        return bytes.count == size ? number(UInt64(littleEndian: bytes)) : nil
      }
      return ProtobufMessage.onlyVarint(in: bytes).map(number)
    }
  }

  /// For a tensor's type: the field that lists its elements, their size in bytes, and the number that their bits mean.
  private static func elements(ofType type: UInt64) -> (list: Int, size: Int, number: (UInt64) -> Double)? {
    switch type {
    case 1: (5, 4, { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) })
    case 2: (6, 8, { Double(bitPattern: $0) })
    case 3: (7, 4, { Double(Int32(truncatingIfNeeded: $0)) })
    case 4: (7, 1, { Double(UInt8(truncatingIfNeeded: $0)) })
    case 5: (7, 2, { Double(Int16(truncatingIfNeeded: $0)) })
    case 6: (7, 1, { Double(Int8(truncatingIfNeeded: $0)) })
    case 9: (10, 8, { Double(Int64(bitPattern: $0)) })
    // bfloat16, the upper half of a float.
    case 14: (13, 2, { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16)) })
    case 17: (7, 2, { Double(UInt16(truncatingIfNeeded: $0)) })
    case 19: (13, 2, { doubleOfHalf(UInt16(truncatingIfNeeded: $0)) })
    case 22: (16, 4, { Double(UInt32(truncatingIfNeeded: $0)) })
    case 23: (17, 8, { Double($0) })
    default: nil
    }
  }
}

extension EventFile {
  /// The run in a folder of event files: the events of all files, ordered by start time.
  ///
  /// - Throws: `ScheduleFileError`, also where there is no event file.
  init(folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let files = try names.filter { $0.contains("tfevents") }.map { name in
      try EventFile(FileBytes.read("\(folder)/\(name)"), path: "\(folder)/\(name)")
    }
    let runs = names.filter { name in
      (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)"))?.contains { $0.contains("tfevents") } == true
    }
    guard !files.isEmpty else {
      throw ScheduleFileError(
        .unreadable, path: folder,
        "this is a directory without TensorBoard's event files"
          + (runs.isEmpty ? "; expected a file" : "; there are some in: \(listed(runs))"))
    }
    // Stable: files with the same start time keep the order of their names.
    let order = files.indices.sorted { (files[$0].start ?? 0, $0) < (files[$1].start ?? 0, $1) }
    self = files[order[0]]
    for index in order.dropFirst() { append(files[index]) }
    subfolders = runs
  }
}
