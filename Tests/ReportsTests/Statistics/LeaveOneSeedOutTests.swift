import Testing

@testable import Reports

@Suite struct LeaveOneSeedOutTests {
  @Test func theOtherSeedsChoose() {
    // Means without seed 1: 1 and 2; without seed 2: 2 and 1; without seed 3: 2 and 1.
    #expect(leaveOneSeedOut([[3, 1, 1], [0, 2, 2]], ties: [[0, 0, 0], [0, 0, 0]]) == [0, 1, 1])
  }

  @Test func tiesGoToTheSecondValueThenToTheFirstCandidate() {
    let equal: [[Double?]] = [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    // Seed 1 has no say in its own tie.
    #expect(leaveOneSeedOut(equal, ties: [[0, 3, 3], [9, 2, 2], [9, 2, 2]]) == [1, 0, 0])
    #expect(leaveOneSeedOut(equal, ties: [[nil, nil, nil], [5, 5, 5], [4, 4, 4]]) == [2, 2, 2])
  }

  /// A rate at which another seed diverged is not chosen; that the seed itself would diverge is not known beforehand.
  @Test func divergedRatesAreNotChosen() {
    let values: [[Double?]] = [[nil, 1, 1], [2, 2, 2]]
    #expect(leaveOneSeedOut(values, ties: values) == [0, 1, 1])
    let all: [[Double?]] = [[nil, nil, 1], [nil, nil, 2]]
    #expect(leaveOneSeedOut(all, ties: all) == [nil, nil, nil])
  }

  @Test func oneCandidateNeedsNoChoiceAndOneSeedCannotChoose() {
    #expect(leaveOneSeedOut([[nil, 2]], ties: [[nil, nil]]) == [0, 0])
    #expect(leaveOneSeedOut([[1], [2]], ties: [[1], [2]]) == [nil])
    #expect(leaveOneSeedOut([], ties: []) == [])
  }

  /// Against the definition, on random tables with ties and divergence.
  @Test(arguments: 0..<40) func agreesWithTheDefinition(seed: UInt64) {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let (rates, seeds) = (Int(next(5)) + 2, Int(next(5)) + 2)
    func table() -> [[Double?]] {
      (0..<rates).map { _ in (0..<seeds).map { _ in next(12) == 0 ? nil : Double(next(4)) } }
    }
    let (values, ties) = (table(), table())
    let chosen = leaveOneSeedOut(values, ties: ties)
    for left in 0..<seeds {
      let others = (0..<seeds).filter { $0 != left }
      func sum(_ row: [Double?]) -> Double? {
        others.contains { row[$0] == nil } ? nil : others.reduce(0) { $0 + (row[$1] ?? 0) }
      }
      var best: Int?
      for rate in 0..<rates {
        guard let own = sum(values[rate]) else { continue }
        guard let known = best, let lowest = sum(values[known]) else {
          best = rate
          continue
        }
        let (tie, least) = (sum(ties[rate]) ?? .infinity, sum(ties[known]) ?? .infinity)
        if own < lowest || own == lowest && tie < least { best = rate }
      }
      #expect(chosen[left] == best, "\(values), \(ties), seed \(left)")
    }
  }
}
