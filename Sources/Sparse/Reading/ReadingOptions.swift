/// The index of a file's first feature.
public enum IndexBase: Int, Sendable, Hashable, CaseIterable, Codable {
  case zero = 0
  case one = 1
}

/// How a LIBSVM file is read.
public struct ReadingOptions: Sendable, Hashable {
  /// nil detects it: zero if index 0 occurs, else one.
  public var indexBase: IndexBase?
  /// Number of parsing threads, at least 1; nil uses one per core.
  public var threads: Int?
  /// Whether to compute the CRC-32 of the uncompressed text; this costs time except for gzip files.
  public var computesChecksum: Bool
  /// False parses everything with the byte loop, which defines the format; the result is the same.
  public var usesVectors: Bool
  /// Memory limit for the rows in bytes; nil uses the machine's available memory.
  public var memoryLimit: Int?
  /// Bytes of text read from a stream at a time, at least 1; does not affect the result.
  package var blockSize = TextBlocks.usualSize
  /// Smallest part of a text given to a thread, in bytes, at least 1; does not affect the result.
  package var leastRangeSize = 1 << 15

  public init(
    indexBase: IndexBase? = nil, threads: Int? = nil, computesChecksum: Bool = true, usesVectors: Bool = true,
    memoryLimit: Int? = nil
  ) {
    self.indexBase = indexBase
    self.threads = threads
    self.computesChecksum = computesChecksum
    self.usesVectors = usesVectors
    self.memoryLimit = memoryLimit
  }
}
