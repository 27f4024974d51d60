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
}
