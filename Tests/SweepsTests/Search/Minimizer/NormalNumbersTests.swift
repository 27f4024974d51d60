import Foundation
import Testing

@testable import Sweeps

@Suite struct NormalNumbersTests {
  @Test func haveTheMomentsOfTheNormalDistribution() {
    var numbers = NormalNumbers(seed: 1)
    let count = 200_000
    let values = (0..<count).map { _ in numbers.next() }
    func moment(_ power: Int) -> Double { values.reduce(0) { $0 + pow($1, Double(power)) } / Double(count) }
    // Standard errors of the moments: sqrt(1, 2, 15, 96 / n).
    for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
      #expect(abs(moment(power) - expected) < 4 * (variance / Double(count)).squareRoot(), "moment \(power)")
    }
    let beyondTwo = Double(values.count { abs($0) > 2 }) / Double(count)
    #expect(abs(beyondTwo - 0.0455) < 0.002)
  }

  @Test func neighboursAreUncorrelated() {
    var numbers = NormalNumbers(seed: 2)
    let values = (0..<100_000).map { _ in numbers.next() }
    for lag in 1...3 {
      let products = zip(values, values.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(products) / Double(values.count) < 4 / Double(values.count).squareRoot())
    }
  }
}
