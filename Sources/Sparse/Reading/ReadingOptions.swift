/// How the indices of a file count its features.
public enum IndexBase: Int, Sendable, Hashable, CaseIterable, Codable {
  case zero = 0
  case one = 1
}

/// How a LIBSVM file is read.
public struct ReadingOptions: Sendable, Hashable {
  /// nil detects it: zero where index 0 occurs, else one.
  public var indexBase: IndexBase?
  /// Threads that parse, at least 1; nil takes one for each core.
  public var threads: Int?
  /// Whether the CRC-32 of the uncompressed text is computed; it costs time for files that are not gzip files.
  public var computesChecksum: Bool
  /// False leaves everything to the byte loop, which defines the format; the result is the same.
  public var usesVectors: Bool
  /// Bytes that the rows may take; nil takes what the machine has available.
  public var memoryLimit: Int?
  /// Bytes of a stream's text that are read at a time, at least 1; the result is the same.
  package var blockSize = TextBlocks.usualSize
  /// Text is not divided among threads in smaller parts than this, at least 1; the result is the same.
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
