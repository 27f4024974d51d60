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

  let chunks: any ChunkSource
  /// The chunks, where they are those of a mapped file.
  let mapped: MappedChunks?
  /// The stream, where it is a gzip stream.
  let inflater: GzipInflater?
  /// Length of the text as the trailer of a gzip file gives it; a guess, right for a single member below 4 GB.
  let announcedByteCount: Int?

  /// - Throws: `ReadingFailure` where the input cannot be opened.
  init(_ input: SystemInput) throws(ReadingFailure) {
    do throws(StreamEnd) {
      let first = try input.peek()
      switch Compression(firstBytes: first) {
      case .none:
        inflater = nil
        announcedByteCount = nil
        if let size = input.regularFileSize, input.path != "-" {
          let file = try Self.mapped(input, size)
          mapped = MappedChunks(file)
          chunks = MappedChunks(file)
        } else {
          mapped = nil
          chunks = StreamedChunks(input)
        }
      case .gzip:
        let inflater = try GzipInflater(input)
        self.inflater = inflater
        mapped = nil
        announcedByteCount = input.gzipTrailerLength()
        chunks = StreamedChunks(inflater)
      case let compression:
        inflater = nil
        mapped = nil
        announcedByteCount = nil
        chunks = StreamedChunks(try DecompressorProcess(compression, input))
      }
    } catch {
      switch error {
      case .failed(let failure): throw failure
      case .interrupted(let message): throw ReadingFailure(kind: .badData, file: input.name, message: message)
      }
    }
  }

  private static func mapped(_ input: SystemInput, _ size: Int) throws(StreamEnd) -> MappedFile {
    do throws(ReadingFailure) {
      return try MappedFile(descriptor: input.descriptor, size: size, path: input.path)
    } catch {
      throw .failed(error)
    }
  }
}
