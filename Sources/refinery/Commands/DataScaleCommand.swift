import ArgumentParser
import Sparse

struct DataScaleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scale",
    abstract: "Scale every feature linearly, as svm-scale does; a test file uses the ranges of the training file.",
    discussion: """
      Implicit zeros count in the ranges; features with the same value in all rows are left out. Scaled zeros are not written. \
      The scaled test file is written as OUT.t. If OUT is NAME.gz, both files are compressed, and the test file is NAME.t.gz. \
      On an error, neither file is written.
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Training file in LIBSVM format.", valueName: "IN")) var input: String
  @Option(help: ArgumentHelp("Test file, scaled with the ranges of the training file.", valueName: "IN.t")) var test: String?
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Scaled training file, - for standard output; the test file becomes OUT.t.", valueName: "OUT"))
  var out: String
  // Floats, as in svm-scale: the digits of its output depend on it.
  @Option(parsing: .unconditional, help: ArgumentHelp("Lower limit.", valueName: "X")) var lower: Float = -1
  @Option(parsing: .unconditional, help: ArgumentHelp("Upper limit.", valueName: "X")) var upper: Float = 1
  @Flag(help: "Print what was done as JSON.") var json = false

  func validate() throws {
    guard lower.isFinite, upper.isFinite, lower < upper else {
      throw ValidationError("--lower \(lower) and --upper \(upper): expected a lower limit below the upper one")
    }
    if out == "-", test != nil || json {
      let other = test != nil ? "--test" : "--json"
      throw ValidationError("--out - and \(other): standard output takes one of the two; expected a file for --out")
    }
    if let suffix = DatasetFolder.compressionSuffixes.first(where: { out.hasSuffix($0) }), suffix != ".gz" {
      throw ValidationError("--out \(out): \(suffix) cannot be written; expected a name that ends in .gz or has no such suffix")
    }
    guard input != "-", test != "-" else { throw ValidationError("standard input cannot be scaled: the file is read twice") }
  }

  func run() throws {
    let scaling = try FeatureScaling(trainingPath: input, lower: lower, upper: upper)
    // The test file first: errors in the training file are known by now, and a pipe cannot be rewound.
    let scaledTest = try test.map { try Scaled($0, with: scaling, to: Self.testPath(of: out)) }
    let scaled = [try Scaled(input, with: scaling, to: out)] + [scaledTest].compactMap { $0 }
    try OutputFile.commit(scaled.map(\.file))
    for item in scaled where !item.summary.unknownFeatures.isEmpty {
      let count = item.summary.unknownFeatures.count
      let features = count == 1 ? "1 feature is" : "\(count) features are"
      report("\(item.input): warning: \(features) constant or unknown in \(input) and left out")
    }
    if json { try Output.write(Output.json(["files": scaled]), to: nil) }
  }

  /// `OUT.t`, or `NAME.t.gz` for `NAME.gz`.
  private static func testPath(of path: String) -> String {
    path.hasSuffix(".gz") ? path.dropLast(3) + ".t.gz" : path + ".t"
  }

  /// A scaled file, not yet moved to its final path.
  private struct Scaled: Encodable {
    let input: String
    let path: String
    let file: OutputFile
    let summary: FeatureScaling.Summary

    init(_ input: String, with scaling: FeatureScaling, to path: String) throws {
      self.input = input
      self.path = path
      let file = try OutputFile(path)
      self.file = file
      guard path.hasSuffix(".gz") else {
        summary = try scaling.scale(path: input) { try $0.withUnsafeBytes { try file.write($0) } }
        return
      }
      let deflater = try GzipDeflater(name: path) { try file.write($0) }
      summary = try scaling.scale(path: input) { try $0.withUnsafeBytes { try deflater.append($0) } }
      try deflater.finish()
    }

    enum CodingKeys: String, CodingKey { case path, rows, nonzeros }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(path, forKey: .path)
      try container.encode(summary.rows, forKey: .rows)
      try container.encode(summary.nonzerosAfter, forKey: .nonzeros)
    }
  }
}
