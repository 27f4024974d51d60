import Foundation
import Testing

/// What becomes of the file that `--out` names.
@Suite struct OutputFileTests {
  static let scaled = "1 1:-1 2:1 \n2 1:1 2:-1 \n"

  /// A folder with a file to scale, `in`, one with an error, `bad`, and one for testing, `test`.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("1 1:0 2:3\n2 1:1\n".utf8).write(to: folder.appending(path: "in"))
    try Data("1 1:0\n2 x\n".utf8).write(to: folder.appending(path: "bad"))
    try Data("1 1:0.75\n".utf8).write(to: folder.appending(path: "test"))
    try body(folder)
  }

  private func scale(_ folder: URL, to out: String, _ more: String...) throws -> Program.Result {
    try Program.run(["data", "scale", folder.appending(path: "in").path, "--out", out] + more)
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func linksAreFollowed() throws {
    try withFolder { folder in
      let target = folder.appending(path: "folder")
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
      let link = folder.appending(path: "link").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "folder/target")
      for _ in 1...2 {
        #expect(try scale(folder, to: link).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "folder/target")
        #expect(try String(contentsOf: target.appending(path: "target"), encoding: .utf8) == Self.scaled)
        #expect(try names(in: target) == ["target"])
      }
      let loop = folder.appending(path: "loop").path
      try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: "loop")
      #expect(try scale(folder, to: loop).status == 73)
    }
  }

  @Test(arguments: [false, true]) func pipesAreWrittenAndStay(ordersSamples: Bool) throws {
    try withFolder { folder in
      let pipe = folder.appending(path: "pipe").path
      try #require(mkfifo(pipe, 0o600) == 0)
      // Open for both, it needs nobody at its other end.
      let descriptor = open(pipe, O_RDWR)
      let reader = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      let result = ordersSamples ? try Program.run("order", "--rows", "16", "--out", pipe) : try scale(folder, to: pipe)
      #expect(result.status == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType != .typeRegular)
      let expected = ordersSamples ? "\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) } : Array(Self.scaled.utf8)
      #expect(try reader.read(upToCount: expected.count) == Data(expected))
    }
  }

  @Test func standardOutputTakesOneFile() throws {
    try withFolder { folder in
      let alone = try scale(folder, to: "-")
      #expect(alone.output == Self.scaled)
      #expect(try scale(folder, to: "-", "--json").status == 64)
      #expect(try scale(folder, to: "-", "--test", folder.appending(path: "test").path).status == 64)
    }
  }

  @Test(arguments: [("bad", Int32(65)), ("missing", 66)])
  func noneOfTwoFilesIsWrittenWhereOneIsBad(test: String, status: Int32) throws {
    try withFolder { folder in
      let out = folder.appending(path: "out").path
      let result = try scale(folder, to: out, "--test", folder.appending(path: test).path)
      #expect(result.status == status)
      #expect(try names(in: folder) == ["bad", "in", "test"])
      #expect(try scale(folder, to: out, "--test", folder.appending(path: "test").path).status == 0)
      #expect(try names(in: folder) == ["bad", "in", "out", "out.t", "test"])
    }
  }

  @Test func nothingIsLeftBehindBySignals() throws {
    try withFolder { folder in
      // The test file has been scaled when this waits for a reader of the pipe.
      let pipe = folder.appending(path: "pipe").path
      try #require(mkfifo(pipe, 0o600) == 0)
      let process = Process()
      process.executableURL = Program.executable
      process.arguments = ["data", "scale", "in", "--out", "pipe", "--test", "test"]
      process.currentDirectoryURL = folder
      process.standardError = FileHandle.nullDevice
      try process.run()
      while process.isRunning, try names(in: folder).count == 4 { usleep(1000) }
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(try names(in: folder) == ["bad", "in", "pipe", "test"])
    }
  }
}
