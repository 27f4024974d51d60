import Sparse
import Testing

@testable import Training

@Suite struct CheckpointTests {
  private static let paths = [TrainingSettings.Path.dense, .scatter, .lists]

  /// Sparse rows, with features of dropped rows.
  private static func problem(classes: Int) -> Problem {
    var made = MadeUp(stream: 21)
    return made.sparseProblem(rows: 123, features: 150, classes: classes, perRow: 5)
  }

  private static func looksAhead(_ optimizer: Optimizer, _ path: TrainingSettings.Path) -> Bool {
    path == .lists && optimizer.method.lists?.looksAhead == true
  }

  /// Steps 0 and T, in an epoch, before its first and its last batch, and two in a row.
  private static let steps = [0, 3, 7, 20, 21, 27, 28]

  private func train(
    _ optimizer: Optimizer, _ path: TrainingSettings.Path, classes: Int = 3, checkpoints: [Int], epochs: Int = 4, l2: Double = 0
  ) throws -> [RunOutcome] {
    let problem = Self.problem(classes: classes)
    let settings = TrainingSettings(optimizer: optimizer, epochs: epochs, l2: l2, checkpoints: checkpoints, path: path)
    let runs = [0.05, 0.01].map { rate in
      Run(learningRate: rate, factors: (0..<epochs * 7).map { 1 - Double($0) / 28 })
    }
    let recording = Recording(norms: true, traceLength: 10)
    return path == .automatic
      ? try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 5, recording: recording)
      : try LaneTrainer(problem: problem, settings: settings).train(runs, seed: 5, recording: recording)
  }

  @Test(arguments: KernelMatrixTests.optimizers, [2, 3]) func checkpointsAreTheReferences(optimizer: Optimizer, classes: Int)
    throws
  {
    let expected = try train(optimizer, .automatic, classes: classes, checkpoints: Self.steps)
    for path in Self.paths {
      let outcomes = try train(optimizer, path, classes: classes, checkpoints: Self.steps)
      for (outcome, expected) in zip(outcomes, expected) {
        #expect(outcome.checkpoints.map(\.step) == Self.steps && expected.checkpoints.map(\.step) == Self.steps)
        for (point, wanted) in zip(outcome.checkpoints, expected.checkpoints) {
          #expect(abs(point.trainLoss - wanted.trainLoss) < 2e-5, "\(path), step \(point.step)")
          #expect(abs(point.trainError - wanted.trainError) < 1.5 / 123, "\(path), step \(point.step)")
          #expect(point.trainObjective == nil)
        }
      }
    }
  }

  /// What is trained has the same bits with checkpoints; where steps are taken ahead, it agrees.
  @Test(arguments: KernelMatrixTests.optimizers, paths)
  func checkpointsDoNotChangeTheRun(optimizer: Optimizer, path: TrainingSettings.Path) throws {
    for l2 in [0, 0.01] {
      let plain = try train(optimizer, path, checkpoints: [], l2: l2)
      for (with, without) in zip(try train(optimizer, path, checkpoints: Self.steps, l2: l2), plain) {
        let last = try #require(with.checkpoints.last)
        #expect((last.trainError, last.trainLoss) == (with.trainError, with.trainLoss))
        #expect(last.trainObjective == with.trainObjective)
        if l2 == 0, Self.looksAhead(optimizer, path) {
          #expect(abs(with.trainLoss / without.trainLoss - 1) < 1e-5 && abs(with.trainError - without.trainError) < 1.5 / 123)
          #expect(zip(with.l2Norms, without.l2Norms).allSatisfy { abs($0 / $1 - 1) < 1e-4 })
        } else {
          var withoutPoints = with
          withoutPoints.checkpoints = []
          #expect(bits(withoutPoints) == bits(without))
        }
      }
    }
  }

  /// A checkpoint after two epochs is the end of a run of two epochs; not for an average that begins at a share of the run.
  @Test(arguments: KernelMatrixTests.optimizers.filter { !$0.spelling.contains("average=tail") }, paths)
  func aCheckpointIsTheEndOfAShorterRun(optimizer: Optimizer, path: TrainingSettings.Path) throws {
    for l2 in [0, 0.01] {
      let long = try train(optimizer, path, checkpoints: [14], l2: l2)
      let short = try train(optimizer, path, checkpoints: [], epochs: 2, l2: l2)
      for (long, short) in zip(long, short) {
        let point = long.checkpoints[0]
        #expect(point.trainError == short.trainError && point.trainObjective == short.trainObjective)
        #expect(point.trainLoss == short.trainLoss)
      }
    }
  }
}
