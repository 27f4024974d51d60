import CZlib

/// Parses ranges of text on one thread, in windows of whole lines: with the vector loop if it accepts the window, else with the
/// byte loop.
final class RangeParser: @unchecked Sendable {
  /// Text, positions and tables together fit the L1 cache.
  private static let windowSize = 1 << 13

  /// The labels of all ranges parsed so far.
  private(set) var labels = LabelTable()
  private let byteLoop: ByteLoop
  private let vectorLoop: VectorLoop?
  private let computesChecksum: Bool

  init(_ options: ReadingOptions, computesChecksum: Bool) {
    byteLoop = ByteLoop(indexBase: options.indexBase)
    vectorLoop = options.usesVectors ? VectorLoop(indexBase: options.indexBase) : nil
    self.computesChecksum = computesChecksum
  }

  /// Appends the rows of a range of whole lines.
  func parse(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, into rows: inout RangeRows) {
    let hasByteOrderMark = rows.firstLine == 1 && range.lowerBound == 0 && text.starts(with: [0xEF, 0xBB, 0xBF])
    var position = range.lowerBound + (hasByteOrderMark ? 3 : 0)
    var checksum = computesChecksum ? crc32_z(0, text.baseAddress, position - range.lowerBound) : 0
    while position < range.upperBound, !rows.endsEarly {
      let end = windowEnd(text, position..<range.upperBound)
      let window = UnsafeBufferPointer(rebasing: text[position..<end])
      if !parseByVectors(window, before: position, behind: text.count - end, &rows) {
        byteLoop.parse(window, into: &rows, labels: &labels)
      }
      // The window is in the cache now.
      if computesChecksum { checksum = crc32_z(checksum, window.baseAddress, window.count) }
      position = end
    }
    rows.byteCount = range.count
    rows.checksum = UInt32(truncatingIfNeeded: checksum)
  }

  /// - Parameters:
  ///   - before: readable bytes before the window.
  ///   - behind: readable bytes after the window.
  private func parseByVectors(
    _ window: UnsafeBufferPointer<UInt8>, before: Int, behind: Int, _ rows: inout RangeRows
  ) -> Bool {
    guard let vectorLoop, window.count <= VectorLoop.longestWindow else { return false }
    if behind >= VectorLoop.readBehind {
      return vectorLoop.parse(window, readableBefore: before, into: &rows, labels: &labels)
    }
    // The last window is copied, to have readable bytes after it and a final newline.
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: window.count + 1 + VectorLoop.readBehind) { copy in
      copy.initialize(repeating: 0)
      var count = copy.update(fromContentsOf: window)
      if copy[count - 1] != UInt8(ascii: "\n") {
        copy[count] = UInt8(ascii: "\n")
        count += 1
      }
      return vectorLoop.parse(UnsafeBufferPointer(rebasing: copy[..<count]), readableBefore: 0, into: &rows, labels: &labels)
    }
  }

  /// The end of the last line that ends within the window size; the end of the first line if that is longer.
  private func windowEnd(_ text: UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> Int {
    guard rest.count > Self.windowSize, let base = text.baseAddress else { return rest.upperBound }
    var end = rest.lowerBound + Self.windowSize
    while end > rest.lowerBound, base[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    return end > rest.lowerBound ? end : min(rest.upperBound, text.lineEnd(from: rest.lowerBound + Self.windowSize))
  }
}
