/// Synthetic text in LIBSVM format with the shape of well-known datasets, for benchmarks of the reader; always the same bytes.
public enum MadeUpText: String, Sendable, CaseIterable {
  /// 15,000 rows of 16 features, values of 1 to 10 characters in fifteenths of [-1, 1].
  case letter
  /// 32,561 rows of 14 of 123 features, all values 1.
  case a9a
  /// 15,935 rows of 80 of 62,061 features, values mostly 1.
  case news20
  /// 1 GB in rows of 1 to 60 of 100,000 features, values with 6 significant digits.
  case gigabyte

  /// Passes the text to `body`, piece by piece.
  ///
  /// - Complexity: O(bytes), about half a second for 1 GB.
  public func write(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    var writer = RowWriter()
    var row = 0
    var byteCount = 0
    while self == .gigabyte ? byteCount < 1_000_000_000 : row < rowCount {
      writeRow(&writer)
      row += 1
      if writer.bytes.count >= 1 << 20 {
        byteCount += writer.bytes.count
        try writer.bytes.withUnsafeBufferPointer(body)
        writer.bytes.removeAll(keepingCapacity: true)
      }
    }
    try writer.bytes.withUnsafeBufferPointer(body)
  }

  private var rowCount: Int {
    switch self {
    case .letter: 15_000
    case .a9a: 32_561
    case .news20: 15_935
    case .gigabyte: 0
    }
  }

  private func writeRow(_ writer: inout RowWriter) {
    switch self {
    case .letter:
      writer.writeInteger(1 + writer.next(below: 26))
      for index in 1...16 {
        writer.writeIndex(index)
        writer.writeFifteenth(writer.next(below: 16))
      }
    case .a9a:
      writer.writeSign(isNegative: writer.next(below: 4) > 0)
      writer.writeInteger(1)
      for place in 0..<14 {
        writer.writeIndex(writer.nextIndex(place, of: 14, below: 123))
        writer.writeInteger(1)
      }
    case .news20:
      writer.writeInteger(1 + writer.next(below: 20))
      for place in 0..<80 {
        writer.writeIndex(writer.nextIndex(place, of: 80, below: 62_061))
        writer.writeInteger(1 + max(0, writer.next(below: 12) - 9))
      }
    case .gigabyte:
      writer.writeInteger(writer.next(below: 10))
      let entries = 1 + writer.next(below: 60)
      for place in 0..<entries {
        writer.writeIndex(writer.nextIndex(place, of: entries, below: 100_000))
        if writer.next(below: 2) == 0 { writer.writeSign(isNegative: true) }
        writer.writeFraction(1 + writer.next(below: 999_999), digits: 6)
      }
    }
    writer.bytes += " \n".utf8
  }
}

/// The bytes of rows, and the random generator behind them.
private struct RowWriter {
  var bytes: [UInt8] = []
  private var random = SplitMix64(seed: 0)

  mutating func next(below bound: Int) -> Int { Int(((random.next() >> 32) &* UInt64(bound)) >> 32) }

  /// The index at position `place` of `count` ascending indices from 1 to `bound`, each drawn from its own part of the range.
  mutating func nextIndex(_ place: Int, of count: Int, below bound: Int) -> Int {
    1 + place * bound / count + next(below: bound / count)
  }

  mutating func writeSign(isNegative: Bool) { bytes.append(UInt8(ascii: isNegative ? "-" : "+")) }

  mutating func writeInteger(_ value: Int) {
    var divisor = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  mutating func writeIndex(_ index: Int) {
    bytes.append(UInt8(ascii: " "))
    writeInteger(index)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Writes `numerator` / 10^`digits` without trailing zeros.
  mutating func writeFraction(_ numerator: Int, digits: Int) {
    bytes += "0.".utf8
    var rest = numerator
    var digits = digits
    while digits > 1, rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor % 10))
      divisor /= 10
    }
  }

  /// Writes `number` / 7.5 - 1 with 6 significant digits, as in files scaled to [-1, 1].
  mutating func writeFifteenth(_ number: Int) {
    let fifteenths = 2 * number - 15
    if fifteenths < 0 { writeSign(isNegative: true) }
    switch abs(fifteenths) {
    case 15: bytes.append(UInt8(ascii: "1"))
    case 1: writeFraction(666_667, digits: 7)
    case let size: writeFraction((size * 2_000_000 + 15) / 30, digits: 6)
    }
  }
}
