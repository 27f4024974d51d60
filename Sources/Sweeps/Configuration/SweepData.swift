import Foundation
import Platform
import Sparse
import Training

/// A problem of a sweep, with the checksums that identify its data.
public struct SweepProblem: Sendable {
  public let problem: Problem
  public let summary: ProblemSummary

  /// Problems that do not come from a file (in tests) get checksums of 0.
  public init(_ problem: Problem) {
    func hexadecimal(_ checksum: UInt32?) -> String {
      let digits = String(checksum ?? 0, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
    let training = problem.training
    self.problem = problem
    summary = ProblemSummary(
      name: problem.name, rows: training.rowCount, testRows: problem.test?.rowCount, features: training.featureCount,
      classes: training.classCount, nonzeros: training.matrix.nonzeroCount, checksum: hexadecimal(problem.checksum),
      testChecksum: problem.test.map { _ in hexadecimal(problem.testChecksum) })
  }
}

/// The problems of a sweep, and the errors in those that cannot be used.
public struct SweepData: Sendable {
  /// Sorted by name.
  public var problems: [SweepProblem] = []
  /// One for each unreadable file: the other files are swept, and the exit code is 65.
  public var failures: [String] = []
  /// What a user should know before the sweep starts: constant features, duplicates and so on.
  public var warnings: [String] = []

  public init(problems: [SweepProblem] = []) {
    self.problems = problems.sorted { $0.summary.name < $1.summary.name }
  }

  /// Reads every dataset that folders, files and glob patterns name. A file that is named several times is one dataset.
  ///
  /// - Throws: `ReadingFailure` of kind `noInput` where a folder does not exist or holds no dataset, or a pattern matches
  ///   nothing.
  public init(reading patterns: [String]) throws {
    var entries: [String: DatasetFolder.Entry] = [:]
    var failures: [String: String] = [:]
    for pattern in patterns {
      let found = try DatasetSelection(InputPath(pattern))
      for failure in found.failures { failures[InputPath(failure.errors[0].file).identity] = "\(failure)" }
      for entry in found.entries {
        if let known = entries[entry.name] {
          guard !entry.isSame(as: known) else { continue }
          failures[InputPath(entry.path).identity] =
            "\(entry.path): error: the name '\(entry.name)' is taken by \(known.path); rename one of the two".printable
        } else {
          entries[entry.name] = entry
        }
      }
    }
    for entry in entries.values.sorted(by: { $0.name < $1.name }) {
      do {
        let problem = try Problem(path: entry.path, testPath: entry.testPath)
        if problem.training.classCount < 2 {
          failures[InputPath(entry.path).identity] =
            "\(entry.path.printable): error: every row has the same label, expected at least two classes: there is nothing to learn"
        } else {
          try problem.checkTrainingMemory(path: entry.path)
          warnings += SweepData.warnings(of: problem.training, path: entry.path)
          problems.append(SweepProblem(problem))
        }
      } catch {
        failures[InputPath(entry.path).identity] = "\(error)"
      }
    }
    warnings += SweepData.duplicates(among: problems)
    self.failures = failures.values.sorted()
  }

  /// Problems with fewer rows than a batch, one sentence each.
  public func batchNotes(of configuration: SweepConfiguration) -> [String] {
    let largest = configuration.batchSizeAxis.max() ?? 1
    return problems.map(\.summary).filter { $0.rows < largest }.map {
      "\($0.name): note: its \($0.rows) rows are fewer than a batch of \(largest): every step uses all of them"
    }
  }

  private static func warnings(of data: LabelledSparseData, path: String) -> [String] {
    constantFeatures(of: data, path: path) + data.warnings.map { "\(path): warning: \($0)" }
  }

  /// Features with the same value in every row, which duplicate the bias.
  private static func constantFeatures(of data: LabelledSparseData, path: String) -> [String] {
    let constant = data.matrix.constantColumns(listing: 1)
    guard let first = constant.first.first.map({ $0 + 1 }) else { return [] }
    let text = constant.count == 1 ? "feature \(first) is" : "\(constant.count) features (the first: \(first)) are"
    return ["\(path): warning: \(text) the same in every row and can tell no class from another"]
  }

  private static func duplicates(among problems: [SweepProblem]) -> [String] {
    let same = Dictionary(grouping: problems.map(\.summary)) { "\($0.checksum) \($0.rows) \($0.nonzeros)" }
    return same.values.filter { $0.count > 1 }.map { group in
      "warning: \(group.map(\.name).sorted().joined(separator: ", ")) hold the same data"
    }.sorted()
  }
}

extension DatasetFolder.Entry {
  /// Whether both are the same files, whatever the paths to them.
  fileprivate func isSame(as other: DatasetFolder.Entry) -> Bool {
    InputPath(path).identity == InputPath(other.path).identity
      && testPath.map { InputPath($0).identity } == other.testPath.map { InputPath($0).identity }
  }
}

/// The datasets that one `data:` entry names.
private struct DatasetSelection {
  var entries: [DatasetFolder.Entry]
  var failures: [ReadingFailure]

  /// - Parameter path: a folder, or a path whose last component may hold `*`, `?` and `[...]`; the compression suffix may be
  ///   left out.
  init(_ path: InputPath) throws {
    let folder = try DatasetFolder(path.isFolder ? path.text : path.folder)
    (entries, failures) = (folder.entries, folder.failures)
    if !path.isFolder {
      let name = path.name
      let isAsked = { (file: String) in
        [file, DatasetFolder.datasetName(ofFile: file)].contains { $0 == name || fnmatch(name, $0, 0) == 0 }
      }
      entries = entries.filter { isAsked(InputPath($0.path).name) }
      failures = failures.filter { isAsked(InputPath($0.errors[0].file).name) }
    }
    guard entries.isEmpty && failures.isEmpty else { return }
    throw ReadingFailure(
      kind: .noInput, file: path.text,
      message: path.isFolder
        ? "no dataset here; expected files in LIBSVM format"
        : "no dataset here; expected a folder, a file or a pattern such as datasets/*.scale")
  }
}
