import Foundation

/// The folder of a report's figures: `figures` beside it, or one named after the report if `figures` holds those of another
/// report that still exists.
///
/// Every figure file names its report, so that reports in one folder do not replace each other's figures, and each can remove
/// its own stale ones.
struct FigureFolder {
  /// File name of the report.
  private let report: String
  private let parent: URL
  /// Relative to the report.
  let name: String

  var url: URL { parent.appending(path: name, directoryHint: .isDirectory) }

  init(ofReportAt report: URL) {
    self.report = report.lastPathComponent
    parent = report.deletingLastPathComponent()
    let candidates = Self.candidates(self.report)
    let (name, folder) = (self.report, parent)
    self.name = candidates.first { !Self.isTaken(folder.appending(path: $0), beside: folder, by: name) } ?? candidates[0]
  }

  private static func candidates(_ report: String) -> [String] {
    let stem = report.lastIndex(of: ".").map { String(report[..<$0]) } ?? report
    return ["figures", (stem.isEmpty ? report : stem) + "-figures", report + "-figures"]
  }

  /// Whether a folder holds figures of another report that exists.
  private static func isTaken(_ folder: URL, beside reports: URL, by report: String) -> Bool {
    Set(pictures(in: folder).compactMap(owner)).contains { owner in
      owner != report && FileManager.default.fileExists(atPath: reports.appending(path: owner).path)
    }
  }

  func file(of figure: Figure) -> URL { url.appending(path: figure.name + ".svg") }

  /// The picture, marked with the name of its report.
  func marked(_ figure: Figure) -> String {
    guard let style = figure.svg.range(of: "<style>") else { return figure.svg }
    return figure.svg.replacingCharacters(in: style, with: "<metadata>\(Self.phrase)\(escaped(report))</metadata>\n<style>")
  }

  /// Removes all other figures of the report, wherever it may have put them, and those of its folders that become empty.
  ///
  /// - Throws: Foundation's error where one cannot be removed.
  func removeStale(except figures: [Figure]) throws {
    let current = Set(figures.map { file(of: $0).lastPathComponent })
    for candidate in Self.candidates(report) {
      let folder = parent.appending(path: candidate, directoryHint: .isDirectory)
      let stale = Self.pictures(in: folder).filter { picture in
        Self.owner(of: picture) == report && !(candidate == name && current.contains(picture.lastPathComponent))
      }
      for picture in stale { try FileManager.default.removeItem(at: picture) }
      let isEmpty = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.isEmpty ?? false
      if !stale.isEmpty, isEmpty { try FileManager.default.removeItem(at: folder) }
    }
  }

  private static let phrase = "Figure of "

  private static func pictures(in folder: URL) -> [URL] {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".svg") }.sorted().map { folder.appending(path: $0) }
  }

  /// The report that a figure belongs to; nil if the picture does not say.
  private static func owner(of picture: URL) -> String? {
    guard let text = try? String(contentsOf: picture, encoding: .utf8),
      let start = text.range(of: "<metadata>\(phrase)"),
      let end = text.range(of: "</metadata>", range: start.upperBound..<text.endIndex)
    else { return nil }
    return unescaped(String(text[start.upperBound..<end.lowerBound]))
  }
}

/// Undoes `escaped`, except for characters that XML does not allow.
private func unescaped(_ text: String) -> String {
  [("&quot;", "\""), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")].reduce(text) { $0.replacing($1.0, with: $1.1) }
}
