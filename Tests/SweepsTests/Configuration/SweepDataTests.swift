import Foundation
import Sparse
import Testing

@testable import Sweeps

/// Folders, files and patterns as `data:` names them.
@Suite struct SweepDataTests {
  private func withData(_ body: (String) throws -> Void) throws {
    try TinySweep.withFolder { folder in
      for name in ["d/a", "d/b[1]", "d/b[1].t", "e/a"] {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(atPath: InputPath(path).folder, withIntermediateDirectories: true)
        try "1 1:1\n2 1:\(name.hasPrefix("e") ? 3 : 2)\n".write(toFile: path, atomically: true, encoding: .utf8)
      }
      try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/d")
      try body(folder)
    }
  }

  @Test func oneFileByManyPathsIsOneDataset() throws {
    try withData { folder in
      for others in [["d/."], ["./d"], ["link"], ["d/a", "d/b[1]"], ["d/*", "d/a"]] {
        let data = try SweepData(reading: (["d"] + others).map { folder + "/" + $0 })
        #expect(data.problems.map(\.summary.name) == ["a", "b[1]"] && data.failures.isEmpty, "\(others)")
      }
    }
  }

  @Test func otherDataUnderOneNameIsAnError() throws {
    try withData { folder in
      let data = try SweepData(reading: [folder + "/d", folder + "/e"])
      #expect(data.problems.count == 2 && data.failures.count == 1)
      #expect(data.failures[0].contains("the name 'a' is taken"))
    }
  }

  @Test func namesThatArePatternsAreFoundAsTheyAre() throws {
    try withData { folder in
      let data = try SweepData(reading: [folder + "/d/b[1]"])
      #expect(data.problems.map(\.summary.name) == ["b[1]"] && data.problems[0].problem.test != nil)
    }
  }

  @Test(arguments: ["empty", "empty/*", "nowhere", "nowhere/a", "d/x", "~", "?", "*", ""])
  func whatNamesNothingIsNoInput(pattern: String) throws {
    try withData { folder in
      let path = pattern.count > 1 ? folder + "/" + pattern : folder + "/empty/" + pattern
      let error = #expect(throws: ReadingFailure.self) { try SweepData(reading: [path]) }
      #expect(error?.exitCode == 66)
    }
  }
}
