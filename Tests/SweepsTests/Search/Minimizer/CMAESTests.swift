import Foundation
import Testing

@testable import Sweeps

@Suite struct CMAESTests {
  /// Made by cma_evaluations.py with Hansen's own package.
  private struct Fixture: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      var function: String
      var dimension: Int
      var population: Int
      var median: Double
      var testDescription: String { "\(function), \(dimension) variables, population \(population)" }
    }
    var target: Double
    var cases: [Case]

    static func read() throws -> Fixture {
      let url = try #require(Bundle.module.url(forResource: "Fixtures/cma_evaluations", withExtension: "json"))
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  private static func value(_ function: String, _ x: [Double]) -> Double? {
    let n = Double(x.count - 1)
    func squares(_ x: some Sequence<Double>) -> Double { x.reduce(0) { $0 + $1 * $1 } }
    func ellipsoid(_ x: [Double]) -> Double {
      x.enumerated().reduce(0) { $0 + pow(1e6, Double($1.offset) / n) * $1.element * $1.element }
    }
    switch function {
    case "sphere": return squares(x)
    case "ellipsoid": return ellipsoid(x)
    case "rotated_ellipsoid":
      let mean = 2 * x.reduce(0, +) / Double(x.count)
      return ellipsoid(x.map { $0 - mean })
    case "cigar": return x[0] * x[0] + 1e6 * squares(x.dropFirst())
    case "tablet": return 1e6 * x[0] * x[0] + squares(x.dropFirst())
    case "rosenbrock":
      return zip(x, x.dropFirst()).reduce(0) { $0 + 100 * pow($1.0 * $1.0 - $1.1, 2) + pow($1.0 - 1, 2) }
    case "different_powers":
      return x.enumerated().reduce(0) { $0 + pow(abs($1.element), 2 + 10 * Double($1.offset) / n) }
    default: return nil
    }
  }

  /// Evaluations until a point is below the target; nil if there are too many.
  private static func evaluations(_ test: Fixture.Case, target: Double, seed: UInt64) throws -> Int? {
    let start = [Double](repeating: test.function == "rosenbrock" ? 0 : 1, count: test.dimension)
    var search = CMAES(start: start, deviation: 0.5, population: test.population, seed: seed)
    var count = 0
    while count < 30_000 {
      let points = search.points()
      let values = try points.map { try #require(value(test.function, $0)) }
      count += points.count
      if let least = values.min(), least < target { return count }
      search.update(ranked: points.indices.sorted { values[$0] < values[$1] }.map { points[$0] })
    }
    return nil
  }

  @Test func takesAsManyEvaluationsAsHansensPackage() throws {
    let fixture = try Fixture.read()
    #expect(fixture.cases.count >= 14)
    for test in fixture.cases {
      let counts = try (1...5).compactMap { try Self.evaluations(test, target: fixture.target, seed: $0) }.sorted()
      #expect(counts.count >= 4, "\(test.testDescription): found by \(counts.count) of 5 seeds")
      let ratio = Double(counts[counts.count / 2]) / test.median
      #expect((0.75...1.25).contains(ratio), "\(test.testDescription): \(ratio) times the package's evaluations")
    }
  }

  /// Only the order of the values counts.
  @Test func anIncreasingFunctionOfTheValuesChangesNothing() throws {
    func mean(_ transform: (Double) -> Double) -> [Double] {
      var search = CMAES(start: [1, -2, 3], deviation: 1, population: 8, seed: 5)
      for _ in 0..<20 {
        let points = search.points()
        let values = points.map { transform($0.reduce(0) { $0 + $1 * $1 }) }
        search.update(ranked: points.indices.sorted { values[$0] < values[$1] }.map { points[$0] })
      }
      return search.mean
    }
    #expect(mean { $0 } == mean { $0 * $0 * $0 - 7 })
  }

  @Test func seedsAndStreamsDiffer() {
    func first(_ seed: UInt64, _ stream: UInt64) -> [[Double]] {
      var search = CMAES(start: [0, 0], deviation: 1, population: 4, seed: seed, stream: stream)
      return search.points()
    }
    #expect(first(1, 0) == first(1, 0))
    #expect(Set([first(1, 0), first(1, 1), first(2, 0), first(2, 1)]).count == 4)
  }

  /// With all points equally far in the best direction the step size grows, and it shrinks where they surround the minimum.
  @Test func stepSizeFollowsThePath() {
    var search = CMAES(start: [100, 100], deviation: 0.1, population: 12, seed: 3)
    var sizes: [Double] = []
    for _ in 0..<200 {
      let points = search.points()
      search.update(ranked: points.sorted { $0[0] * $0[0] + $0[1] * $0[1] < $1[0] * $1[0] + $1[1] * $1[1] })
      sizes.append(search.largestDeviation)
    }
    #expect(sizes[30] > 0.5)
    #expect(sizes[199] < 1e-6)
  }
}
