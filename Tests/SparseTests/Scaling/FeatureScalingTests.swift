import Foundation
import Sparse
import Testing

@Suite struct FeatureScalingTests {
  /// Text that `svm-scale` 3.24 wrote; see `Fixtures/scaling/make.py`.
  @Test(arguments: [("default", Float(-1), Float(1)), ("unit", 0, 1), ("fractions", -0.3, 0.7)])
  func digitsAreThoseOfSVMScale(name: String, lower: Float, upper: Float) throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appending(path: "scaling")
    let scaling = try FeatureScaling(trainingPath: folder.appending(path: "data").path, lower: lower, upper: upper)
    for file in ["data", "data.t"] {
      var text: [UInt8] = []
      _ = try scaling.scale(path: folder.appending(path: file).path) { text += $0 }
      let expected = try String(contentsOf: folder.appending(path: "\(file).\(name)"), encoding: .utf8)
      #expect(String(decoding: text, as: UTF8.self) == expected)
    }
  }

  @Test func featuresThatTrainingDoesNotVaryInAreLeftOutAndNamed() throws {
    let training = try TextFile("1 1:0 2:5 3:1\n2 1:10 2:5\n")
    let test = try TextFile("1 1:5 2:6 4:1\n")
    let scaling = try FeatureScaling(trainingPath: training.path)
    var text: [UInt8] = []
    let summary = try scaling.scale(path: test.path) { text += $0 }
    #expect(String(decoding: text, as: UTF8.self) == "1 3:-1 \n")
    #expect(summary.unknownFeatures == [2, 4])
    #expect(summary.nonzerosAfter == 1)
    withExtendedLifetime((training, test)) {}
  }

  @Test(arguments: [
    ("", ["1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."]),
    ("\n# only\n", ["1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."]),
    ("cat 1:1\n", [#"1:1: label "cat" is text; replace class names by numbers"#]),
    ("1 1:1e400\n2 1:1\n", [#"1:5: value "1e400" of index 1 is out of the range of a Double"#]),
  ])
  func errorsAreThoseOfTheReader(text: String, errors: [String]) throws {
    let file = try TextFile(text)
    let failure = #expect(throws: ReadingFailure.self) { try FeatureScaling(trainingPath: file.path) }
    #expect(failure?.errors.map { "\($0.line ?? 0):\($0.column ?? 0): \($0.message)" } == errors)
    withExtendedLifetime(file) {}
  }

  @Test func onlyTheErrorsThatAreShownAreDescribed() throws {
    let file = try TextFile(String(repeating: "1 1:x\n", count: 50))
    let failure = #expect(throws: ReadingFailure.self) { try FeatureScaling(trainingPath: file.path) }
    #expect(failure?.errorCount == 50)
    #expect(failure?.errors.count == ReadingFailure.errorLimit)
    #expect(failure?.errors.allSatisfy { !$0.message.isEmpty } == true)
    withExtendedLifetime(file) {}
  }

  /// A pipe, which can be read only once; nobody need write to it to be told so.
  @Test func pipesAreRefused() throws {
    let folder = try TextFile("")
    let pipe = folder.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let failure = #expect(throws: ReadingFailure.self) { try FeatureScaling(trainingPath: pipe) }
    #expect(failure?.exitCode == 66)
    #expect(failure?.description.hasPrefix("\(pipe): error: is no regular file; ") == true)
    withExtendedLifetime(folder) {}
  }

  /// Scales a text by itself, or another one by its ranges.
  private func scaled(
    _ training: String, _ test: String? = nil, lower: Float = -1, upper: Float = 1
  ) throws -> String {
    let file = try TextFile(training)
    let other = try TextFile(test ?? training)
    defer { withExtendedLifetime((file, other)) {} }
    var text: [UInt8] = []
    _ = try FeatureScaling(trainingPath: file.path, lower: lower, upper: upper).scale(path: other.path) { text += $0 }
    return String(decoding: text, as: UTF8.self)
  }

  @Test func rangesWiderThanADoubleAreRefused() throws {
    let text = "1 1:-1.7e308 2:1\n2 1:1.7e308 2:2\n1 1:3 2:1 3:-1e308\n2 3:1e308\n"
    let failure = #expect(throws: ReadingFailure.self) { try scaled(text) }
    #expect(
      failure?.errors.map(\.message) == [
        "feature 1 ranges from -1.7e+308 to 1.7e+308; expected a range no wider than the largest Double, 1.7976931348623157e+308",
        "feature 3 ranges from -1e+308 to 1e+308; expected a range no wider than the largest Double, 1.7976931348623157e+308",
      ])
    #expect(failure?.exitCode == 65)
  }

  /// Twice the distance from the minimum overflows, and three tenths of it underflow, where the result is an ordinary number.
  @Test func valuesAreRightWhereAProductIsNot() throws {
    #expect(try scaled("1 1:0\n2 1:1.6e308\n3 1:1.2e308\n") == "1 1:-1 \n2 1:1 \n3 1:0.5 \n")
    let subnormal = "1 1:5e-324\n2 1:1.5e-323\n3 1:1e-323\n"
    #expect(try scaled(subnormal, lower: 0, upper: 0.5) == "1 \n2 1:0.5 \n3 1:0.25 \n")
    // The distance itself is beyond a Double: 34 widths, 2 each, from the minimum.
    #expect(try scaled("1 1:-1.7e308\n2 1:-1.6e308\n", "1 1:1.7e308\n") == "1 1:67 \n")
  }

  @Test func valuesScaledBeyondAFloatAreErrorsWithTheirPlace() throws {
    let failure = #expect(throws: ReadingFailure.self) { try scaled("1 1:0\n2 1:1e-300\n", "1 1:1e-300\n2 1:5 2:1\n") }
    #expect(failure?.errors.map { "\($0.line ?? 0):\($0.column ?? 0)" } == ["2:3"])
    let message = try #require(failure?.errors.first?.message)
    #expect(message.hasPrefix("value 5.0 of index 1 is scaled to ") && message.hasSuffix(", out of the range of a Float"))
  }
}
