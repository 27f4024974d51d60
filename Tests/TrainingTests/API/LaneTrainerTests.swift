import Sparse
import Testing

@testable import Training

@Suite struct LaneTrainerTests {
  /// Vowel's shape, 1,000 steps.
  @Test(arguments: [0.0625, 1], ["sgd", "adam"] as [Optimizer])
  func agreesWithTheReferenceTrainer(rate: Double, optimizer: Optimizer) throws {
    var made = MadeUp(stream: 5)
    let problem = made.problem(rows: 528, features: 10, classes: 11, testRows: 462)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 31)
    let trainer = LaneTrainer(problem: problem, settings: settings)
    #expect(trainer.steps == 1023)
    let runs = [Run.linear(rate, steps: trainer.steps)]
    let lanes = try trainer.train(runs, seed: 3)[0]
    let reference = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3)[0]
    #expect(abs(lanes.trainLoss / reference.trainLoss - 1) <= 1e-4)
    #expect(abs(lanes.trainError - reference.trainError) <= 1.5 / 528)
  }

  /// A run's bits are its own, whatever runs beside it and however many.
  @Test(
    arguments: KernelMatrixTests.optimizers,
    [(TrainingSettings.Path.dense, 0), (.scatter, 0), (.lists, 0), (.dense, 0.02), (.scatter, 0.02)])
  func bitsDoNotDependOnGrouping(optimizer: Optimizer, kind: (path: TrainingSettings.Path, l2: Double)) throws {
    var made = MadeUp(stream: 3)
    let problem = made.sparseProblem(rows: 120, features: 60, classes: 3, perRow: 5)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 4, l2: kind.l2, checkpoints: [3, 14], path: kind.path)
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let runs = (0..<75).map { Run.linear(0.001 * Double($0 + 1), steps: trainer.steps) }
    let recording = Recording(norms: true, traceLength: 5)
    let together = try trainer.train(runs, seed: 9, recording: recording)
    let backwards = try trainer.train(runs.reversed(), seed: 9, recording: recording)
    for i in [0, 7, 8, 15, 16, 36, 74] {
      let alone = try trainer.train([runs[i]], seed: 9, recording: recording)
      #expect(bits(alone[0]) == bits(together[i]))
      #expect(bits(backwards[74 - i]) == bits(together[i]))
    }
  }

  /// Kernels leave out norms that nobody wants; what is trained must not show it.
  @Test(arguments: [TrainingSettings.Path.dense, .scatter, .lists], [0, 0.02])
  func bitsDoNotDependOnRecording(path: TrainingSettings.Path, l2: Double) throws {
    var made = MadeUp(stream: 5)
    // Odd numbers of classes and features, and a batch of several chunks.
    let problem = made.problem(rows: 150, features: 13, classes: 5, testRows: 20)
    for optimizer in KernelMatrixTests.optimizers {
      for batchSize in [16, 70] {
        let settings = TrainingSettings(optimizer: optimizer, epochs: 4, batchSize: batchSize, l2: l2, path: path)
        let trainer = LaneTrainer(problem: problem, settings: settings)
        let runs = (0..<5).map { Run.linear(0.01 * Double($0 + 1), steps: trainer.steps) }
        let recorded = try trainer.train(runs, seed: 9, recording: Recording(norms: true, traceLength: 5))
        let plain = try trainer.train(runs, seed: 9)
        for (recorded, plain) in zip(recorded, plain) {
          #expect(recorded.l1Norms.count == trainer.steps && plain.l1Norms.isEmpty)
          var withoutRecords = recorded
          (withoutRecords.l1Norms, withoutRecords.l2Norms, withoutRecords.trace) = ([], [], [])
          #expect(bits(withoutRecords) == bits(plain))
        }
      }
    }
  }

  @Test(arguments: [0, 0.02]) func bitsDoNotDependOnThreads(l2: Double) async throws {
    var made = MadeUp(stream: 4)
    let problem = made.problem(rows: 64, features: 5, classes: 3)
    let settings = TrainingSettings(optimizer: .adam(), epochs: 3, l2: l2, checkpoints: [5])
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let runs = (0..<40).map { Run.linear(0.01 * Double($0 + 1), steps: trainer.steps) }
    let alone = try trainer.train(runs, seed: 1).map(bits)
    let parts = try await withThrowingTaskGroup(of: (Int, [[UInt64]]).self) { group in
      for start in stride(from: 0, to: 40, by: 5) {
        group.addTask { (start, try trainer.train(Array(runs[start..<start + 5]), seed: 1).map(bits)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
    }
    #expect(parts.flatMap(\.1) == alone)
  }

  @Test func aTestRowOfAnUnknownClassIsAnErrorAndLeftOutOfTheLoss() throws {
    var made = MadeUp(stream: 6)
    let training = made.data(rows: 32, features: 3, classes: 3)
    let known = training.rows(0..<10)
    let unknown = LabelledSparseData(
      matrix: training.rows(0..<15).matrix, classes: known.classes + [-1, -1, -1, -1, -1], classLabels: known.classLabels)
    let settings = TrainingSettings(optimizer: .adam(), epochs: 5)
    func outcome(_ test: LabelledSparseData) throws -> RunOutcome {
      let trainer = LaneTrainer(problem: Problem(name: "", training: training, test: test), settings: settings)
      return try trainer.train([.linear(0.1, steps: trainer.steps)], seed: 0)[0]
    }
    let (without, with) = (try outcome(known), try outcome(unknown))
    #expect(with.testLoss.map { Float($0) } == without.testLoss.map { Float($0) })
    #expect(with.testError == ((without.testError ?? .nan) * 10 + 5) / 15)
  }

  @Test func divergenceIsSeenAndStaysInItsLane() throws {
    var made = MadeUp(stream: 7)
    let problem = made.problem(rows: 64, features: 4, classes: 3)
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: .sgd(weightDecay: 1), epochs: 30))
    let tame = Run.linear(0.1, steps: trainer.steps)
    let outcomes = try trainer.train([tame, .linear(1e6, steps: trainer.steps), tame], seed: 0)
    #expect(outcomes.map(\.diverged) == [false, true, false])
    #expect(bits(outcomes[0]) == bits(outcomes[2]))
  }

  @Test(arguments: [TrainingSettings.Path.dense, .scatter, .lists]) func stopsWhenCancelled(path: TrainingSettings.Path) throws
  {
    var made = MadeUp(stream: 8)
    let problem = made.problem(rows: 64, features: 4, classes: 3)
    let trainer = LaneTrainer(
      problem: problem, settings: TrainingSettings(optimizer: "sgd", epochs: 20_000, path: path))
    var questions = 0
    #expect(throws: CancellationError.self) {
      _ = try trainer.train([.linear(0.1, steps: trainer.steps)], seed: 0) {
        questions += 1
        return questions > 2
      }
    }
    #expect(questions == 3)
  }
}

/// All numbers of an outcome, bit by bit.
func bits(_ outcome: RunOutcome) -> [UInt64] {
  let points: [Double] = outcome.checkpoints.flatMap { point -> [Double] in
    [Double(point.step), point.trainError, point.trainLoss, point.trainObjective ?? -1]
  }
  let optional = [outcome.trainObjective, outcome.testError, outcome.testLoss]
  let doubles: [Double] = [outcome.trainError, outcome.trainLoss] + optional.map { $0 ?? -1 } + points
  let floats = outcome.l1Norms + outcome.l2Norms + outcome.trace
  return doubles.map { $0.bitPattern } + floats.map { UInt64($0.bitPattern) } + [outcome.diverged ? 1 : 0]
}
