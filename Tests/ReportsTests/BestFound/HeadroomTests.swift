import Foundation
import Sweeps
import Testing
import Training

@testable import Reports

@Suite struct HeadroomTests {
  private static let columns = ["linear", "cosine"].map {
    ScheduleColumn(key: $0, title: $0, schedules: [$0], style: ScheduleStyle($0))
  }

  private static func headroom(
    _ values: [Headroom.Values], _ quantity: Quantity = .trainLoss, separable: [Bool]? = nil
  ) -> Headroom {
    Headroom(quantity, columns: columns, values: values, separable: separable ?? values.map { _ in false })
  }

  /// Differences 0.1, 0.2, 0.3, 0.2 and 0.02, 0.01, 0, −0.03, by hand.
  private static let byHand = Headroom.Values(
    best: [1: 1, 2: 1.1, 3: 1.2, 4: 0.9],
    schedules: [[1: 1.1, 2: 1.3, 3: 1.5, 4: 1.1], [1: 1.02, 2: 1.11, 3: 1.2, 4: 0.87]], floor: 0.85)

  @Test func differencesArePairedBySeed() throws {
    let headroom = Self.headroom([Self.byHand])
    #expect(abs(try #require(headroom.best[0]).mean - 1.05) < 1e-12)
    let linear = try #require(headroom.entries[0][0])
    #expect(abs(linear.difference.mean - 0.2) < 1e-12)
    // Deviations −0.1, 0, 0.1, 0: variance 0.02/3, over 4 seeds.
    #expect(abs(try #require(linear.difference.standardError) - (0.02 / 12).squareRoot()) < 1e-12)
    // Linear's mean is 1.25, 0.4 above the optimum.
    #expect(abs(try #require(linear.share) - 0.5) < 1e-12)
    #expect(linear.isTold && !linear.isMissed)
    let cosine = try #require(headroom.entries[0][1])
    #expect(abs(cosine.difference.mean) < 1e-12 && !cosine.isTold && !cosine.isMissed)
    // Holm: the smaller of two p-values is doubled, the other one is its own.
    let single = try #require(PairedTTest([1.1, 1.3, 1.5, 1.1], [1, 1.1, 1.2, 0.9]))
    #expect(abs(try #require(linear.pValue) - 2 * single.pValue) < 1e-12)
    #expect(abs(try #require(cosine.pValue) - 1) < 1e-9)
  }

  @Test func meansLeaveOutSeparableProblemsAndWhatIsMissing() throws {
    var other = Self.byHand
    // Half the differences: linear's mean is 1.15, 0.3 above the optimum, of which 0.1 is headroom.
    other.schedules[0] = [1: 1.05, 2: 1.2, 3: 1.35, 4: 1]
    other.schedules[1] = [:]
    let nothing = Headroom.Values(best: [:], schedules: [[1: 2], [1: 2]], floor: 0)
    let headroom = Self.headroom([Self.byHand, other, Self.byHand, nothing], separable: [false, false, true, false])
    #expect(headroom.counted == [0, 1])
    #expect(abs(try #require(headroom.mean(0)).mean - (1 - (0.5 * 2 / 3).squareRoot())) < 1e-12)
    // Of the logarithms of 0.5 and 2/3, half their difference is the standard error.
    let error = try #require(headroom.mean(0)?.standardError)
    #expect(abs(error - (1.0 / 3).squareRoot() * log(4.0 / 3) / 2) < 1e-12 && headroom.mean(0)?.interval == nil)
    // A mean over fewer problems than the others' would mislead.
    #expect(headroom.mean(1) == nil && headroom.entries[1][1] == nil)
    #expect(headroom.best[3] == nil && headroom.entries[3].allSatisfy { $0 == nil })
    // Errors have no shares; their means are of differences.
    let percent = Headroom.Values(best: [1: 20, 2: 30], schedules: [[1: 21, 2: 33], [1: 20, 2: 30]], floor: nil)
    let errors = Self.headroom([percent], .trainError)
    #expect(try #require(errors.mean(0)).mean == 2)
    #expect(errors.entries[0][0]?.share == nil && errors.entries[0][0]?.pValue == nil)
  }

  @Test func onlySharedSeedsCount() throws {
    let headroom = Self.headroom([
      Headroom.Values(best: [1: 1, 2: 2, 9: 100], schedules: [[1: 2, 2: 3, 5: 0], [7: 1]], floor: 0)
    ])
    let linear = try #require(headroom.entries[0][0])
    #expect(linear.difference.count == 2 && linear.difference.mean == 1 && linear.share == 0.4)
    #expect(headroom.entries[0][1] == nil)
  }

  /// As near to the optimum as it is known.
  @Test func noShareOfNothing() throws {
    let headroom = Self.headroom([
      Headroom.Values(best: [1: 1, 2: 1, 3: 1], schedules: [[1: 1, 2: 1, 3: 1], [1: 1.5, 2: 1.5, 3: 1.5]], floor: 1)
    ])
    #expect(headroom.entries[0][0]?.share == nil)
    #expect(abs(try #require(headroom.entries[0][1]?.share) - 1) < 1e-9)
  }

  /// A problem that is all but solved cannot outweigh the others: three quarters, a quarter and four times as far give a mean of 0.9.
  @Test func noProblemDominatesTheMean() throws {
    let headroom = Self.headroom(
      [0.75, 0.243, 4].map { ratio in
        Headroom.Values(best: [1: ratio, 2: ratio], schedules: [[1: 1, 2: 1], [1: 1, 2: 1]], floor: 0)
      })
    let mean = try #require(headroom.mean(0))
    #expect(abs(mean.mean - 0.1) < 1e-9)
    // scipy.stats.t.interval of the logarithms, with two degrees of freedom.
    let interval = try #require(mean.interval)
    #expect(abs(interval.lowerBound + 28.83554686) < 1e-6 && abs(interval.upperBound - 0.97285118) < 1e-7)
  }
}
