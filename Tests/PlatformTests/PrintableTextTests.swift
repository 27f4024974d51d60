import Platform
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("a file.gz", "a file.gz"), ("größe 数 👩‍👧", "größe 数 👩‍👧"), ("a\u{1B}[31m\nb\r\n", #"a\x1B[31m\x0Ab\x0D\x0A"#),
    ("\u{7F}\u{9B}", #"\x7F\xC2\x9B"#), ("\u{202E}gz\u{2028}", #"\xE2\x80\xAEgz\xE2\x80\xA8"#), ("", ""),
  ])
  func whatTerminalsObeyIsShownAsBytes(text: String, printable: String) {
    #expect(text.printable == printable)
  }
}
