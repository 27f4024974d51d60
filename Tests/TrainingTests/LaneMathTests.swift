import Foundation
import Testing

@testable import Training

@Suite struct LaneMathTests {
  /// The error in units of the last place of the true value's Float.
  private func ulps(_ value: Float, _ truth: Double) -> Double { abs(Double(value) - truth) / Double(Float(truth).ulp) }

  @Test func exponentialIsWithinTwoUlp() {
    var largest = 0.0
    var x = -87.3
    while x <= 0 {
      let argument = Float(x)
      largest = max(largest, ulps(LaneMath.exponentials([argument])[0], exp(Double(argument))))
      x += 0.00037
    }
    #expect(largest <= 2)
    #expect(largest > 0.5)
  }

  @Test func exponentialAtItsEnds() {
    #expect(LaneMath.exponentials([-88.1])[0] == 0)
    #expect(LaneMath.exponentials([-1e30])[0] == 0)
    #expect(LaneMath.exponentials([-.infinity])[0] == 0)
    #expect(LaneMath.exponentials([.nan])[0].isNaN)
    #expect(abs(LaneMath.exponentials([0])[0] - 1) <= 2 * Float(1).ulp)
  }

  @Test func logarithmIsWithinThreeUlp() {
    var largest = 0.0
    var u = 1e-30
    while u < 1e30 {
      let argument = Float(u)
      largest = max(largest, ulps(LaneMath.logarithmsOfOnePlus([argument])[0], log1p(Double(argument))))
      u *= 1.0007
    }
    #expect(largest <= 3)
    #expect(LaneMath.logarithmsOfOnePlus([0])[0] == 0)
  }
}
