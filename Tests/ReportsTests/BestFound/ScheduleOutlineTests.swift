import Foundation
import Schedules
import Testing

@testable import Reports

@Suite struct ScheduleOutlineTests {
  private static func factors(_ spelling: String) throws -> [Double] { try Schedule(parsing: spelling).factors(steps: 2_000) }

  @Test(arguments: [
    ("flat", 0.0, 1.0, 1.0, 1.0), ("linear", 0.0, 0.1, 0.5, 0.0), ("linear:warmup=0.2", 0.2, 0.1, 0.6, 0.0),
    ("wsd:cooldown=0.4:warmup=0.1", 0.1, 0.59, 0.82, 0.0),
    ("piecewise:knots=0@0.25/0.5@1/1@0.01:scale=log", 0.5, 0.05, 0.575, 0.01),
  ])
  func whatAScheduleLooksLike(spelling: String, maximumAt: Double, plateau: Double, halfAt: Double, end: Double) throws {
    let outline = try #require(ScheduleOutline(try Self.factors(spelling)))
    #expect(abs(outline.maximumAt - maximumAt) < 0.01, "\(outline)")
    #expect(abs(outline.plateau - plateau) < 0.005, "\(outline)")
    #expect(abs(outline.halfAt - halfAt) < 0.02, "\(outline)")
    #expect(abs(outline.end - end) < 0.002, "\(outline)")
  }

  @Test func mediansAreOfEachNumber() throws {
    let outlines = [[1, 2, 4, 1], [4, 2, 1, 2], [1, 1, 4, 4.0]].compactMap(ScheduleOutline.init)
    let median = try #require(ScheduleOutline(mediansOf: outlines))
    #expect(median.maximumAt == 2.0 / 3 && median.end == 0.5)
    #expect(ScheduleOutline(mediansOf: []) == nil)
    #expect(ScheduleOutline([0, 0]) == nil && ScheduleOutline([]) == nil)
  }

  @Test func distancesOfKnownShapes() throws {
    let (flat, linear) = (try Self.factors("flat"), try Self.factors("linear"))
    // The integral of (2 (1 - u) - 1)^2 is 1/3.
    #expect(abs(try #require(shapeDistance(flat, linear)) - (1.0 / 3).squareRoot()) < 1e-3)
    // Of cosine, the integral of cos(pi u)^2 is 1/2.
    #expect(abs(try #require(shapeDistance(flat, try Self.factors("cosine"))) - 0.5.squareRoot()) < 1e-3)
    #expect(try #require(shapeDistance(linear, linear.map { 7 * $0 })) < 1e-12)
    #expect(shapeDistance(linear, flat) == shapeDistance(flat, linear))
    #expect(shapeDistance([1], [1, 2]) == nil && shapeDistance([0, 0], [1, 1]) == nil && shapeDistance([], []) == nil)
  }
}
