import Testing

@testable import Sweeps

/// Vectors from NIST's examples for FIPS 180-4; lengths around a block from Python's hashlib.
@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownVectors(text: String, digest: String) {
    #expect(SHA256.digest(text) == digest)
    #expect(SHA256.digest(text, bytes: 4) == String(digest.prefix(8)))
  }

  @Test(arguments: [
    (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (1000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
  ])
  func lettersA(count: Int, digest: String) {
    #expect(SHA256.digest(String(repeating: "a", count: count)) == digest)
  }

  @Test func piecesAreTheWhole() {
    let message = (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for cut in [0, 1, 63, 64, 65, 400] {
      var hash = SHA256()
      hash.update(Array(message[..<cut]))
      hash.update(Array(message[cut...]))
      #expect(hash.finish() == SHA256.digest(message))
    }
  }
}
