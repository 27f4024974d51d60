import Foundation
import Testing

@testable import Reports

/// SciPy's numbers, from `Fixtures/statistics.py`.
struct Fixture: Decodable {
  struct Paired: Decodable { let first, second: [Double], p: Double }
  struct Friedman: Decodable {
    let rows: [[Double]], statistic, p: Double, ranks: [Double], criticalDifference: Double
  }
  struct Range: Decodable { let groups: Int, level, q: Double }
  struct Kendall: Decodable { let first, second: [Double], tau: Double }
  struct Student: Decodable { let t, df, p, critical: Double }
  struct ChiSquared: Decodable { let x, df, p: Double }
  struct Holm: Decodable { let p, adjusted: [Double] }
  let paired: [Paired], friedman: [Friedman], studentizedRange: [Range], kendall: [Kendall], student: [Student]
  let chiSquared: [ChiSquared], holm: [Holm]

  static func load() throws -> Fixture {
    let url = try #require(Bundle.module.url(forResource: "statistics", withExtension: "json", subdirectory: "Fixtures"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Fixture.self, from: Data(contentsOf: url))
  }
}

func isClose(_ a: Double, _ b: Double, relative: Double = 1e-9, absolute: Double = 1e-13) -> Bool {
  abs(a - b) <= absolute + relative * abs(b)
}

@Suite struct StatisticsTests {
  @Test func pairedTTestAgreesWithSciPy() throws {
    let cases = try Fixture.load().paired
    #expect(cases.count == 10)
    for c in cases {
      let test = try #require(PairedTTest(c.first, c.second))
      #expect(isClose(test.pValue, c.p), "\(test.pValue) \(c.p)")
      #expect(isClose(test.meanDifference, zip(c.first, c.second).reduce(0) { $0 + $1.0 - $1.1 } / Double(c.first.count)))
    }
  }

  @Test func identicalSamplesAreNeverDistinguishable() throws {
    #expect(try #require(PairedTTest([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])).pValue == 1)
    #expect(try #require(PairedTTest([0.2, 0.2, 0.2, 0.2], [0.2, 0.2, 0.2, 0.2])).pValue == 1)
  }

  @Test func equalDifferencesAreJudgedBySign() throws {
    let first = (1...10).map { Double($0) / 16 }
    #expect(try #require(PairedTTest(first, first.map { $0 + 0.25 })).pValue == 2.0 / 1024)
    // Equal but for the rounding of a subtraction.
    #expect(try #require(PairedTTest([0.1, 0.2, 0.7], [0.2, 0.3, 0.8])).pValue == 0.25)
  }

  @Test func tooFewPairsAreNotTested() {
    #expect(PairedTTest([1, 2], [2, 4]) == nil)
    #expect(PairedTTest([1, 2, 3], [1, 2]) == nil)
  }

  @Test func studentAndChiSquaredTailsAgreeWithSciPy() throws {
    let fixture = try Fixture.load()
    for c in fixture.student {
      #expect(isClose(PairedTTest.twoSidedP(t: c.t, degreesOfFreedom: c.df), c.p))
      #expect(isClose(PairedTTest.criticalValue(level: 0.05, degreesOfFreedom: c.df), c.critical))
    }
    for c in fixture.chiSquared { #expect(isClose(regularizedUpperIncompleteGamma(c.df / 2, c.x / 2), c.p)) }
  }

  @Test func friedmanAndNemenyiAgreeWithSciPy() throws {
    let fixture = try Fixture.load()
    for c in fixture.friedman {
      let test = try #require(FriedmanTest(c.rows))
      #expect(isClose(test.statistic, c.statistic))
      #expect(isClose(test.pValue, c.p))
      #expect(zip(test.averageRanks, c.ranks).allSatisfy { isClose($0, $1) })
      #expect(isClose(test.criticalDifference, c.criticalDifference, relative: 1e-6))
    }
    for c in fixture.studentizedRange {
      #expect(isClose(studentizedRangeQuantile(1 - c.level, groups: c.groups), c.q, relative: 1e-6))
    }
  }

  @Test func friedmanNeedsTwoProblemsAndThreeColumns() throws {
    #expect(FriedmanTest([[1, 2, 3]]) == nil)
    #expect(FriedmanTest([[1, 2], [2, 3]]) == nil)
    let ties = try #require(FriedmanTest([[1, 1, 1], [2, 2, 2]]))
    #expect(ties.pValue == 1)
    #expect(ties.averageRanks == [2, 2, 2])
  }

  @Test func kendallTauAgreesWithSciPy() throws {
    for c in try Fixture.load().kendall { #expect(isClose(try #require(kendallTau(c.first, c.second)), c.tau)) }
    #expect(kendallTau([1, 1, 1], [1, 2, 3]) == nil)
    #expect(kendallTau([1], [1]) == nil)
  }

  @Test func holmCorrectionIsStepDown() throws {
    for c in try Fixture.load().holm {
      #expect(zip(holmAdjusted(c.p), c.adjusted).allSatisfy { isClose($0, $1) })
    }
    #expect(holmAdjusted([]) == [])
  }

  @Test func standardErrorNeedsTwoValues() throws {
    #expect(SampleMean([]) == nil)
    #expect(try #require(SampleMean([3])).standardError == nil)
    let sample = try #require(SampleMean([1, 2, 3, 4]))
    #expect(sample.mean == 2.5)
    // Variance 5/3, over four values.
    #expect(isClose(try #require(sample.standardError), (5.0 / 12).squareRoot()))
  }
}
