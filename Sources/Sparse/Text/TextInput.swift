/// An input's text, with the compression detected from its first bytes.
enum TextInput {
  case whole(MappedFile)
  case stream(any ByteStream)

  /// The compression of a text, named after the program that decompresses it.
  enum Compression: String, Sendable {
    case none, gzip, bzip2, xz, zstd

    private static let signatures: [(firstBytes: [UInt8], compression: Compression)] = [
      ([0x1F, 0x8B], .gzip), (Array("BZh".utf8), .bzip2), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz),
      ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    ]

    init(firstBytes: [UInt8]) {
      self = Self.signatures.first { firstBytes.starts(with: $0.firstBytes) }?.compression ?? .none
    }
  }

  /// Signatures of file formats that are not LIBSVM text, each with an explanation and advice.
  private static let strangers: [(firstBytes: [UInt8], message: String)] = [
    ([0xFF, 0xFE, 0, 0], "is UTF-32 text; convert it first, as with iconv -f UTF-32 -t UTF-8"),
    ([0, 0, 0xFE, 0xFF], "is UTF-32 text; convert it first, as with iconv -f UTF-32 -t UTF-8"),
    ([0xFF, 0xFE], "is UTF-16 text; convert it first, as with iconv -f UTF-16 -t UTF-8"),
    ([0xFE, 0xFF], "is UTF-16 text; convert it first, as with iconv -f UTF-16 -t UTF-8"),
    (Array("PK\u{3}\u{4}".utf8), "is a zip archive; unpack it first"),
    (Array("PK\u{5}\u{6}".utf8), "is an empty zip archive"),
    ([0x1F, 0x9D], "is compressed with compress; uncompress it first"),
    (Array("PAR1".utf8), "is a Parquet file; text in LIBSVM format is read"),
    ([0x93] + Array("NUMPY".utf8), "is a NumPy array; text in LIBSVM format is read"),
    ([0x89] + Array("HDF".utf8), "is an HDF5 file; text in LIBSVM format is read"),
  ]

  /// - Parameter firstBytes: of a file or of its decompressed text.
  static func refuseStrangers(_ firstBytes: [UInt8], _ name: String) throws(ReadingFailure) {
    guard let stranger = strangers.first(where: { firstBytes.starts(with: $0.firstBytes) }) else { return }
    throw ReadingFailure(
      kind: .badData, errors: [DataError(file: name, line: 1, column: 1, message: stranger.message)], errorCount: 1)
  }

  /// - Throws: `ReadingFailure` if the input cannot be opened, and for a file of another format.
  init(_ input: SystemInput) throws(ReadingFailure) {
    if input.isMappable, try Compression(firstBytes: Self.firstBytes(input)) == .none {
      self = .whole(try MappedFile(input))
    } else {
      self = .stream(try Self.stream(input))
    }
  }

  /// The decompressed text of an input as a stream, even if it could be mapped.
  ///
  /// - Throws: `ReadingFailure` if the input cannot be opened, and for a file of another format.
  static func stream(_ input: SystemInput) throws(ReadingFailure) -> any ByteStream {
    let compression = Compression(firstBytes: try firstBytes(input))
    switch compression {
    case .none: return input
    case .gzip: return try GzipInflater(input, name: input.name)
    case .bzip2, .xz, .zstd: return try DecompressorProcess(compression.rawValue, input)
    }
  }

  private static func firstBytes(_ input: SystemInput) throws(ReadingFailure) -> [UInt8] {
    let bytes = try input.peek()
    try refuseStrangers(bytes, input.name)
    return bytes
  }
}
