import Foundation

/// The content of a LIBSVM file, and properties of its text.
public struct LIBSVMFile: Sendable {
  /// As the caller gave it; `-` for standard input.
  public let path: String
  public let data: LabelledSparseData
  /// Detected, or forced by the options.
  public let indexBase: IndexBase
  /// Length of the uncompressed text.
  public let byteCount: Int
  /// CRC-32 of the uncompressed text, as in a gzip trailer; nil unless requested.
  public let checksum: UInt32?
  /// Rows with a `qid:N`; the query is ignored.
  public let queryRowCount: Int

  /// `checksum` as eight lower-case hexadecimal digits.
  public var checksumText: String? {
    checksum.map { String(format: "%08x", $0) }
  }
}
