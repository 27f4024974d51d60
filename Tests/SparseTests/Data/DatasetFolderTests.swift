import Foundation
import Sparse
import Testing

@Suite struct DatasetFolderTests {
  private func folder(_ names: String...) throws -> (entries: [String], failures: [String]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "refinery-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in names { try Data("1 1:1\n".utf8).write(to: folder.appending(path: name)) }
    let found = try DatasetFolder(folder.path)
    let prefix = folder.path + "/"
    let entries = found.entries.map { [$0.path, $0.testPath].compactMap { $0?.replacing(prefix, with: "") } }
    return (
      entries.map { $0.joined(separator: " ") }, found.failures.map { $0.description.replacing(prefix, with: "") }
    )
  }

  @Test func testFilesStandBesideTrainingFiles() throws {
    let found = try folder("a", "a.t.gz", "b.gz", "c.t", "readme.md", ".hidden")
    #expect(found.entries == ["a a.t.gz", "b.gz"])
    #expect(found.failures == ["c.t: error: test file without training file; c belongs beside it"])
  }

  @Test func whatIsThereTwiceIsAnErrorOfItsDataset() throws {
    let found = try folder("a", "a.gz", "c", "c.t", "c.t.gz", "d.t", "d.t.gz")
    #expect(found.entries == [])
    #expect(
      found.failures == [
        "a: error: a, a.gz are one dataset, a, compressed differently; keep one",
        "c: error: c.t, c.t.gz are one test file, compressed differently; keep one",
        "d.t: error: d.t, d.t.gz are one dataset, d.t, compressed differently; keep one",
      ])
  }

  @Test func namesThatDifferInHowAccentsAreEncodedAreSaidToBeTwo() throws {
    let found = try folder("caf\u{E9}", "cafe\u{301}.gz", "b")
    #expect(found.entries == ["b"])
    #expect(found.failures.count == 1)
    #expect(
      found.failures[0].hasSuffix(" have names that differ only in how accents are encoded, composed or decomposed; rename one")
    )
  }

  /// The test file is the training file's, however its name is encoded.
  @Test func aTestFileMayEncodeAccentsInAnotherWay() throws {
    let found = try folder("caf\u{E9}", "cafe\u{301}.t")
    #expect(found.entries.count == 1 && found.failures.isEmpty)
  }

  /// Latin-1, as older archives have it.
  @Test func namesThatAreNotUTF8AreSpelledAndReadByTheirBytes() throws {
    let folder = try TextFile("1 1:1\n2 1:2\n", name: "a")
    let bytes = Array("\(folder.folder.path)/lat".utf8) + [0xE9, 0x6E]
    try #require(rename(folder.path, bytes.map { CChar(bitPattern: $0) } + [0]) == 0)
    let found = try DatasetFolder(folder.folder.path)
    #expect(found.failures.isEmpty)
    #expect(found.entries.map(\.name) == [#"lat\xE9n"#])
    #expect(try Problem(path: found.entries[0].path).training.rowCount == 2)
    // Which of the two that spelling means, nothing tells.
    try Data("1 1:1\n".utf8).write(to: folder.folder.appending(path: #"lat\xE9n"#))
    let both = try DatasetFolder(folder.folder.path)
    #expect(both.entries.isEmpty)
    #expect(
      both.failures.map(\.errors[0].message) == [
        #"lat\xE9n, lat\xE9n are spelled alike, and one of the names is not UTF-8; rename one"#
      ])
    unlink(bytes.map { CChar(bitPattern: $0) } + [0])
  }
}
