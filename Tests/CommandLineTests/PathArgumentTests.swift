import Foundation
import Testing

/// Paths on the command line, wherever they stand.
@Suite struct PathArgumentTests {
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "d"), withIntermediateDirectories: true)
    for name in ["a", "d/a"] { try TrainCommandTests.data.write(to: folder.appending(path: name)) }
    try body(folder)
  }

  @Test(arguments: [
    ("a", 0), ("?", 0), ("*", 0), ("~", 66), ("x", 66), ("", 64), ("d", 0), ("./d", 0), ("d,d/", 0), ("d,./d/a", 0),
    ("d,a", 65),
  ])
  func dataOfASweep(path: String, status: Int32) throws {
    try withFolder { folder in
      let result = try Program.run(
        ["sweep", "--dry-run", "--schedule", "linear", "--data", path], in: folder)
      #expect(result.status == status, "\(result.errors)")
    }
  }

  @Test(arguments: ["data: ~\n", "data: [~]\n", "data: ''\n", "data:\n"])
  func dataOfAConfiguration(text: String) throws {
    try withFolder { folder in
      try text.write(to: folder.appending(path: "c"), atomically: true, encoding: .utf8)
      let result = try Program.run(["sweep", "c", "--dry-run"], in: folder)
      #expect(result.status == 65 && result.errors.hasPrefix("c:1:"), "\(result.errors)")
    }
  }

  @Test func aFolderHidesNoSchedule() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(at: folder.appending(path: "linear"), withIntermediateDirectories: true)
      try "1\n2\n3\n".write(to: folder.appending(path: "n"), atomically: true, encoding: .utf8)
      let arguments = ["bound", "--norms", "n", "--distance", "1", "--schedule"]
      #expect(try Program.run(arguments + ["linear"], in: folder).status == 0)
      let named = try Program.run(arguments + ["flat"], in: folder)
      try "1\n1\n0\n".write(to: folder.appending(path: "flat"), atomically: true, encoding: .utf8)
      let read = try Program.run(arguments + ["flat"], in: folder)
      #expect(named.status == 0 && read.status == 0 && read.output != named.output)
    }
  }

  /// The tasks of a cluster work in the results folder, and find there what `sweep` finds here.
  @Test func tasksOfAClusterFindEveryFile() throws {
    try withFolder { folder in
      try "1\n0.5\n0\n".write(to: folder.appending(path: "t.txt"), atomically: true, encoding: .utf8)
      try "data: [d]\nschedules: [linear, 'table:file=t.txt']\nprior: table:file=t.txt:warmup=0.1\n"
        .write(to: folder.appending(path: "c.yml"), atomically: true, encoding: .utf8)
      let bin = folder.appending(path: "bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      try "#!/bin/sh\ncat > /dev/null; echo 1\n".write(to: bin.appending(path: "sbatch"), atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin.path + "/sbatch")
      let path = bin.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      let result = try Program.run(
        ["submit", "slurm", "c.yml", "--array", "2", "--results", "r"], environment: ["PATH": path], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let written = try String(contentsOf: folder.appending(path: "r/sweep.yml"), encoding: .utf8)
      #expect(!written.contains("file=t.txt") && written.contains("/t.txt"))
      let there = folder.appending(path: "r")
      #expect(try Program.run(["sweep", "sweep.yml", "--dry-run", "--shard", "1/2"], in: there).status == 0)
    }
  }
}
