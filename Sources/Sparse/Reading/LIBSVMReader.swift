/// Reads files in LIBSVM format, as defined by `LineScanner`.
public enum LIBSVMReader {
  /// Reads a whole file.
  ///
  /// Labels become classes in ascending order. Entries written as zero are kept. Compression is detected from the first bytes:
  /// gzip with one or more members is read directly; bzip2, xz and zstd through the system's programs. The result does not
  /// depend on the number of threads.
  ///
  /// Blocks the calling thread. bzip2, xz and zstd need a free thread of Swift's concurrency pool, so asynchronous code must
  /// not block all of its threads here.
  ///
  /// - Parameters:
  ///   - path: The file; `-` for standard input.
  ///   - options: Index base, threads and checksum.
  /// - Throws: `ReadingFailure`: with the first ten errors of a malformed file; if there are no rows or no features; if the
  ///   rows need more memory than is available; if the labels are a regression target (more than 2,000 distinct ones, some
  ///   fractional).
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let input = try SystemInput(path: path)
    switch try TextInput(input) {
    case .whole(let file):
      var reading = TextReading(name: input.name, options: options, computesChecksum: options.computesChecksum)
      reading.read(file.bytes)
      try file.checkLength()
      return try reading.file(path: path, checksum: nil)
    case .stream(let stream):
      return try read(stream, path: path, name: input.name, options)
    }
  }

  /// Reads text from memory, plain or compressed with gzip, as `read(path:options:)` reads a file.
  ///
  /// - Parameter name: Used in place of the path.
  /// - Throws: `ReadingFailure`, as for a file, and for any other compression.
  public static func read(
    bytes: [UInt8], name: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let start = Array(bytes.prefix(8))
    try TextInput.refuseStrangers(start, name)
    switch TextInput.Compression(firstBytes: start) {
    case .none:
      var reading = TextReading(name: name, options: options, computesChecksum: options.computesChecksum)
      _ = bytes.withUnsafeBufferPointer { reading.read($0) }
      return try reading.file(path: name, checksum: nil)
    case .gzip:
      return try read(GzipInflater(ByteArrayStream(bytes), name: name), path: name, name: name, options)
    case .bzip2, .xz, .zstd:
      throw ReadingFailure(kind: .badData, file: name, message: "only plain text and gzip are read from memory")
    }
  }

  private static func read(
    _ stream: any ByteStream, path: String, name: String, _ options: ReadingOptions
  ) throws(ReadingFailure) -> LIBSVMFile {
    // Inflating computes the checksum anyway.
    let inflater = stream as? GzipInflater
    var reading = TextReading(name: name, options: options, computesChecksum: options.computesChecksum && inflater == nil)
    try reading.read(stream)
    return try reading.file(path: path, checksum: inflater?.checksum)
  }

  /// Passes the decompressed text of a file to `body`, piece by piece, up to the first failure.
  ///
  /// - Throws: `ReadingFailure` if the file cannot be read, and whatever `body` throws.
  package static func decompress(path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let blocks = TextBlocks(try TextInput.stream(SystemInput(path: path)))
    blocks.advance()
    while let block = blocks.current {
      try body(UnsafeRawBufferPointer(block))
      blocks.advance()
    }
    if let failure = blocks.failure { throw failure }
  }
}
