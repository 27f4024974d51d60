import Foundation
import Testing

@Suite struct ReportCommandTests {
  /// A folder with a sweep of two problems in `results`.
  private func withSweep(_ body: (URL) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = folder.appendingPathComponent("d")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    for (name, shift) in [("alpha", 0), ("beta", 1)] {
      let lines = (0..<24).map { "\($0 % 3) 1:\(Double(($0 * 7 + shift) % 11) / 10) 2:\(Double(($0 * 5) % 13) / 10)" }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: data.appendingPathComponent(name))
    }
    let sweep = try Program.run(
      "sweep", "--data", data.path, "--schedule", "linear,flat", "--optimizer", "sgd", "--seeds", "2", "--epochs", "2",
      "--results", folder.appendingPathComponent("results").path, "--jobs", "1", "--quiet")
    #expect(sweep.status == 0, "\(sweep.errors)")
    try body(folder)
  }

  @Test func saysWhatItWrote() throws {
    try withSweep { folder in
      let report = folder.appendingPathComponent("r.md").path
      let results = folder.appendingPathComponent("results").path
      let first = try Program.run("report", results, "--out", report)
      #expect(first.status == 0 && first.output.isEmpty)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("figures").path)
      #expect(first.errors == "wrote \(report) and \(files.count) figures in \(folder.path)/figures/\n")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: report))
      #expect(try Program.run("report", results, "--out", report).errors == first.errors)
      #expect(try Data(contentsOf: URL(fileURLWithPath: report)) == bytes)
      let printed = try Program.run("report", results, "--out", "-")
      #expect(printed.errors.isEmpty && printed.output == String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test func nothingToReportIsNoInput() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (data, results) = (folder.appendingPathComponent("d"), folder.appendingPathComponent("results").path)
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let options = ["--seeds", "2", "--epochs", "1", "--results", results, "--quiet"]
    let empty = try Program.run(["sweep", "--data", data.path] + options)
    #expect(empty.status == 66 && empty.errors.contains("no dataset here"))
    try Data("x\n".utf8).write(to: data.appendingPathComponent("bad"))
    #expect(try Program.run(["sweep", "--data", data.path] + options).status == 65)
    let report = try Program.run("report", results, "--out", "-")
    #expect(report.status == 66 && report.output.isEmpty)
    #expect(report.errors.contains("no results here"))
  }

  @Test func resultsMadeElsewhereStandInTheTable() throws {
    try withSweep { folder in
      let results = folder.appendingPathComponent("results").path
      let file = folder.appendingPathComponent("mine.csv")
      try Data("problem,optimizer,seed,train_error\nalpha,mine,1,0.25\nalpha,mine,2,0.5\n".utf8).write(to: file)
      let report = try Program.run("report", results, "--add", file.path, "--out", "-")
      #expect(
        report.status == 0 && report.output.contains("| problem | SGD (reference) | mine (elsewhere) |"), "\(report.errors)")
      try Data("problem,optimizer,seed,train_error\nalpha,mine,x,0.25\nalhpa,mine,2,0.5\n".utf8).write(to: file)
      let failed = try Program.run("report", results, "--add", file.path, "--out", "-")
      #expect(failed.status == 65 && failed.output.isEmpty)
      let lines = failed.errors.split(separator: "\n")
      #expect(
        lines.count == 2 && lines[0].hasPrefix("\(file.path):2:12: error: ") && lines[1].hasPrefix("\(file.path):3:1: error: "))
      #expect(try Program.run("report", results, "--add", folder.path + "/none.csv").status == 66)
    }
  }

  @Test func tracesAndNormsAreAskedFor() throws {
    try withSweep { folder in
      let results = folder.appendingPathComponent("results").path
      let csv = try Program.run("report", results, "--format", "csv", "--with", "traces,norms")
      #expect(csv.status == 0 && csv.output.split(separator: "\n")[0].hasSuffix(",l2,traces,norms"))
      let json = try Program.run("report", results, "--json", "--with", "traces")
      #expect(json.status == 0 && json.output.contains("\"traces\" : [") && json.output.contains("\"losses\""))
      #expect(try Program.run("report", results, "--with", "traces").status == 64)
      #expect(try Program.run("report", results, "--json", "--with", "trace").status == 64)
    }
  }
}
