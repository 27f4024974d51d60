import Foundation
import Testing

@testable import Schedules

struct LastIterateBoundTests {
  /// Theorem 10 as it stands, in O(T^2).
  private func direct(_ eta: [Double], _ norms: [Double], norm: GradientNorm, distance: Double) -> Double {
    let count = (eta.lastIndex { $0 > 0 } ?? -1) + 1
    let squares = (0..<count).map { norm.squared(norms[$0]) * eta[$0] * eta[$0] }
    var bound = (distance * distance + squares.reduce(0, +)) / (2 * eta[..<count].reduce(0, +))
    for k in 0..<max(0, count - 1) {
      let rest = eta[(k + 1)..<count].reduce(0, +)
      bound += 0.5 * eta[k] / rest * squares[k...].reduce(0, +) / eta[k..<count].reduce(0, +)
    }
    return bound
  }

  private let norms = (0..<100).map { 1 + 3 / Double(1 + $0) + 0.3 * sin(Double($0)) }

  @Test(arguments: ["flat", "linear", "cosine", "wsd", "stepwise", "onecycle:warmup=0.1", "polynomial:power=3"])
  func equalsTheTheoremAsItStands(spelling: String) throws {
    let eta = try Schedule(parsing: spelling).factors(steps: 100).map { 0.3 * $0 } + [0, 0]
    for norm in GradientNorm.allCases {
      let expected = direct(eta, norms + [7, 9], norm: norm, distance: 2)
      let bound = try LastIterateBound(stepSizes: eta, norms: norms + [7, 9], norm: norm, distance: 2)
      #expect(abs(bound.value / expected - 1) < 1e-12)
      let best = eta.map { $0 * bound.bestScale }
      #expect(abs(direct(best, norms + [7, 9], norm: norm, distance: 2) / bound.valueAtBestScale - 1) < 1e-12)
      for other in [0.9, 1.1] {
        #expect(direct(best.map { $0 * other }, norms + [7, 9], norm: norm, distance: 2) > bound.valueAtBestScale)
      }
    }
  }

  /// With constant steps and norms the sum is harmonic: D^2/(2 T eta) + G^2 eta (1 + H_{T-1})/2.
  @Test func constantSteps() throws {
    let count = 50
    let harmonic = (1..<count).map { 1 / Double($0) }.reduce(0, +)
    let bound = try LastIterateBound(
      stepSizes: [Double](repeating: 0.1, count: count), norms: [Double](repeating: 2, count: count), distance: 3)
    #expect(abs(bound.value - (9 / (2 * 5) + 4 * 0.1 * (1 + harmonic) / 2)) < 1e-12)
  }

  /// Linear decay, eta_t = T - t + 1: the steps from t + 1 on sum to (T - t)(T - t + 1)/2, so every term is 2 (T-t+1)/(T-t).
  @Test func linearDecay() throws {
    let count = 40
    let harmonic = (1..<count).map { 1 / Double($0) }.reduce(0, +)
    let bound = try LastIterateBound(
      stepSizes: (1...count).map { Double(count - $0 + 1) }, norms: [Double](repeating: 1, count: count), distance: 1)
    let sum = Double(count * (count + 1)) / 2
    #expect(abs(bound.value - (1 / sum + 2 * (Double(count - 1) + harmonic) + 1) / 2) < 1e-11)
  }

  /// The case in which running differences cancel.
  @Test func nothingCancels() throws {
    let eta = try Schedule(parsing: "wsd").factors(steps: 100)
    let ones = [Double](repeating: 1, count: 100)
    #expect(
      try abs(LastIterateBound(stepSizes: eta, norms: ones).value / direct(eta, ones, norm: .l2, distance: 1) - 1) < 1e-12)
  }

  @Test func errors() {
    func error(_ eta: [Double], _ norms: [Double], distance: Double = 1) -> LastIterateBoundError? {
      do {
        _ = try LastIterateBound(stepSizes: eta, norms: norms, distance: distance)
        return nil
      } catch { return error as? LastIterateBoundError }
    }
    #expect(error([1, 1], [1]) == .differentLengths(stepSizes: 2, norms: 1))
    #expect(error([0, 0], [1, 1]) == .noStep)
    #expect(error([1, -1], [1, 1]) == .stepSizeOutOfRange(step: 2))
    #expect(error([1, 1], [.nan, 1]) == .normOutOfRange(step: 1))
    #expect(error([1], [1], distance: 0) == .distanceOutOfRange(0))
  }
}
