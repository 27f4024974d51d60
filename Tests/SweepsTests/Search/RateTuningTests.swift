import Foundation
import Testing
import Training

@testable import Sweeps

@Suite struct RateTuningTests {
  /// The loss is least at a rate of 2^best.
  private static func tuned(best: Double) throws -> TunedSchedule? {
    let training = SearchTraining(steps: 1, identity: "parabola \(best)") { runs, _, _ in
      runs.map { run in
        let distance = log2(run.learningRate) - best
        return run.learningRate > 2e3 ? [:] : [.trainLoss: distance * distance]
      }
    }
    var evaluation = SearchEvaluation(training: training, jobs: 1, journal: nil, progress: { _ in }, isCancelled: { false })
    return try RateTuning(objective: .loss, seeds: [1, 2]).tune("flat", identity: "flat", factors: [1], in: &evaluation)
  }

  /// Also beyond the grid, which is extended.
  @Test(arguments: [-15.375, -4.5, -4.0, 0.125, 6.75, 9.25]) func findsTheNearestEighthOfAnOctave(best: Double) throws {
    let rate = try #require(try Self.tuned(best: best)).candidate.run.learningRate
    #expect(abs(log2(rate) - best) < 1e-9)
  }
}
