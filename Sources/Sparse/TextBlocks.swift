import CZlib

/// The text of an input, uncompressed, as blocks of whole lines.
///
/// A plain file is one block, mapped. A gzip file, known by its first two bytes, comes as blocks of about a megabyte.
struct TextBlocks {
  /// A line may be this long, so that no input makes the reader keep more.
  static let longestLine = 1 << 26
  private static let blockSize = 1 << 20

  private let input: SystemInput

  init(input: SystemInput) {
    self.input = input
  }

  /// Calls `body` with block after block.
  ///
  /// - Returns: What broke off the text, if anything did.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(ReadingFailure) -> String? {
    if let size = input.regularFileSize, size > 0 {
      let file = try MappedFile(descriptor: input.descriptor, size: size, path: input.path)
      if size >= 2, file.bytes[0] == 0x1F, file.bytes[1] == 0x8B {
        var position = 0
        return try forEachInflated(body) { buffer throws(ReadingFailure) in
          let count = min(buffer.count, size - position)
          _ = buffer.update(fromContentsOf: file.bytes[position..<(position + count)])
          position += count
          return count
        }
      }
      body(file.bytes)
      return nil
    }
    if input.regularFileSize == nil {
      throw ReadingFailure(kind: .noInput, file: input.name, message: "not a regular file")
    }
    return nil
  }

  private func forEachInflated(
    _ body: (UnsafeBufferPointer<UInt8>) -> Void,
    source: @escaping (UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int
  ) throws(ReadingFailure) -> String? {
    var buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.blockSize)
    defer { buffer.deallocate() }
    var kept = 0
    do {
      let inflater = try GzipInflater(source: source)
      while true {
        let count = try inflater.read(into: UnsafeMutableBufferPointer(rebasing: buffer[kept...]))
        let filled = kept + count
        if filled == 0 { return nil }
        if count == 0 {
          body(UnsafeBufferPointer(rebasing: buffer[..<filled]))
          return nil
        }
        let whole = buffer[..<filled].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if whole > 0 { body(UnsafeBufferPointer(rebasing: buffer[..<whole])) }
        kept = filled - whole
        if whole == 0, filled == buffer.count {
          guard buffer.count < Self.longestLine else { return "a line of more than \(Self.longestLine) bytes" }
          let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: buffer.count * 2)
          _ = larger.update(fromContentsOf: buffer)
          buffer.deallocate()
          buffer = larger
        } else {
          _ = buffer.update(fromContentsOf: UnsafeBufferPointer(rebasing: buffer[whole..<filled]))
        }
      }
    } catch let failure as ReadingFailure {
      throw failure
    } catch GzipInflater.Failure.truncated {
      return "the gzip stream ends before its end; the file is cut short"
    } catch GzipInflater.Failure.trailingBytes {
      return "bytes that are not gzip follow the gzip stream"
    } catch GzipInflater.Failure.corrupt(let message) {
      return "the gzip stream is corrupt (\(message))"
    } catch {
      throw ReadingFailure(kind: .inputOutput, file: input.name, message: "no memory for zlib")
    }
  }
}
