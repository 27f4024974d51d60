#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A regular file, mapped into memory for reading.
///
/// The file must not be cut short while it is mapped: the operating system ends a process that reads beyond a file's end with SIGBUS.
final class MappedFile {
  let bytes: UnsafeBufferPointer<UInt8>
  private let input: SystemInput
  /// Gives the memory back, while who has read it goes on: the system takes out page after page, which takes about a tenth of the time
  /// of reading them.
  var unmappingTeam: WorkerTeam?

  /// - Throws: `ReadingFailure` where the file cannot be mapped.
  init(_ input: SystemInput, size: Int) throws(ReadingFailure) {
    self.input = input
    guard size > 0 else {
      bytes = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, input.descriptor, 0), address != MAP_FAILED else {
      throw ReadingFailure(kind: .inputOutput, file: input.path, message: "cannot map the file: \(systemErrorMessage())")
    }
    _ = madvise(address, size, MADV_SEQUENTIAL)
    bytes = UnsafeBufferPointer(start: address.assumingMemoryBound(to: UInt8.self), count: size)
  }

  /// Fills a buffer with the bytes from `offset` on, without bringing their pages into the mapping.
  ///
  /// - Returns: false where they cannot be had.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) -> Bool {
    pread(input.descriptor, buffer.baseAddress, buffer.count, off_t(offset)) == buffer.count
  }

  /// - Throws: `ReadingFailure` where the file no longer has the length that it had: whoever writes it has not finished.
  func checkLength() throws(ReadingFailure) {
    let now = try input.status().st_size
    guard now == bytes.count else {
      let message = "had \(bytes.count) bytes and now has \(now): it was changed while it was read"
      throw ReadingFailure(kind: .inputOutput, file: input.name, message: message)
    }
  }

  deinit {
    guard let base = bytes.baseAddress else { return }
    let (address, count) = (UInt(bitPattern: base), bytes.count)
    let unmap: @Sendable () -> Void = { munmap(UnsafeMutableRawPointer(bitPattern: address), count) }
    if let unmappingTeam { unmappingTeam.runAtEnd(unmap) } else { unmap() }
  }
}

/// What the operating system says about the call that failed last on this thread.
func systemErrorMessage() -> String {
  String(cString: strerror(errno))
}
