import Foundation
import Testing

@testable import Schedules

struct RefinementResultTests {
  struct SciPyFixture: Decodable {
    struct Case: Decodable {
      let norms: [Double]
      let tau: Double
      let norm: GradientNorm
      let points: Int?
      let smoothed: [Double]
      let factors: [Double]
    }
    let cases: [Case]
  }

  @Test func equalsTheRecipeInSciPy() throws {
    let cases = try fixture("refinements.json", as: SciPyFixture.self).cases
    #expect(cases.count > 100)
    for expected in cases {
      let options = RefinementOptions(norm: expected.norm, smoothing: expected.tau, points: expected.points)
      let result = try RefinementResult(refining: expected.norms, options: options)
      #expect(relativeDifference(result.smoothedNorms, expected.smoothed) < 1e-14)
      #expect(relativeDifference(result.factors, expected.factors) < 1e-12)
    }
  }

  @Test(arguments: GradientNorm.allCases)
  func constantNormsGiveLinearDecay(norm: GradientNorm) throws {
    let result = try RefinementResult(refining: [Double](repeating: 3, count: 11), options: RefinementOptions(norm: norm))
    #expect(absoluteDifference(result.factors, (0..<11).map { Double(10 - $0) / 10 }) < 1e-15)
  }

  /// Norms so small or large that their squares do not exist in Double.
  @Test(arguments: [1e-300, 1e-160, 1e160, 1e300])
  func scaleDoesNotMatter(scale: Double) throws {
    let norms = (1...50).map { 1 + 1 / Double($0) }
    let plain = try RefinementResult(refining: norms).factors
    let scaled = try RefinementResult(refining: norms.map { $0 * scale }).factors
    #expect(relativeDifference(plain, scaled) < 1e-12)
  }

  @Test func whatIsNotFiniteIsLeftOutAndCounted() throws {
    let result = try RefinementResult(refining: [1, .nan, 2, .infinity, 3, -.infinity, 4])
    #expect(result.norms == [1, 2, 3, 4])
    #expect(result.omitted == 3)
    #expect(result.factors == (try RefinementResult(refining: [1, 2, 3, 4]).factors))
  }

  @Test func errors() {
    func error(_ norms: [Double], _ options: RefinementOptions = RefinementOptions()) -> RefinementError? {
      do {
        _ = try RefinementResult(refining: norms, options: options)
        return nil
      } catch { return error as? RefinementError }
    }
    #expect(error([]) == .tooFewNorms(finite: 0, omitted: 0))
    #expect(error([1, .nan, 2]) == .tooFewNorms(finite: 2, omitted: 1))
    #expect(error([1, 2, -1, 3]) == .negativeNorm(step: 3))
    #expect(error([1, 2, 0, 3]) == .zeroSmoothedNorm(step: 3))
    #expect(error([0.5, 1e200, 1e-200]) == .rangeTooWide(smallest: 1e-200, largest: 1e200))
    #expect(error([1, 2, 0, 3, 4], RefinementOptions(smoothing: 0.7)) == nil)
    #expect(error([1, 2, 3], RefinementOptions(smoothing: -0.1)) == .smoothingOutOfRange(-0.1))
    #expect(error([1, 2, 3], RefinementOptions(smoothing: .nan)) != nil)
    #expect(error([1, 2, 3], RefinementOptions(points: 1)) == .tooFewPoints(1))
    #expect("\(RefinementError.zeroSmoothedNorm(step: 812))" == "a smoothed norm of zero at step 812")
  }
}
