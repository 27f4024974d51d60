import Foundation
import Testing

@testable import Sweeps

@Suite struct InputPathTests {
  @Test(arguments: [
    ("a", ".", "a"), ("*", ".", "*"), ("~", ".", "~"), ("", ".", ""), ("/", "/", ""), ("/a", "/", "a"), ("d/a", "d", "a"),
    ("d/", "d", ""), ("./é", ".", "é"), ("d//a", "d/", "a"),
  ])
  func components(text: String, folder: String, name: String) {
    #expect(InputPath(text).folder == folder && InputPath(text).name == name)
  }

  @Test func absolutePaths() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(InputPath("a").absolute == here + "/a")
    #expect(InputPath("/a/../b").absolute == "/a/../b")
    #expect(InputPath("-").absolute == "-")
    var configuration = SweepConfiguration()
    configuration.data = ["d", "/e"]
    configuration.schedules = ["linear", "table:file=t.txt", "refined:norms=/n.csv:tau=0.2"]
    configuration.priorSchedule = "table:file=t.txt:warmup=0.1"
    let absolute = try configuration.withAbsolutePaths()
    #expect(absolute.data == [here + "/d", "/e"])
    #expect(absolute.schedules == ["linear", "table:file=\(here)/t.txt", "refined:norms=/n.csv:tau=0.2"])
    #expect(absolute.priorSchedule == "table:file=\(here)/t.txt:warmup=0.1")
  }

  @Test func identities() throws {
    try TinySweep.withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: true)
      try "".write(toFile: folder + "/d/a", atomically: false, encoding: .utf8)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/d")
      let identity = InputPath(folder + "/d/a").identity
      for other in ["/d/./a", "/d//a", "/link/a", "/d/../d/a"] { #expect(InputPath(folder + other).identity == identity) }
      #expect(InputPath(folder + "/d/b").identity == InputPath(folder + "/link/b").identity)
      #expect(InputPath(folder + "/d/b").identity != identity)
      #expect(InputPath(folder + "/d").isFolder && !InputPath(folder + "/d").isFile && InputPath(folder + "/d/a").isFile)
    }
  }
}
