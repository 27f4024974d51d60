import Foundation
import Testing

@testable import Schedules

struct PiecewiseFitTests {
  private func largestDifference(_ spelling: String, _ factors: [Double]) throws -> Double {
    absoluteDifference(try Schedule(parsing: spelling).factors(steps: factors.count), factors)
  }

  /// Of a piecewise schedule there are no more knots than it has.
  @Test(arguments: ["0@0/0.1@1/0.7@0.6/1@0", "0@1/1@0", "0@0.5/0.2@1/0.4@0.1/0.6@0.8/1@0.3"])
  func findsWhatIsOne(knots: String) throws {
    for steps in [50, 1000, 30_000] {
      let factors = try Schedule(parsing: "piecewise:knots=\(knots)").factors(steps: steps)
      let fit = try #require(PiecewiseFit(of: factors))
      #expect(fit.knots.count <= knots.split(separator: "/").count)
      #expect(try abs(largestDifference(fit.spelling, factors) - fit.largestError) < 1e-12)
      #expect(fit.largestError <= 0.02)
    }
  }

  /// Against all choices of five knots: the cosine is not within 0.02 of any.
  @Test func fewestKnots() throws {
    let factors = try Schedule(parsing: "cosine").factors(steps: 24)
    let fit = try #require(PiecewiseFit(of: factors))
    #expect(fit.largestError <= 0.02)
    func error(_ places: [Int]) -> Double {
      zip(places, places.dropFirst()).map { a, b in
        (a...b).map { abs(factors[a] + (factors[b] - factors[a]) * Double($0 - a) / Double(b - a) - factors[$0]) }.max() ?? 0
      }.max() ?? 0
    }
    var best = 1.0
    for a in 1..<21 { for b in a + 1..<22 { for c in b + 1..<23 { best = min(best, error([0, a, b, c, 23])) } } }
    #expect(best > 0.02)
    #expect(fit.knots.count == 6)
  }

  @Test func noisySchedules() throws {
    var state: UInt64 = 3
    let norms = (0..<20_000).map { step -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (1 + exp(-Double(step) / 500)) * (1 + Double(state >> 40) / Double(1 << 24))
    }
    let factors = try RefinementResult(refining: norms).factors
    let fit = try #require(PiecewiseFit(of: factors))
    #expect(try largestDifference(fit.spelling, factors) <= 0.02)
    #expect(PiecewiseFit(of: (0..<500).map { Double($0 % 2) }) == nil)
  }

  @Test(.enabled(if: Python.has("ast"), "needs Python"))
  func oneLineOfPython() throws {
    let factors = try RefinementResult(refining: (0..<300).map { 1 + 3 * exp(-Double($0) / 20) }).factors
    let fit = try #require(PiecewiseFit(of: factors))
    let script = "f = \(fit.pythonLambda)\nfor t in range(310): print(f(t))"
    let values = Python.run(["-c", script]).output.split(separator: "\n").compactMap { Double($0) }
    #expect(values.count == 310)
    #expect(absoluteDifference(Array(values.prefix(300)), factors) <= 0.021)
    #expect(values.suffix(9).allSatisfy { $0 == values[301] })
  }
}
