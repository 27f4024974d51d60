import Foundation
import Sweeps

/// The comparison of schedules that a study's results support, ready to be written down.
///
/// The same results give the same bytes. Everything that may differ between two runs of one configuration (machine, dates,
/// durations, threads, shards, paths) is in the closing section `## How this was run` and nowhere else.
///
///     try Report(results).write(to: URL(filePath: "REPORT.md"), format: .markdown)
public struct Report: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case markdown, latex, csv, json, html
  }

  /// What JSON and CSV can carry besides.
  public enum Extra: String, Sendable, CaseIterable {
    /// Mini-batch losses along the runs that were traced.
    case traces
    /// Gradient norms of prior runs, raw and smoothed, and the factors refined from them.
    case norms
  }

  /// A report in one format: the text, and the figures that it refers to as `FOLDER/NAME.svg`.
  public struct Rendering: Sendable {
    public let text: String
    public let figures: [Figure]
  }

  /// What `write` wrote.
  public struct Written: Sendable {
    public let figures: Int
    /// Relative to the report.
    public let figureFolder: String
  }

  public let study: StudyResults
  /// At least one.
  let conditions: [ConditionReport]

  /// - Parameter added: Runs made elsewhere.
  /// - Complexity: O(n log n) in the number of runs.
  public init(_ study: StudyResults, added: AddedRuns? = nil) {
    self.study = study
    conditions = study.conditions.map { entry in
      ConditionReport(
        entry.results, condition: entry.condition, axes: study.axes,
        added: added?.rows.filter { $0.isOf(entry.condition) }.map(\.run) ?? [])
    }
  }

  /// A study of one condition.
  public init(_ results: SweepResults, added: AddedRuns? = nil) { self.init(StudyResults(results), added: added) }

  var title: String { study.configuration.name ?? "Learning-rate schedules on logistic regression" }

  /// Of the first condition, with the protocol, warnings and sessions of the whole study.
  public var results: SweepResults { study.first }

  /// Of the first condition: one per optimizer, in the configuration's order.
  public var comparisons: [Comparison] { conditions[0].comparisons }

  /// Whether there is neither a problem nor a run to report on.
  public var isEmpty: Bool { results.problems.isEmpty && study.conditions.allSatisfy { $0.results.runs.isEmpty } }

  /// - Parameters:
  ///   - figureFolder: The folder of the figures, relative to the report.
  ///   - extras: For CSV and JSON.
  /// - Throws: the encoder's error, for JSON that cannot be written.
  /// - Complexity: O(n log n) in the number of runs.
  public func render(_ format: Format, figureFolder: String = "figures", with extras: Set<Extra> = []) throws -> Rendering {
    switch format {
    case .markdown:
      let document = document()
      return Rendering(text: MarkdownWriter(figureFolder: figureFolder).write(document), figures: document.figures)
    case .latex:
      let document = document()
      let tables = document.tables.filter { $0.identifier != Self.sessionTableIdentifier }
      let text = LaTeXWriter(figureFolder: figureFolder).write(tables, figures: document.figures, findings: findings)
      return Rendering(text: text, figures: [])
    case .csv: return Rendering(text: CSVWriter(extras: extras).write(self), figures: [])
    case .json: return Rendering(text: try JSONWriter(extras: extras).write(self), figures: [])
    case .html:
      let text = HTMLWriter().write(
        document(), title: title, columns: comparisons.first?.columns ?? [],
        optimizers: comparisons.map { ($0.optimizer, $0.optimizerTitle) })
      return Rendering(text: text, figures: [])
    }
  }

  /// Writes the report, and its figures to `figures` beside it, or to `STEM-figures` if `figures` holds those of another
  /// report that still exists. Stale figures of this report are removed.
  ///
  /// - Parameter writeFile: Writes one file.
  /// - Throws: What `writeFile` throws, and Foundation's error where the folder cannot be made or a file cannot be removed.
  @discardableResult
  public func write(
    to url: URL, format: Format, with extras: Set<Extra> = [],
    writeFile: (Data, URL) throws -> Void = { try $0.write(to: $1, options: .atomic) }
  ) throws -> Written {
    let folder = FigureFolder(ofReportAt: url)
    let rendering = try render(format, figureFolder: folder.name, with: extras)
    if !rendering.figures.isEmpty {
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
      for figure in rendering.figures { try writeFile(Data(folder.marked(figure).utf8), folder.file(of: figure)) }
    }
    try writeFile(Data(rendering.text.utf8), url)
    if format == .markdown { try folder.removeStale(except: rendering.figures) }
    return Written(figures: rendering.figures.count, figureFolder: folder.name)
  }
}
