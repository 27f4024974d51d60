import Foundation
import Sparse
import Testing

/// Every error that a text can have: where it is said to be, which bytes are quoted, what is expected instead.
@Suite struct ErrorCatalogueTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let text: String
    let error: String
    var options = ReadingOptions()
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ error: String, base: IndexBase? = nil) {
      self.text = text
      self.error = error
      options.indexBase = base
    }
  }

  static let mistakes: [Mistake] = [
    // Labels.
    Mistake("cat 1:1\n", #"1:1: label "cat" is text; replace class names by numbers"#),
    Mistake("1 1:1\n3,7 1:0.5\n", #"2:1: "3,7" holds several labels; a row has exactly one"#),
    Mistake("nan 1:1\n", #"1:1: label "nan" is not finite; a label is a finite decimal number"#),
    Mistake("-Infinity 1:1\n", #"1:1: label "-Infinity" is not finite; a label is a finite decimal number"#),
    Mistake("1e400 1:1\n", #"1:1: label "1e400" is out of the range of a Double"#),
    Mistake("1:1 2:1\n", #"1:1: the row begins with "1:1"; it must begin with a label, which is a number"#),
    Mistake(" qid:3 2:1\n", #"1:2: the row begins with "qid:3"; it must begin with a label, which is a number"#),
    Mistake("+ 1:1\n", #"1:1: label "+" is not a decimal number such as 1, +1 or 2.5"#),
    Mistake("1;1 1:1\n", #"1:1: label "1;1" is not a decimal number such as 1, +1 or 2.5"#),
    Mistake("0x1 1:1\n", #"1:1: label "0x1" is not a decimal number such as 1, +1 or 2.5"#),
    // Indices.
    Mistake("1 1\n", #"1:3: "1" has no colon; a feature is INDEX:VALUE"#),
    Mistake("1 :2\n", #"1:3: ":2" has no index before the colon; a feature is INDEX:VALUE"#),
    Mistake("1 -1:2\n", #"1:3: index "-1" does not consist of digits only"#),
    Mistake("1 1.5:2\n", #"1:3: index "1.5" does not consist of digits only"#),
    Mistake("1 +1:2\n", #"1:3: index "+1" does not consist of digits only"#),
    Mistake("1 x:2\n", #"1:3: index "x" does not consist of digits only"#),
    Mistake("1 2147483648:1\n", #"1:3: index "2147483648" is too large; the largest is 2147483647"#),
    Mistake("1 2:1 1:1\n", "1:7: index 1 comes after index 2; the indices of a row must ascend"),
    Mistake("1 1:1 1:2\n", "1:7: index 1 is repeated; the indices of a row must ascend"),
    Mistake("1 1:1 0:2\n", "1:7: index 0 comes after index 1; the indices of a row must ascend"),
    Mistake("1 0:2\n", "1:3: index 0, but indices were declared to begin at 1", base: .one),
    Mistake(
      "1 2147483647:2\n", "1:3: index 2147483647 is too large; the largest is 2147483646 where indices begin at 0", base: .zero),
    Mistake("1 0:1 2147483647:2\n", "1:1: 2147483648 features, from index 0 to 2147483647, are one too many"),
    // Values.
    Mistake("1 1:\n", "1:5: index 1 has no value after the colon"),
    Mistake("1 1: 2\n", "1:5: index 1 has no value after the colon"),
    Mistake("1 1:x\n", #"1:5: value "x" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:2:3\n", #"1:5: value "2:3" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:1e\n", #"1:5: value "1e" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:.\n", #"1:5: value "." of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:1.2.3\n", #"1:5: value "1.2.3" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:0x1p3\n", #"1:5: value "0x1p3" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:1,5\n", #"1:5: value "1,5" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    Mistake("1 1:nan\n", #"1:5: value "nan" of index 1 is not finite"#),
    Mistake("1 1:-INF\n", #"1:5: value "-INF" of index 1 is not finite"#),
    Mistake("1 1:1e39\n", #"1:5: value "1e39" of index 1 is out of the range of a Float"#),
    // Queries.
    Mistake("1 qid:x 1:1\n", #"1:3: "qid:x" is not of the form qid:N with an integer N"#),
    Mistake("1 1:1 qid:3\n", #"1:7: "qid:3" must come directly after the label"#),
    // Bytes.
    Mistake("1 1:2\u{0}\n", #"1:6: control character "\x00" in "2\x00"; a row consists of numbers, colons and blanks"#),
    Mistake("1 1:1\r 2:1\n", #"1:6: control character "\r" in "1\r"; a line ends with "\n" or "\r\n""#),
    Mistake("1 1:\u{B2}\n", #"1:5: byte "\xC2" in "\xC2\xB2"; a row consists of numbers, colons and blanks"#),
    Mistake("1 1:1\n\u{FEFF}1 1:1\n", #"2:1: byte "\xEF" in "\xEF\xBB\xBF1"; a row consists of numbers, colons and blanks"#),
    Mistake(
      "1 1:\"\\abcdefghijklmnopqrstuvwxyzabcdefghijklmnop\n",
      #"1:5: value "\"\\abcdefghijklmnopqrstuvwxyzabcd…" of index 1 is not a decimal number such as 1, -0.5 or 1e-3"#),
    // The file as a whole.
    Mistake("", "1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."),
    Mistake("\n# nothing\n \t\n", "1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."),
    Mistake("1\n2\n", "1:1: no row has a feature; a feature is INDEX:VALUE"),
  ]

  @Test(arguments: mistakes) func mistakeIsDescribed(_ mistake: Mistake) throws {
    #expect(try errors(in: mistake.text, options: mistake.options) == [mistake.error])
    // The same wherever it stands among rows that are right.
    guard !mistake.error.hasPrefix("1:1: the file"), !mistake.error.contains("no row has"),
      !mistake.error.contains("one too many")
    else { return }
    let before = String(repeating: "1 1:0.5 2:-3\n", count: 5000)
    let after = String(repeating: "2 3:1 4:0.25\n", count: 5000)
    let shifted = mistake.error.replacing(/^(\d+)/) { "\((Int($0.output.1) ?? 0) + 5000)" }
    #expect(try errors(in: before + mistake.text + after, options: mistake.options) == [shifted])
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x31, 0x00], "is UTF-16 text; convert it first, as with iconv -f UTF-16 -t UTF-8"),
      ([0xFE, 0xFF, 0x00, 0x31], "is UTF-16 text; convert it first, as with iconv -f UTF-16 -t UTF-8"),
      ([0xFF, 0xFE, 0x00, 0x00, 0x31], "is UTF-32 text; convert it first, as with iconv -f UTF-32 -t UTF-8"),
      ([0x50, 0x4B, 0x03, 0x04, 0x14], "is a zip archive; unpack it first"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 0x01], "is a NumPy array; text in LIBSVM format is read"),
      ([0x89, 0x48, 0x44, 0x46, 0x0D], "is an HDF5 file; text in LIBSVM format is read"),
    ] as [([UInt8], String)])
  func filesOfOtherKindsAreNamed(bytes: [UInt8], message: String) throws {
    let file = try TextFile(bytes: bytes)
    defer { withExtendedLifetime(file) {} }
    let fromFile = #expect(throws: ReadingFailure.self) { try LIBSVMReader.read(path: file.path) }
    let fromMemory = #expect(throws: ReadingFailure.self) { try LIBSVMReader.read(bytes: bytes, name: file.path) }
    let compressed = #expect(throws: ReadingFailure.self) { try LIBSVMReader.read(bytes: try gzip(bytes), name: file.path) }
    for failure in [fromFile, fromMemory, compressed] {
      #expect(failure?.description == "\(file.path):1:1: error: \(message)")
      #expect(failure?.exitCode == 65)
    }
  }

  @Test func regressionTargetsAreRefused() throws {
    let targets = (0...2000).map { "\($0).5 1:1\n" }
    #expect(
      try errors(in: "1 1:1\n" + targets.joined()) == [
        "2:1: 2002 distinct labels, some with fractions, are a regression target, not classes"
      ])
    #expect(try read(targets.dropLast().joined()).data.classCount == 2000)
    #expect(try read((0..<3000).map { "\($0) 1:1\n" }.joined()).data.classCount == 3000)
  }

  @Test func tenErrorsAreKeptInOrderAndAllAreCounted() throws {
    let text = (1...20_000).map { $0 % 100 == 0 ? "1 x\n" : "1 1:1 2:0.5 3:-1\n" }.joined()
    let file = try TextFile(text)
    defer { withExtendedLifetime(file) {} }
    for threads in 1...3 {
      let failure = #expect(throws: ReadingFailure.self) {
        try LIBSVMReader.read(path: file.path, options: ReadingOptions(threads: threads))
      }
      #expect(failure?.errors.map(\.line) == (1...10).map { $0 * 100 })
      #expect(failure?.errorCount == 200)
      #expect(failure?.exitCode == 65)
      #expect(failure?.description.hasSuffix("\(file.path): 190 more lines have errors") == true)
    }
  }

  @Test func whatDoesNotFitInMemoryIsRefusedBeforeItIsRead() throws {
    let text = String(repeating: "1 1:1 2:1 3:1 4:1 5:1\n", count: 100_000)
    let found = try errors(in: text, options: ReadingOptions(memoryLimit: 1 << 20))
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("0:0: its rows would take about 4 MB (500"))
    #expect(found[0].hasSuffix("and only 1 MB of memory are available"))
  }
}
