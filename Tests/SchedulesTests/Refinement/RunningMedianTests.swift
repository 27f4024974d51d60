import Foundation
import Testing

@testable import Schedules

struct RunningMedianTests {
  struct SciPyFixture: Decodable {
    struct Case: Decodable {
      let values: [Double]
      let width: Int
      let medians: [Double]
    }
    let cases: [Case]
  }

  /// Random, tied, constant, short and sorted sequences; windows from 1 to longer than the sequence.
  @Test func equalsSciPyBitForBit() throws {
    let cases = try fixture("medians.json", as: SciPyFixture.self).cases
    #expect(cases.count > 100)
    for expected in cases {
      #expect(runningMedian(expected.values, width: expected.width) == expected.medians)
    }
  }

  /// Every window of a sequence long enough for a set of three levels, against sorting.
  @Test func equalsSortingEveryWindow() {
    var state: UInt64 = 7
    let values = (0..<5000).map { _ -> Double in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 52)
    }
    let width = 301
    let medians = runningMedian(values, width: width)
    for start in stride(from: 0, to: values.count - width, by: 17) {
      #expect(medians[start + width / 2] == values[start..<start + width].sorted()[width / 2])
    }
  }

  @Test func documentedExample() {
    #expect(runningMedian([1, 9, 2, 8, 3], width: 3) == [1, 2, 8, 3, 8])
    #expect(runningMedian([5], width: 7) == [5])
  }
}
