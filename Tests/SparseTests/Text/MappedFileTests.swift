import Foundation
import Testing

@testable import Sparse

@Suite struct MappedFileTests {
  /// A file that somebody is still writing is not taken for a whole one.
  @Test(arguments: ["1 1:1\n1 2:1\n1 3", "1 1:1\n"]) func filesThatChangeTheirLengthAreRefused(later: String) throws {
    let file = try TextFile("1 1:1\n1 2:1\n")
    let mapped = try MappedFile(SystemInput(path: file.path))
    #expect(Array(mapped.bytes) == Array("1 1:1\n1 2:1\n".utf8))
    try mapped.checkLength()
    try FileHandle(forWritingTo: URL(fileURLWithPath: file.path)).truncate(atOffset: UInt64(later.utf8.count))
    #expect {
      try mapped.checkLength()
    } throws: { error in
      (error as? ReadingFailure)?.exitCode == 74
        && "\(error)" == "\(file.path): error: had 12 bytes and now has \(later.utf8.count): it was changed while it was read"
    }
  }
}
