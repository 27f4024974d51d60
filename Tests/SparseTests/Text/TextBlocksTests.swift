import Testing

@testable import Sparse

@Suite struct TextBlocksTests {
  /// Bytes that come a few at a time, and then perhaps an error.
  private final class Trickle: ByteStream {
    private var rest: ArraySlice<UInt8>
    private let portion: Int
    private let end: ReadingFailure?

    init(_ bytes: [UInt8], portion: Int, end: ReadingFailure? = nil) {
      rest = bytes[...]
      self.portion = portion
      self.end = end
    }

    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(ReadingFailure) -> Int {
      if rest.isEmpty, let end { throw end }
      let next = rest.prefix(min(portion, buffer.count))
      _ = buffer.update(fromContentsOf: next)
      rest = rest.dropFirst(next.count)
      return next.count
    }
  }

  private func texts(_ blocks: TextBlocks) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    blocks.advance()
    while let block = blocks.current {
      let copy = Array(block)
      texts.append(copy)
      blocks.advance()
      // The one before stays in place meanwhile.
      #expect(Array(block) == copy)
    }
    return texts
  }

  @Test(arguments: textsOfManyLineLengths, [1, 3, 100]) func blocksAreWholeLinesAndTogetherTheText(text: String, portion: Int) {
    let bytes = Array(text.utf8)
    for size in 1...(bytes.count + 2) {
      let blocks = TextBlocks(Trickle(bytes, portion: portion), size: size)
      let found = texts(blocks)
      #expect(found.flatMap { $0 } == bytes, "blocks of \(size) bytes")
      #expect(found.dropLast().allSatisfy { $0.last == UInt8(ascii: "\n") })
      #expect(blocks.interruption == nil && blocks.failure == nil)
    }
  }

  @Test(arguments: [1, 4, 100]) func whatComesBeforeAnInterruptionIsHandedOver(size: Int) throws {
    let end = ReadingFailure(kind: .badData, file: "file", message: "broken")
    let blocks = TextBlocks(Trickle(Array("aa\nb\nccc".utf8), portion: 2, end: end), size: size)
    #expect(texts(blocks).flatMap { $0 } == Array("aa\nb\n".utf8))
    let interruption = try #require(blocks.interruption)
    #expect(interruption.message == "broken")
    #expect(interruption.column == 4)
    #expect(blocks.failure == nil)
  }

  @Test func aFailureOfTheSystemIsKept() {
    let end = ReadingFailure(kind: .inputOutput, file: "file", message: "no disk")
    let blocks = TextBlocks(Trickle(Array("aa\nb".utf8), portion: 2, end: end))
    #expect(texts(blocks) == [Array("aa\n".utf8)])
    #expect(blocks.failure == end)
    #expect(blocks.interruption == nil)
  }
}
