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
}
