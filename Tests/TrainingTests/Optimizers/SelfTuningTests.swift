import Sparse
import Testing

@testable import Training

@Suite struct SelfTuningTests {
  static let estimating: [Optimizer] = [
    "d-adapt-sgd:d0=0.001", "d-adapt-sgd:d0=0.001:momentum=0.9", "d-adapt-adam:d0=0.001:weight-decay=0.1",
    "prodigy:d0=0.001", "prodigy:d0=0.001:weight-decay=0.1:bias-correction=true:safeguard-warmup=true",
  ]

  @Test func whatIsMadeForARateOfOne() {
    let names = OptimizerRegistry.builtIn.methods.filter { $0.isSelfTuning }.map { $0.name }
    #expect(Set(names) == ["d-adapt-sgd", "d-adapt-adam", "prodigy", "dog", "dowg"])
    #expect(Self.estimating.allSatisfy(\.isSelfTuning) && !Optimizer.adam().isSelfTuning)
  }

  @Test(arguments: estimating) func aRateOfZeroChangesNothing(optimizer: Optimizer) {
    let gradients = (0..<6).map { step in (0..<4).map { Double(($0 * 7 + step * 5) % 11) - 4.5 } }
    var rules = [optimizer.reference(count: 4, steps: 6), optimizer.reference(count: 4, steps: 6)]
    var weights = [[Double](repeating: 0, count: 4), [Double](repeating: 0, count: 4)]
    for (step, gradient) in gradients.enumerated() {
      for pause in 0..<(step % 3) {
        let before = (weights[0], rules[0].scalars)
        rules[0].step(&weights[0], gradients[pause], loss: 1, rate: 0)
        #expect(before == (weights[0], rules[0].scalars))
      }
      for i in 0..<2 { rules[i].step(&weights[i], gradient, loss: 1, rate: 1) }
    }
    #expect(weights[0] == weights[1] && rules[0].scalars == rules[1].scalars && weights[0].allSatisfy { $0 != 0 })
  }

  /// As in a schedule that starts with a warmup, ends at 0, or pauses.
  @Test(arguments: estimating, [TrainingSettings.Path.dense, .scatter])
  func lanesKnowRatesOfZero(optimizer: Optimizer, path: TrainingSettings.Path) throws {
    var made = MadeUp(stream: 12)
    let problem = made.problem(rows: 160, features: 5, classes: 3)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 20, path: path)
    let factors = (0..<200).map { [0, 0, 1, 0.5, 0][$0 % 5] }
    let runs = [Run(learningRate: 1, factors: factors), Run(learningRate: 0, factors: factors)]
    let recording = Recording(scalars: true)
    let outcomes = try LaneTrainer(problem: problem, settings: settings).train(runs, seed: 2, recording: recording)
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 2, recording: recording)
    for (outcome, expected) in zip(outcomes, expected) {
      #expect(!outcome.diverged && abs(outcome.trainLoss - expected.trainLoss) < 1e-5)
      let (ds, expectedDs) = (try #require(outcome.scalars["d"]), try #require(expected.scalars["d"]))
      #expect(zip(ds, expectedDs).allSatisfy { abs($0 / $1 - 1) < 1e-4 })
    }
    #expect(try #require(expected[0].scalars["d"]?.last) > 0.00101)
    #expect(expected[1].scalars["d"] == [Double](repeating: 0.001, count: 200))
  }
}
