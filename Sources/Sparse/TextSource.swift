/// An input, opened, with its compression recognised by its first bytes.
struct TextSource {
  enum Compression: Sendable {
    case none, gzip, bzip2, xz, zstandard

    init(firstBytes bytes: [UInt8]) {
      if bytes.starts(with: [0x1F, 0x8B]) {
        self = .gzip
      } else if bytes.starts(with: [0x42, 0x5A, 0x68]), bytes.count >= 4, (0x31...0x39).contains(bytes[3]) {
        self = .bzip2
      } else if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
        self = .xz
      } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
        self = .zstandard
      } else {
        self = .none
      }
    }
  }

  /// What a file is that begins with bytes that no text in LIBSVM format begins with, and what to do about it.
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

  /// - Parameter firstBytes: of a file, or of the text that it decompresses to.
  static func refuseStrangers(_ firstBytes: [UInt8], _ name: String) throws(ReadingFailure) {
    guard let stranger = strangers.first(where: { firstBytes.starts(with: $0.firstBytes) }) else { return }
    throw ReadingFailure(
      kind: .badData, errors: [DataError(file: name, line: 1, column: 1, message: stranger.message)], errorCount: 1)
  }

  let supply: ChunkDispatcher.Supply
  /// The stream, where it is a gzip stream.
  let inflater: GzipInflater?
  /// Length of the text as the trailer of a gzip file gives it; a guess, right for a single member below 4 GB.
  let announcedByteCount: Int?

  /// - Throws: `ReadingFailure` where the input cannot be opened.
  init(_ input: SystemInput, chunkSize: Int = TextChunk.size) throws(ReadingFailure) {
    var inflater: GzipInflater?
    var announced: Int?
    do throws(StreamEnd) {
      let first = try input.peek()
      do throws(ReadingFailure) { try Self.refuseStrangers(first, input.name) } catch { throw .failed(error) }
      switch Compression(firstBytes: first) {
      case .none:
        if let size = input.regularFileSize, input.path != "-" {
          let file = try Self.mapped(input, size)
          supply = .resident(ResidentChunks(file.bytes, owner: file, chunkSize: chunkSize))
        } else {
          supply = .stream(StreamedChunks(input, chunkSize: chunkSize))
        }
      case .gzip:
        let stream = try GzipInflater(input)
        inflater = stream
        announced = input.gzipTrailerLength()
        supply = .stream(StreamedChunks(stream, chunkSize: chunkSize, announcedByteCount: announced))
      case let compression:
        supply = .stream(StreamedChunks(try DecompressorProcess(compression, input), chunkSize: chunkSize))
      }
    } catch {
      throw error.failure(ofFile: input.name)
    }
    self.inflater = inflater
    announcedByteCount = announced
  }

  /// Text that is in memory, plain or compressed with gzip.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - name: for messages.
  ///   - chunkSize: bytes of a chunk, at least 1.
  init(_ bytes: [UInt8], name: String, chunkSize: Int = TextChunk.size) throws(ReadingFailure) {
    announcedByteCount = nil
    try Self.refuseStrangers(Array(bytes.prefix(8)), name)
    switch Compression(firstBytes: Array(bytes.prefix(8))) {
    case .none:
      inflater = nil
      let text = ChunkBuffer(capacity: bytes.count)
      _ = text.bytes.update(fromContentsOf: bytes)
      supply = .resident(
        ResidentChunks(UnsafeBufferPointer(rebasing: text.bytes[..<bytes.count]), owner: text, chunkSize: chunkSize))
    case .gzip:
      do throws(StreamEnd) {
        let inflater = try GzipInflater(ByteArrayStream(bytes))
        self.inflater = inflater
        supply = .stream(StreamedChunks(inflater, chunkSize: chunkSize))
      } catch {
        throw error.failure(ofFile: name)
      }
    case .bzip2, .xz, .zstandard:
      throw ReadingFailure(kind: .badData, file: name, message: "only plain text and gzip are read from memory")
    }
  }

  /// The chunks of an input one after the other, for whoever needs no more.
  ///
  /// - Throws: `ReadingFailure` where the input cannot be opened.
  static func stream(_ input: SystemInput) throws(ReadingFailure) -> any ChunkSource {
    switch try TextSource(input).supply {
    case .stream(let chunks): chunks
    case .resident: StreamedChunks(input)
    }
  }

  private static func mapped(_ input: SystemInput, _ size: Int) throws(StreamEnd) -> MappedFile {
    do throws(ReadingFailure) {
      return try MappedFile(input, size: size)
    } catch {
      throw .failed(error)
    }
  }
}
