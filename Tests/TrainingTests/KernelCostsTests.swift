import Benchmarking
import Sparse
import Testing

@testable import Training

@Suite struct KernelCostsTests {
  static func kernels(_ problem: Problem, _ optimizer: Optimizer, path: TrainingSettings.Path = .automatic) -> Kernels {
    LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: optimizer, epochs: 1, path: path)).kernels
  }

  @Test(arguments: [Optimizer.sgd(), .adam()]) func shapesTakeTheirKernels(optimizer: Optimizer) {
    #expect(Self.kernels(MadeUpProblem.letter.problem(), optimizer) == .dense)
    #expect(Self.kernels(MadeUpProblem.a9a.problem(), optimizer) == .scatter)
    #expect(Self.kernels(MadeUpProblem.news20.problem(), optimizer) == .lists)
  }

  @Test func aPathCanBeForced() {
    let problem = MadeUpProblem.a9a.problem()
    #expect(Self.kernels(problem, .adam(), path: .dense) == .dense)
    #expect(Self.kernels(MadeUpProblem.iris.problem(), .adam(), path: .sparse) != .dense)
    // What the lists do not offer is scattered, however many features there are.
    let coupled = Optimizer.adam(weightDecay: 0.01)
    #expect(Self.kernels(MadeUpProblem.news20.problem(), coupled, path: .sparse) == .scatter)
  }

  /// Where the costs of two kernels cross, the choice changes; results on both sides do not.
  @Test(arguments: [
    (features: 30, perRow: 12, optimizer: Optimizer.sgd()), (features: 400, perRow: 6, optimizer: .sgd()),
    (features: 2000, perRow: 6, optimizer: .sgd()), (features: 30, perRow: 12, optimizer: .adam()),
    (features: 400, perRow: 6, optimizer: .adam()), (features: 2000, perRow: 6, optimizer: .adam()),
    (features: 400, perRow: 6, optimizer: .sgd(momentum: 0.9)),
    (features: 400, perRow: 6, optimizer: .adam(weightDecay: 0.1, decoupled: true)),
    (features: 400, perRow: 6, optimizer: .sgd(weightDecay: 0.1)),
  ])
  func allKernelsAgree(features: Int, perRow: Int, optimizer: Optimizer) throws {
    for classes in [2, 5] {
      let problem = SparseLaneTrainerTests.problem(rows: 203, features: features, classes: classes, perRow: perRow)
      let settings = TrainingSettings(optimizer: optimizer, epochs: 8)
      let outcomes = try Kernels.allCases.map { kernels in
        let trainer = LaneTrainer(problem: problem, settings: settings, kernels: kernels)
        let runs = SparseLaneTrainerTests.runs([0.004, 0.06], steps: trainer.steps)
        return try trainer.train(runs, seed: 1, recording: Recording(norms: true))
      }
      for other in outcomes.dropFirst() {
        for (a, b) in zip(outcomes[0], other) {
          #expect(abs(a.trainLoss - b.trainLoss) < 1e-5, "\(a.trainLoss) \(b.trainLoss)")
          for (x, y) in zip(a.l1Norms, b.l1Norms) { #expect(abs(x - y) < 1e-3 * (1 + abs(x))) }
          for (x, y) in zip(a.l2Norms, b.l2Norms) { #expect(abs(x - y) < 1e-3 * (1 + abs(x))) }
        }
      }
    }
  }

  /// A batch that has few of many features is listed; one that has most of few is scattered.
  @Test(arguments: [Optimizer.sgd(), .adam()]) func theChoiceCrossesOver(optimizer: Optimizer) {
    let choices = [40, 4000].map {
      Self.kernels(
        SparseLaneTrainerTests.problem(rows: 203, features: $0, classes: 2, perRow: 4), optimizer, path: .sparse)
    }
    #expect(choices == [.scatter, .lists])
  }
}
