import Benchmarking
import Foundation
import Testing

@Suite struct ReaderBenchmarkTests {
  @Test func aTextIsTheSameBytesEveryTime() {
    func text() -> [UInt8] {
      var bytes: [UInt8] = []
      MadeUpText.letter.write { bytes += $0 }
      return bytes
    }
    let bytes = text()
    #expect(bytes == text())
    #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 15_000)
    #expect(bytes.filter { $0 == UInt8(ascii: ":") }.count == 16 * 15_000)
  }
}
