import Sparse
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("a file.gz", "a file.gz"), ("größe 数 👩‍👧", "größe 数 👩‍👧"), ("a\u{1B}[31m\nb\r\n", #"a\x1B[31m\x0Ab\x0D\x0A"#),
    ("\u{7F}\u{9B}", #"\x7F\xC2\x9B"#), ("\u{202E}gz\u{2028}", #"\xE2\x80\xAEgz\xE2\x80\xA8"#), ("", ""),
  ])
  func whatTerminalsObeyIsShownAsBytes(text: String, printable: String) {
    #expect(text.printable == printable)
  }

  @Test func anErrorIsOneLineWhateverTheFileIsCalled() {
    let error = DataError(file: "a\n\u{1B}b", line: 2, message: "said \u{7}")
    #expect(error.description == #"a\x0A\x1Bb:2: error: said \x07"#)
    let failure = ReadingFailure(kind: .badData, errors: [error], errorCount: 2)
    #expect(failure.description == error.description + "\n" + #"a\x0A\x1Bb: 1 more line has errors"#)
  }
}
