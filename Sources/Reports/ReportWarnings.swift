import Foundation
import Sweeps

extension Report {
  /// The sweep's warnings, then those that the numbers themselves call for, without duplicates. A warning may have several
  /// lines.
  var warnings: [String] {
    var seen: Set<String> = []
    return
      (PathShortening(results.warnings).shortened + conditions.flatMap(\.comparisons).flatMap(\.warnings)
      + conditions.flatMap(\.bestFound).flatMap(\.warnings)).filter {
        seen.insert($0).inserted
      }
  }
}

/// Warnings without the folders of the files concerned: paths may differ between two runs of one configuration.
struct PathShortening {
  let shortened: [String]

  /// - Parameter warnings: Of one or more lines each, as `PATH:LINE:COLUMN: error: TEXT` and `PATH: warning: TEXT`, or
  ///   without a path.
  init(_ warnings: [String]) {
    let lines = warnings.map { $0.split(whereSeparator: \.isNewline).map(String.init) }
    // A path at the start of a line, blanks included, ends where the position or the kind of the warning begins. Its folder
    // is then recognised inside the lines too.
    let paths = lines.joined().compactMap(Self.path)
    let folders = Set(paths.compactMap { path in path.lastIndex(of: "/").map { String(path[...$0]) } })
    let longestFirst = folders.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    shortened = lines.map { $0.map { Self.shortened($0, folders: longestFirst) }.joined(separator: "\n") }
  }

  private static func path(of line: String) -> Substring? {
    (try? /(.+?)(:[0-9]+)*: (?:error|warning): .*/.wholeMatch(in: line)).flatMap { $0.1.contains("/") ? $0.1 : nil }
  }

  private static func shortened(_ line: String, folders: [String]) -> String {
    var text = line
    if let path = path(of: line), let slash = path.lastIndex(of: "/") {
      text = String(line[line.index(after: slash)...]).replacing(": warning: ", with: ": ", maxReplacements: 1)
    }
    for folder in folders where folder != "/" {
      text = text.ranges(of: folder).reversed().reduce(into: text) { text, range in
        // Only at the start of a path, not in the middle of a word.
        let before = range.lowerBound == text.startIndex ? " " : text[text.index(before: range.lowerBound)]
        if before.isWhitespace || "'\"(".contains(before) { text.removeSubrange(range) }
      }
    }
    // Other absolute paths, up to their last slash.
    return text.replacing(/(^|[\s'"(])\/(?:[^\s\/:;,'"]+\/)+/) { $0.1 }
  }
}

extension Comparison {
  /// What a reader must know about these numbers, one sentence each.
  var warnings: [String] {
    var warnings: [String] = []
    let with = "with \(optimizerTitle)"
    for problem in problems.indices {
      let name = problems[problem].name
      let titles = { (indices: [Int]) in listed(indices.map { columns[$0].title }) }
      let missing = columns.indices.filter { byError[problem][$0].status == .missing }
      if missing.count == columns.count {
        warnings.append("\(name) \(with): nothing has been run yet.")
      } else if !missing.isEmpty {
        warnings.append("\(name) \(with): not run yet: \(titles(missing)).")
      }
      let partial = columns.indices.filter { !byError[problem][$0].isComplete && byError[problem][$0].status != .missing }
      if !partial.isEmpty {
        warnings.append("\(name) \(with): not all learning rates and seeds have been run yet: \(titles(partial)).")
      }
      let diverged = columns.indices.filter { byError[problem][$0].status == .diverged }
      if !diverged.isEmpty { warnings.append("\(name) \(with): every learning rate diverged: \(titles(diverged)).") }
      let edges = columns.indices.filter { !edgeMarks(byError[problem][$0], problem: problem).isEmpty }
      if !edges.isEmpty {
        warnings.append("\(name) \(with): the best learning rate is at the edge of those tried: \(titles(edges)).")
      }
    }
    return warnings
  }
}
