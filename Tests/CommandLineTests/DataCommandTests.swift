import Foundation
import Testing

@Suite struct DataCommandTests {
  /// One mistake a file, and the place where it is.
  static let malformed: [(text: String, place: String)] = [
    ("", "1:1"), ("\n\n", "1:1"), ("# only\n", "1:1"), ("a 1:2\n", "1:1"), ("1 1\n", "1:3"), ("1 1:\n", "1:5"),
    ("1 :2\n", "1:3"), ("1 1:x\n", "1:5"), ("1 1:2:3\n", "1:5"), ("1 2:1 1:1\n", "1:7"), ("1 1:1 1:2\n", "1:7"),
    ("1 1:nan\n", "1:5"), ("1 1:inf\n", "1:5"), ("nan 1:1\n", "1:1"), ("1 -1:2\n", "1:3"), ("1 99999999999:1\n", "1:3"),
    ("1 1:1e999\n", "1:5"), ("3,7 1:0.5\n", "1:1"), ("cat 1:1\n", "1:1"), ("1 1:2\u{0}\n", "1:6"), ("1 1:0x1\n", "1:5"),
    ("1 1 :2\n", "1:3"), ("1 1: 2\n", "1:5"), ("1;1:2\n", "1:1"), ("+ 1:1\n", "1:1"), (". 1:1\n", "1:1"),
    ("1 1:.\n", "1:5"), ("1 1:1e\n", "1:5"), ("1 1:--1\n", "1:5"), ("1 1.5:1\n", "1:3"), ("1 1:1\n2 x:1\n", "2:3"),
    ("1 qid:x 1:1\n", "1:3"), ("1 1:\u{B2}\n", "1:5"), ("1 1:1\u{7}\n", "1:6"), ("1 1:1,2\n", "1:5"),
    ("{\"a\":1}\n", "1:1"), ("1 2147483648:1\n", "1:3"), ("1 1:1 2:1 2:1\n", "1:11"), ("1 0:1 0:2\n", "1:7"),
    ("1e400 1:1\n", "1:1"), ("1 1:1_000\n", "1:5"), ("1 1:1\r\n2 2:\r\n", "2:5"), ("1 1:1 # c\n2 2;1\n", "2:3"),
    ("1 1:1.2.3\n", "1:5"), ("1 1:.5.\n", "1:5"), ("1 1:-\n", "1:5"), ("1 1:+\n", "1:5"), ("1 1:1e+\n", "1:5"),
    ("1 1:1-2\n", "1:5"), ("1 +1:2\n", "1:3"), ("1 1:1 qid:2 2:1\n", "1:7"), ("1 qid:1 qid:2 1:1\n", "1:9"),
    ("-inf 1:1\n", "1:1"), ("1,2 1:1\n", "1:1"), ("1 1:1e39\n", "1:5"), ("1 1:1\r2:1\n", "1:6"), ("1\n2\n", "1:1"),
    ("1 1:1\n\u{FEFF}2 1:1\n", "2:1"), ("label 1:1\n1 1:1\n", "1:1"), ("1 a:1\n", "1:3"), ("1 1::1\n", "1:5"),
    ("1 0:1 2147483647:1\n", "1:1"), ("<html>\n", "1:1"),
  ]

  @Test func everyMalformedFileIsReportedAndTheOthersAreListed() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (index, file) in Self.malformed.enumerated() {
      try Data(file.text.utf8).write(to: folder.appendingPathComponent("file\(index)"))
    }
    try Data("1 1:0.5\n2 1:1 2:-1\n".utf8).write(to: folder.appendingPathComponent("good"))
    let result = try Program.run("data", "list", folder.path, "--json")
    #expect(result.status == 65)
    let datasets = try #require(try result.json()["datasets"] as? [[String: Any]])
    #expect(datasets.compactMap { $0["name"] as? String } == ["good"])
    for (index, file) in Self.malformed.enumerated() {
      #expect(result.errors.contains("\(folder.path)/file\(index):\(file.place): error: "), "\(file.text)")
    }
  }

  @Test func inspectReadsStandardInput() throws {
    let result = try Program.run("data", "inspect", "-", "--json", input: Data("3 1:0.5 4:-2\n-1 2:1\n".utf8))
    let json = try result.json()
    #expect(json["rows"] as? Int == 2)
    #expect(json["features"] as? Int == 4)
    #expect(json["classes"] as? Int == 2)
    #expect(json["nonzeros"] as? Int == 3)
    #expect(json["labels"] as? [String: Int] == ["-1": 1, "3": 1])
  }

  /// Once each: labels of a regression, and features that are not scaled.
  @Test func unsuitableDataAreWarnedOf() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("target").path
    let text = (0..<40).map { "\(Double($0) * 0.75) 1:\($0 % 7) 2:\(60 + $0)\n" }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let warnings = [
      "\(path): warning: 40 distinct labels in 40 rows look like a regression target; each is trained as a class of its own",
      "\(path): warning: features are not scaled: a value of 99 is beyond -30 to 30, which the learning rates of the grid may "
        + "not suit; `refinery data scale` scales every feature to -1 to 1",
    ]
    let inspection = try Program.run("data", "inspect", path, "--json")
    #expect(inspection.errors.split(separator: "\n").map(String.init) == warnings)
    let ownWarnings = try inspection.json()["warnings"] as? [String]
    #expect(ownWarnings?.map { "\(path): warning: \($0)" } == warnings)
    let list = try Program.run("data", "list", folder.path, "--json")
    #expect(list.errors.split(separator: "\n").map(String.init) == warnings)
    #expect((try list.json()["datasets"] as? [[String: Any]])?.first?["warnings"] as? [String] == warnings)
    let sweep = try Program.run("sweep", "--data", folder.path, "--dry-run")
    #expect(sweep.errors.split(separator: "\n").map(String.init) == warnings)
    #expect(sweep.output.contains("smallest loss"))
    #expect(try Program.run("data", "inspect", "-", input: Data(text.utf8)).errors.hasPrefix("<stdin>: warning: 40 distinct"))
  }

  /// The signal of a mapped file that is cut short; here it comes from outside.
  @Test func aFileThatIsLostWhileItIsReadEndsInAMessage() throws {
    let process = Process()
    let (input, errors) = (Pipe(), Pipe())
    process.executableURL = Program.executable
    process.arguments = ["data", "inspect", "-"]
    process.standardInput = input
    process.standardError = errors
    try process.run()
    // A pipe takes 64 KB: once more is written, the program reads.
    try input.fileHandleForWriting.write(contentsOf: Data(String(repeating: "1 1:1\n", count: 1 << 16).utf8))
    kill(process.processIdentifier, SIGBUS)
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(said.hasPrefix("refinery: error: a file was cut short while it was being read"))
  }

  @Test func missingFilesAndFoldersEndWithCode66() throws {
    #expect(try Program.run("data", "inspect", "no-such-file").status == 66)
    #expect(try Program.run("data", "list", "no-such-folder").status == 66)
  }

  /// As a decompressor that is killed for want of memory does.
  @Test(arguments: [
    ("kill -9 $$", "signal 9 ended it (Killed)"), ("exit 3", "it ended with status 3"),
    (#"printf 'bad \033[31m\nfile' >&2; exit 1"#, #"bad \x1B[31m file"#),
  ])
  func whatADecompressorEndsWithIsSaid(script: String, explanation: String) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appending(path: "xz").path
    let text = Data("#!/bin/sh\n\(script)\n".utf8)
    #expect(FileManager.default.createFile(atPath: program, contents: text, attributes: [.posixPermissions: 0o755]))
    let file = folder.appending(path: "data.xz")
    try Data([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0x00]).write(to: file)
    let result = try Program.run("data", "inspect", file.path, environment: ["PATH": folder.path])
    #expect(result.status == 65)
    #expect(result.errors == "\(file.path):1:1: error: xz cannot decompress the file: \(explanation)\n")
  }

  @Test func namesDoNotReachTheTerminalRaw() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let name = "a\u{1B}[31m\nb"
    try Data("1 1:0.5\n2 1:1 2:-1\n".utf8).write(to: folder.appendingPathComponent(name))
    try Data("x".utf8).write(to: folder.appendingPathComponent("bad" + name))
    let result = try Program.run("data", "list", folder.path)
    #expect(result.output.contains(#"\#na\x1B[31m\x0Ab  "#))
    #expect(result.errors.hasPrefix(#"\#(folder.path)/bada\x1B[31m\x0Ab:1:1: error: label "x" is text; "#))
    let json = try Program.run("data", "list", folder.path, "--json").json()
    #expect((json["datasets"] as? [[String: Any]])?.first?["name"] as? String == name)
    for arguments in [["train", "--lr", "1", "--data", name], ["refine", name], ["report", name], ["sweep", name]] {
      let errors = try Program.run(arguments).errors
      #expect(errors.hasPrefix(#"a\x1B[31m\x0Ab: error: no"#), "\(errors)")
    }
  }

  @Test func scaledFilesAreCompressedWhereTheirNameSaysSo() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = "1 1:0\n2 1:10\n1 1:5 2:1\n"
    let (input, out) = (folder.appendingPathComponent("in").path, folder.appendingPathComponent("x").path)
    try Data(text.utf8).write(to: URL(fileURLWithPath: input))
    #expect(try Program.run("data", "scale", input, "--test", input, "--out", out).status == 0)
    let result = try Program.run("data", "scale", input, "--test", input, "--out", out + ".gz")
    #expect(result.status == 0)
    for (plain, compressed) in [("x", "x.gz"), ("x.t", "x.t.gz")] {
      let bytes = try Data(contentsOf: folder.appendingPathComponent(compressed))
      #expect(bytes.starts(with: [0x1F, 0x8B]))
      let inspections = try [plain, compressed].map {
        try Program.run("data", "inspect", folder.appendingPathComponent($0).path).output
      }
      #expect(inspections[0] == inspections[1] && !inspections[0].isEmpty)
    }
    #expect(!FileManager.default.fileExists(atPath: out + ".gz.t"))
    let other = try Program.run("data", "scale", input, "--out", out + ".xz")
    #expect(other.status == 64)
    #expect(!FileManager.default.fileExists(atPath: out + ".xz"))
  }

  @Test func namesThatAreNotUTF8AreTakenByTheirBytes() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c",
      #"printf '1 1:1\n2 1:2\n' > "$(printf 'lat\351n')"; "$0" data inspect "$(printf 'lat\351n')" > out; rm "$(printf 'lat\351n')""#,
      Program.executable.path,
    ]
    shell.currentDirectoryURL = folder
    try shell.run()
    shell.waitUntilExit()
    let output = try String(contentsOf: folder.appendingPathComponent("out"), encoding: .utf8)
    #expect(output.split(separator: "\n").first?.split(separator: " ") == ["rows", "2"])
  }
}
