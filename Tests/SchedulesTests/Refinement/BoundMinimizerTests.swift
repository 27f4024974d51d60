import Foundation
import Testing

@testable import Schedules

struct BoundMinimizerTests {
  private func norms(_ points: [(Double, Double)]) -> [Double] {
    (0..<200).map { index in
      let t = Double(index)
      let right = max(1, points.firstIndex { $0.0 >= t } ?? 1)
      let (a, b) = (points[right - 1], points[right])
      return a.1 + (b.1 - a.1) * (t - a.0) / (b.0 - a.0)
    }
  }

  private func best(_ norms: [Double], _ method: RefinementOptions.Method, norm: GradientNorm = .l2) throws -> Double {
    let options = RefinementOptions(norm: norm, smoothing: 0, method: method)
    let factors = try RefinementResult(refining: norms, options: options).factors
    return try LastIterateBound(stepSizes: factors, norms: norms, norm: norm).valueAtBestScale
  }

  /// What SciPy's L-BFGS-B on log steps reaches for the minimum, and the bound of the closed form.
  @Test func reachesTheMinimaThatSciPyFinds() throws {
    for (points, minimum, closed) in [
      ([(0, 1), (199, 1)], 0.1417058, 0.1433161),
      ([(0, 15), (10, 5), (40, 2), (199, 1)], 0.2182533, 0.2240144),
      ([(0, 15), (10, 5), (40, 1), (199, 3)], 0.2618449, 0.2630067),
    ] as [([(Double, Double)], Double, Double)] {
      #expect(try abs(best(norms(points), .bound) - minimum) < 1e-7)
      #expect(try abs(best(norms(points), .closed) - closed) < 1e-7)
    }
  }

  @Test(arguments: GradientNorm.allCases)
  func neverWorseThanTheClosedFormNorThanItsNeighbours(norm: GradientNorm) throws {
    var state: UInt64 = 3
    for count in [3, 10, 300] {
      let norms = (0..<count).map { _ -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return exp(Double(state >> 40) / Double(1 << 24) * 8 - 4)
      }
      let lowest = try best(norms, .bound, norm: norm)
      #expect(try lowest <= best(norms, .closed, norm: norm))
      let options = RefinementOptions(norm: norm, smoothing: 0, method: .bound)
      let factors = try RefinementResult(refining: norms, options: options).factors
      #expect(factors.allSatisfy { $0 > 0 } && factors.max() == 1)
      for index in 0..<min(count, 20) {
        for change in [0.99, 1.01] {
          var other = factors
          other[index] *= change
          let bound = try LastIterateBound(stepSizes: other, norms: norms, norm: norm).valueAtBestScale
          #expect(bound >= lowest * (1 - 1e-14))
        }
      }
    }
  }
}
