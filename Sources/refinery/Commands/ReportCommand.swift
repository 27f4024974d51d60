import ArgumentParser
import Foundation
import Reports
import Schedules
import Sparse
import Sweeps

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report: tables and figures of the results in the journal.",
    discussion: """
      Markdown goes to REPORT.md in the results folder, its figures to figures/ beside it, or to NAME-figures/ if figures/ \
      belongs to another report. The other formats go to standard output, or to --out. Standard error says what was written. \
      The same journal gives the same bytes; two sweeps with the same results differ only in the closing section, "How this was \
      run". While a sweep is running, the report shows the results so far. For two folders, the differences and their \
      uncertainty go to standard output, or to --out.

      A results folder keeps everything that was ever trained. The report shows the newest plan: the configuration and the \
      data of the latest sweep. --protocol shows an earlier plan, or combines several; --protocol list lists them.
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Results folder (default: results), or two to compare.", valueName: "RESULTS")) var results:
    [String] = []
  @Option(help: ArgumentHelp("File to write (default for markdown: RESULTS/REPORT.md).", valueName: "REPORT.md")) var out:
    String?
  @Option(help: "Output format (default: markdown).") var format: Report.Format?
  @Option(
    help: ArgumentHelp(
      "Plan to show, by the first digits of its key, or several to combine (default: the newest); list lists all.",
      valueName: "KEY[,KEY...]|list"))
  var `protocol`: String?
  @Option(
    help: ArgumentHelp(
      "Runs made elsewhere, as further methods: rows in the schema of --format csv, what does not apply left empty.",
      valueName: "FILE.csv"))
  var add: String?
  @Option(
    help: ArgumentHelp(
      "Also include in CSV and JSON: the mini-batch losses of traced runs, the gradient norms of prior runs.",
      valueName: Report.Extra.allCases.map(\.rawValue).joined(separator: ",")))
  var with: String?
  @Flag(help: "The same as --format json.") var json = false

  func validate() throws {
    if json, let format, format != .json { throw ValidationError("--json and --format \(format.rawValue) exclude each other") }
    if with != nil, ![.csv, .json].contains(json ? .json : format) {
      throw ValidationError("--with: expected --format csv or --format json with it")
    }
    _ = try extras()
    guard results.count <= 2 else {
      throw ValidationError("expected one results folder, or two to compare, got \(results.count)")
    }
    if results.count == 2, add != nil { throw ValidationError("--add: expected one results folder with it, got two") }
    if results.count == 2, json || (format ?? .markdown) != .markdown {
      throw ValidationError("a comparison of two folders is written as markdown only")
    }
  }

  private func extras() throws -> Set<Report.Extra> {
    try Set(
      (with.map(commaSeparated) ?? []).map { name in
        if let extra = Report.Extra(rawValue: name) { return extra }
        let names = Report.Extra.allCases.map(\.rawValue)
        throw ValidationError("--with: expected \(names.joined(separator: " or ")), got '\(name)'")
      })
  }

  func run() throws {
    let format = json ? .json : format ?? .markdown
    let folders = results.isEmpty ? ["results"] : results
    if self.protocol == "list" {
      let lines = try folders.flatMap { folder in
        let plans = try SweepResults.plans(folder: folder)
        return folders.count == 1 ? plans : [folder.printable] + plans
      }
      try Output.write(lines.map(\.printable).joined(separator: "\n") + "\n", to: nil)
      return
    }
    let loaded = try folders.map { folder in
      let study = try StudyResults.load(folder: folder, protocol: self.protocol)
      guard !Report(study).isEmpty else {
        throw Failure("\(folder): error: no results here: the sweep found no dataset that it could read", .noInput)
      }
      if let more = study.first.morePlans { report("\(folder): note: \(more)") }
      return study
    }
    if loaded.count == 2 {
      do {
        try Output.write(ResultsComparison.markdown(loaded[0], loaded[1]), to: out)
      } catch let error as ResultsComparison.NoSharedCondition {
        throw Failure("\(folders[1]): error: \(error)", .badData)
      }
      if let out, out != "-" { report("wrote \(out)") }
      return
    }
    let document = Report(loaded[0], added: try add.map { try Self.addedRuns($0, to: loaded[0]) })
    let path = out ?? (format == .markdown ? (folders[0] as NSString).appendingPathComponent("REPORT.md") : "-")
    guard Self.isFile(path) else {
      try Output.write(document.render(format, with: extras()).text, to: path)
      return
    }
    do {
      let written = try document.write(to: URL(fileURLWithPath: path), format: format, with: extras()) {
        try Output.write($0, to: $1.path)
      }
      let parent = InputPath(path).folder
      let folder = parent == "." ? written.figureFolder : parent + "/" + written.figureFolder
      report("wrote \(path)" + (written.figures > 0 ? " and \(counted(written.figures, "figure")) in \(folder)/" : ""))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): error: cannot be written: \(Output.reason(error))", .cannotCreate)
    }
  }

  private static func addedRuns(_ path: String, to study: StudyResults) throws -> AddedRuns {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw Failure("\(path): error: no such file", .noInput)
      }
      if isFolder.boolValue { throw Failure("\(path): error: is a directory, expected a CSV file", .noInput) }
      throw Failure("\(path): error: cannot be read: \(Output.reason(error))", .inputOutput)
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw Failure("\(path): error: expected a CSV file, found bytes that are not UTF-8", .badData)
    }
    return try AddedRuns(
      text, file: path.printable, problems: study.first.problems.map(\.name), conditions: study.configuration.conditions)
  }

  /// Whether a path is, or will be, that of a file: figures cannot be written beside standard output, a device or a pipe.
  private static func isFile(_ path: String) -> Bool {
    guard path != "-" else { return false }
    var status = stat()
    return stat(path, &status) != 0 || [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }
}

extension Report.Format: ExpressibleByArgument {}
