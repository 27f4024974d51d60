import Testing

@testable import Reports

@Suite struct TuningValueTests {
  /// Every subset of k rates, one after the other.
  private func enumerated(_ values: [[Double]], k: Int) -> Double {
    let (n, seeds) = (values.count, values[0].count)
    var (total, draws) = (0.0, 0.0)
    for set in 0..<(1 << n) where set.nonzeroBitCount == k {
      for seed in 0..<seeds {
        let rates = (0..<n).filter { set >> $0 & 1 == 1 }
        guard let chosen = rates.min(by: { values[$0][seed] < values[$1][seed] }) else { continue }
        let others = (0..<seeds).filter { $0 != seed }.map { values[chosen][$0] }
        total += others.reduce(0, +) / Double(others.count)
        draws += 1
      }
    }
    return total / draws
  }

  @Test func agreesWithEveryDraw() throws {
    let values = [[3.0, 2.5, 4], [1, 2, 1.5], [1.2, 0.9, 3], [9, 9, 9], [2.25, 2, 2.75], [1, 1, 7]]
    let expected = try #require(TuningValue(values)).expected
    #expect(expected.count == 6)
    for k in 1...6 { #expect(abs(expected[k - 1] - enumerated(values, k: k)) < 1e-12) }
  }

  @Test func oneRateIsTheMeanAndAllRatesAreTheChosenOnes() throws {
    let expected = try #require(TuningValue([[1, 5], [2, 4]])).expected
    #expect(expected == [3, (5 + 2) / 2.0])
  }

  @Test func needsTwoSeedsAndRowsOfOneLength() {
    #expect(TuningValue([[1], [2]]) == nil)
    #expect(TuningValue([[1, 2], [2]]) == nil)
    #expect(TuningValue([]) == nil)
  }
}
