import Sparse
import Testing

/// The vector loop and the byte loop give the same, whatever the text, the number of threads and the size of chunks.
@Suite struct DifferentialTests {
  private func randomText(_ generator: inout SystemRandomNumberGenerator, mutations: Int) -> [UInt8] {
    var text = ""
    for _ in 0..<Int.random(in: 1...600, using: &generator) {
      text += ["1", "-1", "+2", "3.5", "1e1", "1500"].randomElement(using: &generator)!
      var index = Int.random(in: 0...3, using: &generator)
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        let value = [
          "1", "0.5", "-0.733333", "1e-5", "-0", "123456789.125", "0.1234567890123456789", "16777217", ".5", "5.",
          "\(Double.random(in: -1...1, using: &generator))", "\(Float.random(in: -1...1, using: &generator))",
        ].randomElement(using: &generator)!
        text += [" ", " ", " ", "  ", "\t"].randomElement(using: &generator)! + "\(index):\(value)"
        index += [1, 1, 2, 1000].randomElement(using: &generator)!
      }
      text += ["\n", "\n", "\n", " \n", "\r\n", " # c:1\n", "\n\n"].randomElement(using: &generator)!
    }
    var bytes = Array(text.utf8)
    let strange = Array("0123456789:. -+e#\n\r\tq\0".utf8)
    for _ in 0..<mutations {
      bytes[Int.random(in: bytes.indices, using: &generator)] = strange.randomElement(using: &generator)!
    }
    return bytes
  }

  private func outcome(_ path: String, vectors: Bool, threads: Int, chunkSize: Int? = nil) -> String {
    do {
      var options = ReadingOptions(threads: threads, usesVectors: vectors)
      if let chunkSize { options.chunkSize = chunkSize }
      let file = try LIBSVMReader.read(path: path, options: options)
      let matrix = file.data.matrix
      let bits = matrix.values.map { String($0.bitPattern, radix: 16) }
      return
        "\(matrix.rowOffsets) \(matrix.columns) \(bits) \(file.data.classes) \(file.data.classLabels) \(file.checksumText ?? "")"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [0, 0, 1, 3]) func bothLoopsGiveTheSame(mutations: Int) throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<60 {
      let file = try TextFile(bytes: randomText(&generator, mutations: mutations))
      let plain = outcome(file.path, vectors: false, threads: 1)
      #expect(outcome(file.path, vectors: true, threads: 1) == plain)
      #expect(outcome(file.path, vectors: true, threads: 2) == plain)
      let (threads, chunkSize) = (Int.random(in: 2...5), Int.random(in: 1...400))
      #expect(
        outcome(file.path, vectors: true, threads: threads, chunkSize: chunkSize) == plain,
        "\(threads) threads, chunks of \(chunkSize) bytes")
      withExtendedLifetime(file) {}
    }
  }
}
