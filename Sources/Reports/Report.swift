import Foundation
import Sweeps

/// The comparison of schedules that a sweep's results support, ready to be written down.
///
/// The same results give the same bytes. Everything that may differ between two runs of one configuration (machine, dates,
/// durations, threads, shards, paths) is in the closing section `## How this was run` and nowhere else.
///
///     try Report(results).write(to: URL(filePath: "REPORT.md"), format: .markdown)
public struct Report: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case markdown, latex, csv, json, html
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

  static let title = "Learning-rate schedules on logistic regression"

  public let results: SweepResults
  /// One per optimizer, in the configuration's order.
  public let comparisons: [Comparison]

  /// - Complexity: O(n log n) in the number of runs.
  public init(_ results: SweepResults) {
    self.results = results
    let columns = ScheduleColumn.columns(of: results.configuration.schedules + Set(results.runs.map(\.schedule)).sorted())
    let optimizers = Self.optimizers(of: results)
    comparisons = zip(optimizers, Self.identifiers(of: optimizers)).map {
      Comparison(results, optimizer: $0, identifier: $1, columns: columns)
    }
  }

  /// `sgd-momentum-0-9` for `sgd:momentum=0.9`; numbered where two would be equal, also on a case-insensitive file system.
  static func identifiers(of names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      let plain = name.replacingScalars { $0.isWordOfASCII ? nil : "-" }
      var identifier = plain
      var number = 1
      while !taken.insert(identifier.lowercased()).inserted {
        number += 1
        identifier = "\(plain)-\(number)"
      }
      return identifier
    }
  }

  /// The configured optimizers in their order, then any others in the journal.
  private static func optimizers(of results: SweepResults) -> [String] {
    let present = Set(results.runs.map(\.optimizer)).union(results.refinements.map(\.optimizer)).sorted()
    var seen: Set<String> = []
    return (results.configuration.optimizers.map(\.spelling) + present).filter { seen.insert($0).inserted }
  }

  /// Whether there is neither a problem nor a run to report on.
  public var isEmpty: Bool { results.problems.isEmpty && results.runs.isEmpty }

  /// - Parameter figureFolder: The folder of the figures, relative to the report.
  /// - Throws: the encoder's error, for JSON that cannot be written.
  /// - Complexity: O(n log n) in the number of runs.
  public func render(_ format: Format, figureFolder: String = "figures") throws -> Rendering {
    switch format {
    case .markdown:
      let document = document()
      return Rendering(text: MarkdownWriter(figureFolder: figureFolder).write(document), figures: document.figures)
    case .latex:
      let tables = document().tables.filter { $0.identifier != Self.sessionTableIdentifier }
      return Rendering(text: LaTeXWriter().write(tables, findings: Findings(comparisons).bullets), figures: [])
    case .csv: return Rendering(text: CSVWriter().write(self), figures: [])
    case .json: return Rendering(text: try JSONWriter().write(self), figures: [])
    case .html:
      let text = HTMLWriter().write(
        document(), title: Self.title, columns: comparisons.first?.columns ?? [],
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
    to url: URL, format: Format, writeFile: (Data, URL) throws -> Void = { try $0.write(to: $1, options: .atomic) }
  ) throws -> Written {
    let folder = FigureFolder(ofReportAt: url)
    let rendering = try render(format, figureFolder: folder.name)
    if !rendering.figures.isEmpty {
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
      for figure in rendering.figures { try writeFile(Data(folder.marked(figure).utf8), folder.file(of: figure)) }
    }
    try writeFile(Data(rendering.text.utf8), url)
    if format == .markdown { try folder.removeStale(except: rendering.figures) }
    return Written(figures: rendering.figures.count, figureFolder: folder.name)
  }
}
