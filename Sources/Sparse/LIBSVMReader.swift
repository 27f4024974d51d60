/// Reads files in LIBSVM format, the format that `LineScanner` defines.
public enum LIBSVMReader {
  /// Reads a file whole.
  ///
  /// Labels become classes in ascending order. Entries that the file writes as zero are kept. Compression is known by the
  /// first bytes: gzip, of one member or several, and through the system's own programs bzip2, xz and zstd. The result does
  /// not depend on the number of threads. Blocks the calling thread. bzip2, xz and zstd need a thread of Swift's concurrency pool
  /// that is free: asynchronous code that reads such files must not wait here on all of them.
  ///
  /// - Parameters:
  ///   - path: The file; `-` for standard input.
  ///   - options: Index base, threads and checksum.
  /// - Throws: `ReadingFailure`: with the first ten errors for a file with errors, for one without rows or features, for one
  ///   that needs more memory than there is, and for one whose labels are a regression target (more than 2,000 distinct
  ///   ones, some with fractions).
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let input = try SystemInput(path: path)
    let source = try TextSource(input, chunkSize: options.chunkSize)
    return try FileReading(path: path, name: input.name, source: source, options: options).result()
  }

  /// Reads text that is in memory, plain or compressed with gzip, as `read(path:options:)` reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The content of a file.
  ///   - name: Stands for the path.
  ///   - options: Index base, threads and checksum.
  /// - Throws: `ReadingFailure`, as for a file, and for text compressed in another way.
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    bytes: [UInt8], name: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let source = try TextSource(bytes, name: name, chunkSize: options.chunkSize)
    return try FileReading(path: name, name: name, source: source, options: options).result()
  }
}
