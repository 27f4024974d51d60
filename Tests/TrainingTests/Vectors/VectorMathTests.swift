import Foundation
import Testing

@testable import Training

@Suite struct VectorMathTests {
  private func exponential(_ x: Float) -> Float { laneExponential(LaneVector(repeating: x))[0] }
  private func logarithmOfOnePlus(_ u: Float) -> Float { laneLogarithmOfOnePlus(LaneVector(repeating: u))[0] }

  /// The error in units of the last place of the true value's Float.
  private func ulps(_ value: Float, _ truth: Double) -> Double { abs(Double(value) - truth) / Double(Float(truth).ulp) }

  @Test func exponentialIsWithinTwoUlp() {
    var largest = 0.0
    var x = -87.3
    while x <= 0 {
      let argument = Float(x)
      largest = max(largest, ulps(exponential(argument), exp(Double(argument))))
      x += 0.00037
    }
    #expect(largest <= 2)
    #expect(largest > 0.5)
  }

  @Test func exponentialAtItsEnds() {
    #expect(exponential(-88.1) == 0)
    #expect(exponential(-1e30) == 0)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(.nan).isNaN)
    #expect(abs(exponential(0) - 1) <= 2 * Float(1).ulp)
  }

  @Test func logarithmIsWithinThreeUlp() {
    var largest = 0.0
    var u = 1e-30
    while u < 1e30 {
      let argument = Float(u)
      largest = max(largest, ulps(logarithmOfOnePlus(argument), log1p(Double(argument))))
      u *= 1.0007
    }
    #expect(largest <= 3)
    #expect(logarithmOfOnePlus(0) == 0)
  }
}
