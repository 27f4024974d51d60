import Sparse
import Testing

@testable import Training

/// Both trainers against the numbers of the packages that define the optimizers.
@Suite struct PackageParityTests {
  static let trajectories = Result { try Trajectories.load() }
  static let cases = (try? trajectories.get().cases) ?? []

  @Test func thereAreCases() throws { #expect(try Self.trajectories.get().cases.count == 17) }

  @Test(arguments: cases)
  func reference(_ example: Trajectories.Case) throws {
    let problem = try Self.trajectories.get().iris
    let trainer = ReferenceTrainer(problem: problem, settings: try example.settings())
    let recording = Recording(norms: true, traceLength: example.expected.losses.count)
    let outcome = try #require(try trainer.train([example.run], seed: example.seed, recording: recording).first)
    #expect(abs(outcome.trainLoss / example.expected.trainLoss - 1) < 1e-12)
    expect(outcome, example.expected, tolerance: 1e-6)
  }

  /// Float against float64; SGD is well-conditioned, Adam divides small numbers by small ones.
  @Test(arguments: cases)
  func lanes(_ example: Trajectories.Case) throws {
    let problem = try Self.trajectories.get().iris
    let trainer = LaneTrainer(problem: problem, settings: try example.settings())
    let recording = Recording(norms: true, traceLength: example.expected.losses.count)
    let outcome = try #require(try trainer.train([example.run], seed: example.seed, recording: recording).first)
    expect(outcome, example.expected, tolerance: 1e-5)
  }

  private func expect(_ outcome: RunOutcome, _ expected: Trajectories.Expected, tolerance: Double) {
    #expect(!outcome.diverged)
    #expect(outcome.steps == expected.losses.count)
    #expect(outcome.trainError == expected.trainError)
    #expect(abs(outcome.trainLoss / expected.trainLoss - 1) < tolerance)
    #expect(largestDifference(outcome.trace, expected.losses) < tolerance)
    #expect(largestDifference(outcome.l1Norms, expected.l1) < tolerance)
    #expect(largestDifference(outcome.l2Norms, expected.l2) < tolerance)
  }

  /// Relative to the larger of the expected value and a hundredth of the largest.
  private func largestDifference(_ values: [Float], _ expected: [Double]) -> Double {
    guard values.count == expected.count, let scale = expected.max() else { return .infinity }
    return zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1) / max($1.1, 0.01 * scale)) }
  }
}
