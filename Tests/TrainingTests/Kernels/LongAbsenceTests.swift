import Foundation
import Sparse
import Testing

@testable import Training

/// 6,000 steps on single rows with few of the features, most of which stay away for hundreds or thousands of steps.
@Suite struct LongAbsenceTests {
  private static let shape = Shape(rows: 1500, features: 300, classes: 3, perRow: 3, batchSize: 1, epochs: 4)
  private static let problem = shape.problem

  /// Linear decay after a warmup from 0.
  private static func run(_ rate: Double, steps: Int) -> Run {
    Run(
      learningRate: rate,
      factors: (0..<steps).map { min(Double($0) / 500, Double(steps - $0) / Double(steps - 500)) })
  }

  private func settings(_ optimizer: Optimizer, _ path: TrainingSettings.Path, checkpoints: [Int] = []) -> TrainingSettings {
    TrainingSettings(
      optimizer: optimizer, epochs: Self.shape.epochs, batchSize: Self.shape.batchSize, checkpoints: checkpoints, path: path)
  }

  @Test(
    arguments: [
      ("dog:reps=0.1", 1), ("dowg:reps=0.1", 1), ("ngn", 0.5), ("sps", 0.5), ("adagrad", 0.1), ("rmsprop", 0.01),
      ("adam", 0.01), ("sgd:momentum=0.9", 0.1),
      ("schedule-free-sgd", 0.5), ("schedule-free-sgd:momentum=0.5:r=3:weight-lr-power=0", 0.5), ("schedule-free-sgd:r=6", 0.5),
      ("lion", 0.001), ("lion:beta1=0:beta2=0.9", 0.001), ("lion:beta1=0.99", 0.001),
    ] as [(Optimizer, Double)])
  func agreesWithTheReference(optimizer: Optimizer, rate: Double) throws {
    let trainer = LaneTrainer(problem: Self.problem, settings: settings(optimizer, .lists, checkpoints: [10, 1234, 4000]))
    #expect(trainer.kernels == .lists && trainer.steps == 6000)
    let runs = [rate, rate / 4].map { Self.run($0, steps: trainer.steps) }
    let recording = Recording(norms: true, traceLength: 60, scalars: true)
    let outcomes = try trainer.train(runs, seed: 3, recording: recording)
    let expected = try ReferenceTrainer(problem: Self.problem, settings: trainer.settings)
      .train(runs, seed: 3, recording: recording)
    for (outcome, expected) in zip(outcomes, expected) {
      #expect(!outcome.diverged && abs(expected.trainLoss - log(3)) > 1e-4)
      #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5, "\(outcome.trainLoss) \(expected.trainLoss)")
      for (point, wanted) in zip(outcome.checkpoints, expected.checkpoints) {
        #expect(abs(point.trainLoss - wanted.trainLoss) < 1e-5, "step \(point.step)")
      }
      #expect(zip(outcome.trace, expected.trace).allSatisfy { abs($0 - $1) < 2e-5 })
      #expect(zip(outcome.l2Norms, expected.l2Norms).allSatisfy { abs($0 - $1) < 1e-3 })
      for (name, values) in expected.scalars {
        let recorded = try #require(outcome.scalars[name])
        #expect(zip(recorded, values).allSatisfy { abs($0 - $1) <= 1e-4 * abs($1) }, "\(name)")
      }
    }
  }

  /// The distance from the start, which follows the weights that change, over 100,000 steps.
  @Test(arguments: ["dog:reps=0.1", "dowg:reps=0.1"] as [Optimizer], [2, 3])
  func distancesDoNotDrift(optimizer: Optimizer, classes: Int) throws {
    let problem = Shape(rows: 400, features: 40, classes: classes, perRow: 3).problem
    let trainer = LaneTrainer(
      problem: problem, settings: TrainingSettings(optimizer: optimizer, epochs: 250, batchSize: 1, path: .lists))
    let runs = [Run(learningRate: 1, factors: [Double](repeating: 1, count: trainer.steps))]
    let recording = Recording(scalars: true)
    let outcome = try trainer.train(runs, seed: 3, recording: recording)[0]
    let expected = try ReferenceTrainer(problem: problem, settings: trainer.settings)
      .train(runs, seed: 3, recording: recording)[0]
    let (distances, wanted) = (try #require(outcome.scalars["r"]), try #require(expected.scalars["r"]))
    #expect(distances.count == 100_000 && zip(distances, wanted).allSatisfy { abs($0 / $1 - 1) < 1e-5 })
    #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5)
  }

  /// Momenta that decay to nothing while their features are away; the kernels that update every weight flush them to zero.
  @Test(arguments: ["lion:beta2=0.5", "lion:beta1=0.001:beta2=0.9", "lion:beta2=0"] as [Optimizer])
  func whatIsFlushedStandsStill(optimizer: Optimizer) throws {
    let outcomes = try [TrainingSettings.Path.lists, .scatter].map { path in
      let trainer = LaneTrainer(problem: Self.problem, settings: settings(optimizer, path, checkpoints: [1234, 4000]))
      return try trainer.train(
        [0.001, 0.0001].map { Self.run($0, steps: trainer.steps) }, seed: 3, recording: Recording(norms: true, traceLength: 60))
    }
    for (listed, scattered) in zip(outcomes[0], outcomes[1]) {
      #expect(abs(listed.trainLoss - scattered.trainLoss) < 1e-5)
      #expect(zip(listed.trace, scattered.trace).allSatisfy { abs($0 - $1) < 2e-5 })
    }
  }
}
