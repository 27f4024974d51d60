import ArgumentParser
import Foundation
import Sparse

struct DataScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Scale every feature linearly, as svm-scale does; a test file with the ranges of the training file.",
    discussion: """
      Zeros in the file count for the ranges; features with one value in all rows are left out. Scaled zeros are not written. \
      The scaled test file is written beside the other as OUT.t.
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Training file in LIBSVM format.", valueName: "IN")) var input: String
  @Option(help: ArgumentHelp("Test file, scaled with the ranges of the training file.", valueName: "IN.t")) var test: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Scaled training file; the test file becomes OUT.t.", valueName: "OUT"))
  var out: String
  @Option(help: ArgumentHelp("Lower limit.", valueName: "X")) var lower = -1.0
  @Option(help: ArgumentHelp("Upper limit.", valueName: "X")) var upper = 1.0
  @Flag(help: "Print what was done as JSON.") var json = false

  func validate() throws {
    guard lower.isFinite, upper.isFinite, lower < upper else {
      throw ValidationError("--lower \(lower) and --upper \(upper): a lower limit below the upper one would be right")
    }
    guard input != "-", test != "-" else { throw ValidationError("standard input cannot be scaled: the file is read twice") }
  }

  func run() throws {
    let scaling = try FeatureScaling(trainingPath: input, lower: lower, upper: upper)
    var summaries = [Item(path: out, summary: try scale(input, with: scaling, to: out))]
    if let test { summaries.append(Item(path: out + ".t", summary: try scale(test, with: scaling, to: out + ".t"))) }
    if json { try Output.write(Output.json(["files": summaries]), to: nil) }
  }

  /// Writes to a temporary file first, so that a bad input leaves nothing half-written.
  private func scale(_ path: String, with scaling: FeatureScaling, to out: String) throws -> FeatureScaling.Summary {
    let partial = out + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
    guard FileManager.default.createFile(atPath: partial, contents: nil), let file = FileHandle(forWritingAtPath: partial)
    else {
      throw Failure("\(out): error: cannot be written: \(String(cString: strerror(errno)))", .cannotCreate)
    }
    do {
      let summary = try scaling.scale(path: path) { bytes in
        do {
          try file.write(contentsOf: bytes)
        } catch {
          throw Failure("\(out): error: cannot be written: \(Output.reason(error))", .cannotCreate)
        }
      }
      try file.close()
      guard rename(partial, out) == 0 else {
        throw Failure("\(out): error: cannot be written: \(String(cString: strerror(errno)))", .cannotCreate)
      }
      if !summary.unknownFeatures.isEmpty {
        report("\(path): warning: \(summary.unknownFeatures.count) features are constant or unknown in \(input) and left out")
      }
      return summary
    } catch {
      unlink(partial)
      throw error
    }
  }

  private struct Item: Encodable {
    var path: String
    var summary: FeatureScaling.Summary

    enum CodingKeys: String, CodingKey { case path, rows, nonzeros }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(path, forKey: .path)
      try container.encode(summary.rows, forKey: .rows)
      try container.encode(summary.nonzerosAfter, forKey: .nonzeros)
    }
  }
}
