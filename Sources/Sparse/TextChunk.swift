#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Some whole lines of a text, with readable bytes behind them.
struct TextChunk {
  /// Behind the text this many bytes can be read.
  static let padding = 128
  /// Small enough that counting brings a chunk into the second-level cache, where parsing finds it.
  static let size = 1 << 17
  /// A line may be this long, so that no input makes the reader keep more.
  static let longestLine = 1 << 26
  static let longLineMessage = "a line of more than \(longestLine) bytes is not read"

  /// Whether the first line of a text that ends with a newline is too long.
  static func beginsWithLongLine(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count > longestLine, let base = text.baseAddress else { return false }
    return memchr(base, CInt(UInt8(ascii: "\n")), longestLine + 1) == nil
  }

  /// Empty, or ends with a newline, which the input may lack.
  let text: UnsafeBufferPointer<UInt8>
  /// Bytes of the input: what `text` has without an added newline.
  let byteCount: Int
  /// Keeps the memory.
  let owner: AnyObject
}

/// Where chunks come from, one by one, in order.
protocol ChunkSource: AnyObject {
  /// The next chunk; nil at the end of the text.
  func next() -> TextChunk?
  /// After the end: what broke off the text, and how many bytes of an unfinished line came before that.
  var interruption: (message: String, column: Int)? { get }
  /// After the end: the failure of the operating system that ended it.
  var failure: ReadingFailure? { get }
}
