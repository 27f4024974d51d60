import Foundation
import Testing

@Suite struct StandardErrorTests {
  @Test func messagesThatNobodyReadsAreLost() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try Program.run(["data", "inspect", "no-such-file"], errors: pipe.fileHandleForWriting)
    #expect(result.status == 66)
  }

  @Test(arguments: ["2>&-", "2>/dev/full"]) func messagesThatCannotBeWrittenAreLost(redirection: String) throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "exec \"$0\" data inspect no-such-file \(redirection)", Program.executable.path]
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 66)
  }
}
