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
    #expect(summary.nonzerosBefore == 3 && summary.nonzerosAfter == 1)
    withExtendedLifetime((training, test)) {}
  }

  @Test(arguments: [
    ("", ["1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."]),
    ("\n# only\n", ["1:1: the file holds no rows; a row is LABEL INDEX:VALUE ..."]),
    ("cat 1:1\n", [#"1:1: label "cat" is text; replace the class names by numbers"#]),
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
}
