import Sparse
import Testing

@Suite struct DataErrorTests {
  @Test func anErrorIsOneLineWhateverTheFileIsCalled() {
    let error = DataError(file: "a\n\u{1B}b", line: 2, message: "said \u{7}")
    #expect(error.description == #"a\x0A\x1Bb:2: error: said \x07"#)
    let failure = ReadingFailure(kind: .badData, errors: [error], errorCount: 2)
    #expect(failure.description == error.description + "\n" + #"a\x0A\x1Bb: 1 more line has errors"#)
  }
}
