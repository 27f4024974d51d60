import Foundation
import Platform
import Testing

@Suite struct FilePathsTests {
  @Test(arguments: [
    ("data", "data"), ("caf\u{E9}", "caf\u{E9}"), ("a\\xE9", "a\\xE9"),
  ])
  func textIsSpelledAsItIs(text: String, spelling: String) {
    #expect(Array(String(pathBytes: Array(text.utf8)).utf8) == Array(spelling.utf8))
  }

  @Test func bytesThatAreNoTextAreEscaped() {
    #expect(String(pathBytes: [0x6C, 0x61, 0x74, 0xE9, 0x6E]) == "lat\\xE9n")
    #expect(String(pathBytes: [0xFF, 0x0A, 0x80]) == "\\xFF\n\\x80")
  }

  @Test func filesAreFoundByTheSpellingOfTheirBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "refinery-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let name = Array(folder.utf8) + [0x2F, 0x6C, 0xE9]
    let descriptor = open(name.map { CChar(bitPattern: $0) } + [0], O_WRONLY | O_CREAT, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(namesInFolder(folder)?.contains("l\\xE9") == true)
    var status = stat()
    #expect(withPath(folder + "/l\\xE9") { stat($0, &status) } == 0)
    #expect(withPath(folder + "/l\\xEA") { stat($0, &status) } == -1)
    // A name that is spelled so comes first.
    try Data("abc".utf8).write(to: URL(fileURLWithPath: folder + "/l\\xE9"))
    #expect(withPath(folder + "/l\\xE9") { stat($0, &status) } == 0)
    #expect(status.st_size == 3)
    unlink(name.map { CChar(bitPattern: $0) } + [0])
  }

  @Test func aFolderThatIsNotThereHasNoNames() {
    #expect(namesInFolder("/nonexistent") == nil)
    #expect(errno == ENOENT)
  }
}
