import Benchmarking
import Foundation
import Testing

@testable import Sparse

/// The bits of every number are those of `strtof` and `strtod`.
@Suite struct DecimalNumberTests {
  private static func value(_ text: String) -> (float: UInt32, double: UInt64, length: Int)? {
    var copy = text
    return copy.withUTF8 { bytes in
      DecimalNumber(prefixOf: bytes).map { ($0.float.bitPattern, $0.double.bitPattern, $0.text.count) }
    }
  }

  private static func differences(_ texts: some Sequence<String>) -> [String] {
    texts.filter { text in
      guard let value = value(text) else { return true }
      return value.float != strtof(text, nil).bitPattern || value.double != strtod(text, nil).bitPattern
        || value.length != text.utf8.count
    }
  }

  @Test func shortNumbers() {
    #expect(Self.differences((0..<100_000).lazy.map { "\($0)" }).isEmpty)
    #expect(Self.differences((0..<100_000).lazy.map { "-0.\($0)" }).isEmpty)
    #expect(Self.differences((0..<100_000).lazy.map { "\($0 / 100).\($0 % 100)" }).isEmpty)
  }

  @Test func numbersOfEveryLengthAndExponent() {
    var generator = SplitMix64(seed: 1)
    let texts = (0..<400_000).lazy.map { _ in
      let digits = Self.digits(1 + generator.below(30), &generator)
      let point = generator.below(digits.count + 1)
      let sign = ["", "-", "+"][generator.below(3)]
      let exponent = generator.below(3) == 0 ? "e\(generator.below( 100) - 50)" : ""
      return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))\(exponent)"
    }
    #expect(Self.differences(texts).prefix(5).isEmpty)
  }

  /// Shortest spellings of Floats with any bits, and spellings with 17 digits.
  @Test func spellingsOfFloats() {
    var generator = SplitMix64(seed: 2)
    let floats = (0..<400_000).lazy.map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
      .filter(\.isFinite)
    #expect(Self.differences(floats.map { "\($0)" }).prefix(5).isEmpty)
    #expect(Self.differences(floats.prefix(100_000).map { String(format: "%.17g", Double($0)) }).prefix(5).isEmpty)
  }

  /// The numbers half-way between two Floats, which have up to 112 significant digits, and those a last digit beside them: the least
  /// error in rounding shows here.
  @Test func middlesBetweenFloats() {
    var generator = SplitMix64(seed: 3)
    var texts: [String] = []
    for round in 0..<4_000 {
      let bits: UInt32 =
        switch round % 4 {
        case 0: UInt32(generator.below(1 << 23))  // subnormal
        case 1: UInt32(round / 4)
        default: UInt32(generator.below(0x7F7F_FFFF))
        }
      let middle = (Double(Float(bitPattern: bits)) + Double(Float(bitPattern: bits + 1))) / 2
      let exact = String(format: "%.150g", middle)
      texts += [
        exact, "-" + exact, String(format: "%.17g", middle), String(format: "%.16e", middle), String(format: "%.200f", middle),
      ]
      texts += [String(format: "%.17g", middle.nextUp), String(format: "%.17g", middle.nextDown)]
      if !exact.contains("e") { texts += [exact + (exact.contains(".") ? "" : ".") + "00000000000000000000001"] }
    }
    #expect(Self.differences(texts).prefix(5).isEmpty)
  }

  @Test func endsOfTheRange() {
    let limits = [
      "0", "-0", "0.0", "00", "0e9999999999", "-0e-9999999999", "1e-45", "7.0064923216240853e-46", "7.0064923216240854e-46",
      "1.401298464324817e-45", "1.1754943508222875e-38", "1.1754942807573643e-38", "1.1754942807573642e-38",
      "3.4028234663852886e38", "3.4028235677973365e38", "3.4028235677973366e38", "3.4028235677973367e38", "1e39", "-1e39",
      "1e400", "-1e400", "1e99999999999999999999", "1e-99999999999999999999", "4.9e-324", "2.4703282292062327e-324",
      "2.4703282292062328e-324", "1.7976931348623157e308", "1.7976931348623159e308", "16777216", "16777217", "16777218",
      "16777219", "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740995", "18446744073709551615",
      "18446744073709551616", "0.000000000000000000000000000000000000000000001", "1" + String(repeating: "0", count: 300),
      "1" + String(repeating: "0", count: 40) + "e-40", "0." + String(repeating: "0", count: 400) + "1e401",
      String(repeating: "9", count: 800), "." + String(repeating: "3", count: 800), "5.", ".5", "-.5", "+5.", "1E5", "1e+05",
    ]
    #expect(Self.differences(limits).isEmpty)
  }

  @Test(arguments: ["", "-", "+", ".", "-.", "e5", ".e5", "nan", "inf", "x", " 1", "--1", "+-1"])
  func whatIsNoNumber(text: String) {
    #expect(Self.value(text) == nil)
  }

  /// Scanning stops where the number ends: the rest is for the caller to refuse.
  @Test(arguments: [
    ("1e", 1), ("1e+", 1), ("0x10", 1), ("1.2.3", 3), ("1-", 1), ("1,5", 1), ("1_0", 1), ("1e5e5", 3), ("1f", 1),
  ])
  func theNumberEndsBefore(text: String, length: Int) {
    #expect(Self.value(text)?.length == length)
  }

  /// The vector path's arithmetic: it takes eight entries together, of up to 16 characters.
  @Test func valuesInRowsAreThoseOfStrtof() throws {
    var generator = SplitMix64(seed: 4)
    let values = (0..<800_000).map { _ -> String in
      let digits = Self.digits(1 + generator.below(15), &generator)
      let point = generator.below(digits.count + 1)
      let sign = generator.below(2) == 0 ? "-" : ""
      return sign + (generator.below(3) == 0 ? digits : "\(digits.prefix(point)).\(digits.dropFirst(point))")
    }
    let text = values.enumerated().map { index, value in (index % 8 == 0 ? "\n1 " : " ") + "\(index + 1):\(value)" }.joined()
    let options = ReadingOptions(threads: 2)
    let read = try LIBSVMReader.read(bytes: Array(text.dropFirst().utf8), name: "values", options: options).data.matrix.values
    #expect(read.count == values.count)
    let wrong = zip(read, values).filter { $0.bitPattern != strtof($1, nil).bitPattern }
    #expect(wrong.prefix(5).isEmpty)
  }

  private static func digits(_ count: Int, _ generator: inout SplitMix64) -> String {
    String(decoding: (0..<count).map { _ in UInt8(ascii: "0") + UInt8(generator.below(10)) }, as: UTF8.self)
  }
}
