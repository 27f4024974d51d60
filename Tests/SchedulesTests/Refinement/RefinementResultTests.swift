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

  /// A window in place of a fraction of the log; for more points it is as long a part of the run.
  @Test func windows() throws {
    let norms = (0..<101).map { 1 + Double($0 * 37 % 17) }
    let byFraction = try RefinementResult(refining: norms, options: RefinementOptions(smoothing: 0.11))
    #expect(byFraction.width == 11)
    #expect(try RefinementResult(refining: norms, options: RefinementOptions(window: 11)).factors == byFraction.factors)
    #expect(try RefinementResult(refining: norms, options: RefinementOptions(window: 11, points: 201)).width == 21)
    #expect(try RefinementResult(refining: norms, options: RefinementOptions(window: 11, points: 50)).width == 11)
    for window in [0, 10, 103] {
      #expect(throws: RefinementError.windowOutOfRange(window, norms: 101)) {
        try RefinementResult(refining: norms, options: RefinementOptions(window: window))
      }
    }
  }

  /// s_t = g_t^-A sum_{p > t} g_p^-B, written out.
  @Test(arguments: [(1.0, 2.0), (2, 2), (1, 1), (0.5, 1.5), (0, 0)])
  func powers(own: Double, later: Double) throws {
    let norms = (0..<30).map { 1 + Double($0 * 7 % 5) }
    let options = RefinementOptions(smoothing: 0, powers: .init(own: own, later: later))
    let sums = norms.indices.map { t in pow(norms[t], -own) * norms[(t + 1)...].reduce(0) { $0 + pow($1, -later) } }
    let expected = sums.map { $0 / (sums.max() ?? 1) }
    #expect(relativeDifference(try RefinementResult(refining: norms, options: options).factors, expected) < 1e-13)
  }

  @Test func medianOfRuns() {
    #expect(medianOverRuns([[1, 2, 3]]) == [1, 2, 3])
    #expect(medianOverRuns([[1, 2, 9], [3, 2, 1], [2, 7, 5]]) == [2, 2, 5])
    #expect(medianOverRuns([[1, 2, 3], [3, 6]]) == [2, 3.25, 4.5])
  }
}
