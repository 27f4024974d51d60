import Platform

/// A regular file, mapped into memory for reading.
///
/// The file must not be truncated while mapped: reading past its end raises SIGBUS.
final class MappedFile {
  let bytes: UnsafeBufferPointer<UInt8>
  private let input: SystemInput

  /// - Throws: `ReadingFailure` if the file cannot be mapped.
  init(_ input: SystemInput) throws(ReadingFailure) {
    self.input = input
    guard let size = input.regularFileSize, size > 0 else {
      bytes = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, input.descriptor, 0), address != MAP_FAILED else {
      throw ReadingFailure(kind: .inputOutput, file: input.name, message: "cannot map the file: \(systemErrorMessage())")
    }
    bytes = UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
  }

  /// - Throws: `ReadingFailure` if the file's length has changed, as when it is still being written.
  func checkLength() throws(ReadingFailure) {
    let now = try input.status().st_size
    guard now == bytes.count else {
      let message = "had \(bytes.count) bytes and now has \(now): it was changed while it was read"
      throw ReadingFailure(kind: .inputOutput, file: input.name, message: message)
    }
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }
}
