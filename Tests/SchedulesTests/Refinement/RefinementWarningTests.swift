import Foundation
import Testing

@testable import Schedules

struct RefinementWarningTests {
  private func warnings(_ norms: [Double], norm: GradientNorm = .l2) throws -> [String] {
    try RefinementResult(refining: norms, options: RefinementOptions(norm: norm)).warnings
  }

  private let ordinary = (0..<200).map { 2 + sin(Double($0)) + Double($0) / 100 }

  @Test func nothingIsSaidOfOrdinaryNorms() throws {
    #expect(try warnings(ordinary).isEmpty)
    #expect(try warnings(ordinary, norm: .l1).isEmpty)
  }

  @Test func normsLeftOut() throws {
    let found = try warnings(ordinary + [.nan, .infinity])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("2 of 202 norms are not finite") == true)
  }

  /// PyTorch's `clip_grad_norm_` leaves max_norm x norm / (norm + 1e-6).
  @Test func clippedNorms() throws {
    let found = try warnings(ordinary.map { $0 > 3.5 ? 3.5 * $0 / ($0 + 1e-6) : $0 })
    #expect(found.count == 1)
    #expect(found.first?.contains("at their maximum") == true)
  }

  @Test func collapsingNorms() throws {
    let found = try warnings((0..<500).map { exp(-Double($0) / 3) })
    #expect(found.count == 1)
    #expect(found.first?.contains("degenerate") == true)
    #expect(try warnings((0..<500).map { exp(-Double($0) / 2000) }).isEmpty)
  }

  @Test func tooFewForAMedian() throws {
    let found = try warnings([3, 2.5, 2.2, 2.1, 2])
    #expect(found.count == 1)
    #expect(found.first?.contains("nothing is smoothed") == true)
    #expect(try RefinementResult(refining: [3, 2.5, 2.2], options: RefinementOptions(smoothing: 0)).warnings.isEmpty)
  }
}
