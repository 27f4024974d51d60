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
      The same journal gives the same bytes, except for the closing section, "How this was run". While a sweep is running, the \
      report shows the results so far. For two folders it shows the differences, with their uncertainty.

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
  @Flag(help: "The same as --format json.") var json = false

  func validate() throws {
    if json, let format, format != .json { throw ValidationError("--json and --format \(format.rawValue) exclude each other") }
    guard results.count <= 2 else {
      throw ValidationError("expected one results folder, or two to compare, got \(results.count)")
    }
    if results.count == 2, json || (format ?? .markdown) != .markdown {
      throw ValidationError("a comparison of two folders is written as markdown only")
    }
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
      let results = try SweepResults.load(folder: folder, protocol: self.protocol)
      guard !Report(results).isEmpty else {
        throw Failure("\(folder): error: no results here: the sweep found no dataset that it could read", .noInput)
      }
      if let more = results.morePlans { report("\(folder): note: \(more)") }
      return results
    }
    if loaded.count == 2 {
      try Output.write(ResultsComparison(loaded[0], loaded[1]).markdown, to: out)
      if let out, out != "-" { report("wrote \(out)") }
      return
    }
    let document = Report(loaded[0])
    let path = out ?? (format == .markdown ? (folders[0] as NSString).appendingPathComponent("REPORT.md") : "-")
    guard Self.isFile(path) else {
      try Output.write(document.render(format).text, to: path)
      return
    }
    do {
      let written = try document.write(to: URL(fileURLWithPath: path), format: format) { try Output.write($0, to: $1.path) }
      let parent = InputPath(path).folder
      let folder = parent == "." ? written.figureFolder : parent + "/" + written.figureFolder
      report("wrote \(path)" + (written.figures > 0 ? " and \(counted(written.figures, "figure")) in \(folder)/" : ""))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(path): error: cannot be written: \(Output.reason(error))", .cannotCreate)
    }
  }

  /// Whether a path is, or will be, that of a file: figures cannot be written beside standard output, a device or a pipe.
  private static func isFile(_ path: String) -> Bool {
    guard path != "-" else { return false }
    var status = stat()
    return stat(path, &status) != 0 || [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }
}

extension Report.Format: ExpressibleByArgument {}
