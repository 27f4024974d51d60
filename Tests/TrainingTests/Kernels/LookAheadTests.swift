import Testing

@testable import Training

/// Where features are listed, those that stay away are moved ahead.
@Suite struct LookAheadTests {
  /// Features that stay away for longer than a short look-ahead reaches, with moments near epsilon and far from it.
  @Test(
    arguments: [
      "adam", "adam:beta2=0.999", "adam:epsilon=0.0001", "adam:epsilon=1e-12", "adam:beta1=0", "adam:beta1=0:epsilon=0.01",
      "adam:beta1=0:beta2=0.5", "adam:beta1=0.3:epsilon=0.01", "adam:beta1=0.5:epsilon=0.01", "adam:beta1=0.5:beta2=0.9",
      "adam:beta1=0.65:epsilon=0.01", "adam:beta1=0.7:beta2=0.999:epsilon=0.001", "adam:beta1=0.75:epsilon=0.01",
      "adam:beta1=0.5:epsilon=0.01:weight-decay=0.1:decoupled=true", "sgd:momentum=0.5", "sgd:momentum=0.9",
      "sgd:weight-decay=0.1",
    ] as [Optimizer], [2, 16]) func agreesBeyondTheHorizon(optimizer: Optimizer, batchSize: Int) throws
  {
    let shape = Shape(rows: 203, features: 800, classes: 2, perRow: 6)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 8, batchSize: batchSize, path: .lists)
    let problem = shape.problem
    let trainer = LaneTrainer(problem: problem, settings: settings)
    #expect(trainer.kernels == .lists)
    let runs = [0.01, 0.125].map { Run.linear($0, steps: trainer.steps) }
    let outcomes = try trainer.train(runs, seed: 3)
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3)
    for (outcome, expected) in zip(outcomes, expected) {
      #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5, "\(outcome.trainLoss) \(expected.trainLoss)")
    }
  }

  /// The bands of the look-ahead's polynomials, and betas that they do not reach.
  @Test func thereIsAFormForWhatIsExact() {
    let exact: [Optimizer] = [
      "sgd", "sgd:momentum=0.9", "sgd:weight-decay=0.01", "adam", "adam:beta2=0.999", "adam:weight-decay=0.01:decoupled=true",
      "adagrad", "dog", "dowg", "ngn", "sps", "lion", "schedule-free-sgd", "schedule-free-sgd:r=6",
    ]
    let inexact: [Optimizer] = [
      "sgd:momentum=0.9:weight-decay=0.01", "sgd:momentum=0.9999", "sgd:momentum=0.9:nesterov=true",
      "adam:beta1=0.95:beta2=0.9",
      "adam:epsilon=0", "adam:weight-decay=0.01", "lion:weight-decay=0.1", "schedule-free-sgd:weight-decay=0.01",
      "schedule-free-sgd:r=7", "dog:average=tail", "momo", "prodigy", "schedule-free-adamw",
    ]
    for optimizer in exact { #expect(optimizer.hasListsForm, "\(optimizer)") }
    for optimizer in inexact { #expect(!optimizer.hasListsForm, "\(optimizer)") }
  }
}
