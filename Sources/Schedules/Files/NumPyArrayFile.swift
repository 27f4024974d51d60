/// An array of numbers in NumPy's `.npy` format: reads versions 1.0, 2.0 and 3.0, writes version 1.0.
///
/// Source: numpy.lib.format in NumPy's documentation. Little-endian, C order.
///
///     try NumPyArrayFile(shape: [2, 3], int32: [1, 2, 3, 4, 5, 6]).write(to: "order.npy")
public struct NumPyArrayFile: Sendable, Hashable {
  /// The elements, in C order (last index fastest).
  public enum Elements: Sendable, Hashable {
    case float32([Float])
    case float64([Double])
    case int32([Int32])

    var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .int32(let values): values.count
      }
    }

    var typeDescription: String {
      switch self {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int32: "<i4"
      }
    }
  }

  public let shape: [Int]
  public let elements: Elements

  /// - Precondition: the number of elements matches the shape.
  public init(shape: [Int], elements: Elements) {
    precondition(shape.reduce(1, *) == elements.count, "\(elements.count) elements do not make the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  public init(shape: [Int], float32 values: [Float]) { self.init(shape: shape, elements: .float32(values)) }
  public init(shape: [Int], float64 values: [Double]) { self.init(shape: shape, elements: .float64(values)) }
  public init(shape: [Int], int32 values: [Int32]) { self.init(shape: shape, elements: .int32(values)) }

  /// The elements as Double, in C order.
  public var doubles: [Double] {
    switch elements {
    case .float32(let values): values.map(Double.init)
    case .float64(let values): values
    case .int32(let values): values.map(Double.init)
    }
  }

  /// The file's bytes. - Complexity: O(elements).
  public var bytes: [UInt8] {
    var bytes = Self.head(shape: shape, type: elements.typeDescription)
    switch elements {
    case .float32(let values): Self.append(values, to: &bytes)
    case .float64(let values): Self.append(values, to: &bytes)
    case .int32(let values): Self.append(values, to: &bytes)
    }
    return bytes
  }

  /// What precedes the elements in a file of float32, for programs that write these block by block.
  public static func headOfFloat32(shape: [Int]) -> [UInt8] { head(shape: shape, type: "<f4") }

  private static func head(shape: [Int], type: String) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // NumPy pads with spaces so that the data starts at a multiple of 64 bytes: 10 bytes of prefix, 1 byte of newline.
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    return magic + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
  }

  /// - Throws: `ScheduleFileError` where the file cannot be written.
  public func write(to path: String) throws { try FileBytes.write(bytes, to: path) }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  static func hasMagic(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

  /// Appends the values as they are in memory: every processor that Swift compiles for is little-endian.
  private static func append<Value: BitwiseCopyable>(_ values: [Value], to bytes: inout [UInt8]) {
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

// MARK: - Reading

extension NumPyArrayFile {
  /// Reads `path`, which may be gzip-compressed.
  ///
  /// - Throws: `ScheduleFileError` where the file does not exist, or is not an array of floats of 16, 32 or 64 bits or of
  ///   integers, of either byte order, in C order. Types other than float32 and int32 become float64.
  public init(path: String) throws { try self.init(bytes: FileBytes.read(path), path: path) }

  init(bytes: [UInt8], path: String) throws {
    func malformed(_ message: String) -> ScheduleFileError { ScheduleFileError(.malformed, path: path, message) }
    guard Self.hasMagic(bytes), bytes.count >= 12, (1...3).contains(bytes[6]) else {
      throw malformed("not a NumPy array file of version 1, 2 or 3")
    }
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let headerLength = bytes[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = 8 + lengthBytes + headerLength
    guard start <= bytes.count else { throw malformed("the NumPy header ends early") }
    let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
    guard let shape = Self.shape(inHeader: header) else { throw malformed("the NumPy header has no shape: \(header)") }
    guard header.contains("'fortran_order': False") || shape.count <= 1 else {
      throw malformed("the array is in Fortran order; expected C order (numpy.ascontiguousarray)")
    }
    let (descr, type) = Self.type(inHeader: header)
    guard let type else {
      throw malformed("an array of type \(descr); expected float16, float32, float64 or integers (numpy.astype)")
    }
    let size = type.size
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw malformed("the array's shape \(shape) is impossible") }
      count = product
    }
    guard count <= (bytes.count - start) / size, bytes.count - start == count * size else {
      throw malformed(
        "\(counted(bytes.count - start, "byte")) of data; expected \(counted(count, "number")) of "
          + "\(counted(size, "byte")) for the shape \(shape)")
    }
    func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
      let words = Self.words(bytes[start...], Word.self)
      return type.isBigEndian ? words.map(\.byteSwapped) : words
    }
    func doubles<Word: FixedWidthInteger>(_: Word.Type) -> [Double] { words(Word.self).map { Double($0) } }
    switch (type.kind, size) {
    case ("f", 2): self.init(shape: shape, float64: words(UInt16.self).map(doubleOfHalf))
    case ("f", 4): self.init(shape: shape, float32: words(UInt32.self).map { Float(bitPattern: $0) })
    case ("f", _): self.init(shape: shape, float64: words(UInt64.self).map { Double(bitPattern: $0) })
    case ("i", 1): self.init(shape: shape, float64: doubles(Int8.self))
    case ("i", 2): self.init(shape: shape, float64: doubles(Int16.self))
    case ("i", 4): self.init(shape: shape, int32: words(Int32.self))
    case ("i", _): self.init(shape: shape, float64: doubles(Int64.self))
    case (_, 1): self.init(shape: shape, float64: doubles(UInt8.self))
    case (_, 2): self.init(shape: shape, float64: doubles(UInt16.self))
    case (_, 4): self.init(shape: shape, float64: doubles(UInt32.self))
    default: self.init(shape: shape, float64: doubles(UInt64.self))
    }
  }

  private struct ElementType {
    /// f, i or u.
    var kind: Character
    /// In bytes.
    var size: Int
    var isBigEndian: Bool
  }

  /// The type as the header spells it, as in `<f4`; nil beside it for types that are not read.
  private static func type(inHeader header: String) -> (text: String, type: ElementType?) {
    guard let key = header.firstRange(of: "'descr':") else { return ("unknown", nil) }
    let rest = header[key.upperBound...].drop { $0 == " " }
    let text = rest.prefix(upTo: rest.firstRange(of: ", 'fortran")?.lowerBound ?? rest.endIndex).filter { $0 != "'" }
    let characters = Array(text)
    guard characters.count == 3, "<>|=".contains(characters[0]), let size = characters[2].wholeNumberValue,
      characters[1] == "f" ? [2, 4, 8].contains(size) : "iu".contains(characters[1]) && [1, 2, 4, 8].contains(size)
    else { return (text, nil) }
    return (text, ElementType(kind: characters[1], size: size, isBigEndian: characters[0] == ">"))
  }

  private static func shape(inHeader header: String) -> [Int]? {
    guard let key = header.firstRange(of: "'shape':"), let open = header[key.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    var shape: [Int] = []
    for item in header[header.index(after: open)..<close].split(separator: ",") {
      let text = item.filter { $0 != " " }
      if text.isEmpty { continue }
      guard let length = Int(text), length >= 0 else { return nil }
      shape.append(length)
    }
    return shape
  }

  private static func words<Word: FixedWidthInteger>(_ data: ArraySlice<UInt8>, _: Word.Type) -> [Word] {
    data.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Word>.size).map {
        Word(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self))
      }
    }
  }
}

/// The value of an IEEE half-precision number. (`Float16` is not available on every platform.)
func doubleOfHalf(_ bits: UInt16) -> Double {
  let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
  let magnitude =
    switch exponent {
    case 0: fraction * 0x1p-24
    case 31: fraction == 0 ? Double.infinity : .nan
    default: Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
  return bits >> 15 == 0 ? magnitude : -magnitude
}
