import CZlib

/// Named arrays in NumPy's `.npz` format, as `numpy.savez` writes it: a ZIP archive of uncompressed `.npy` files.
///
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
public struct NumPyArchiveFile: Sendable {
  public let arrays: [(name: String, array: NumPyArrayFile)]

  public init(_ arrays: [(name: String, array: NumPyArrayFile)]) { self.arrays = arrays }

  /// The file's bytes.
  ///
  /// - Parameter path: of the file, for the message.
  /// - Throws: `ScheduleFileError` if they are more than 2 GiB.
  /// - Complexity: O(elements).
  public func bytes(path: String) throws -> [UInt8] {
    var members: [UInt8] = []
    var directory: [UInt8] = []
    for (name, array) in arrays {
      let contents = array.bytes
      guard members.count + contents.count < 1 << 31 else {
        throw ScheduleFileError(.unwritable, path: path, "the arrays take more than 2 GiB; expected fewer runs or steps")
      }
      let file = Array("\(name).npy".utf8)
      let checksum = contents.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      // Version 2.0, no flags, stored; 1 January 1980, so that equal arrays make equal files.
      let common =
        Self.bytes(20, 0, 0, width: 2) + Self.bytes(0, 0x21, width: 2)
        + Self.bytes(Int(checksum), contents.count, contents.count, width: 4) + Self.bytes(file.count, 0, width: 2)
      directory += Array("PK\u{1}\u{2}".utf8) + Self.bytes(20, width: 2) + common
      directory += Self.bytes(0, 0, 0, width: 2) + Self.bytes(0, members.count, width: 4) + file
      members += Array("PK\u{3}\u{4}".utf8) + common + file + contents
    }
    let end =
      Array("PK\u{5}\u{6}".utf8) + Self.bytes(0, 0, arrays.count, arrays.count, width: 2)
      + Self.bytes(directory.count, members.count, width: 4) + Self.bytes(0, width: 2)
    return members + directory + end
  }

  /// Little-endian numbers of `width` bytes.
  private static func bytes(_ numbers: Int..., width: Int) -> [UInt8] {
    numbers.flatMap { number in (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
  }
}
