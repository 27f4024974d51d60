import Sparse
import Testing

@Suite struct GzipDeflaterTests {
  @Test func piecesAreOneStream() throws {
    let text = Array("1 1:0.5\n2 2:1\n".utf8)
    var compressed: [UInt8] = []
    let deflater = try GzipDeflater(name: "text") { compressed += $0 }
    for byte in text { try [byte].withUnsafeBytes { try deflater.append($0) } }
    try deflater.finish()
    #expect(compressed.starts(with: [0x1F, 0x8B]))
    let file = try LIBSVMReader.read(bytes: compressed, name: "text")
    #expect(file.byteCount == text.count)
    #expect(file.checksum == (try LIBSVMReader.read(bytes: text, name: "text").checksum))
  }
}
