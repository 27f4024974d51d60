import Sparse
import Testing

@testable import Training

@Suite struct LaneTrainerTests {
  static let optimizers: [Optimizer] = [
    .sgd(), .sgd(momentum: 0.9, weightDecay: 1e-3), .adam(), .adam(weightDecay: 1e-3), .adam(weightDecay: 0.1, decoupled: true),
  ]

  /// Vowel's shape, 1,000 steps.
  @Test(arguments: [0.0625, 1], [Optimizer.sgd(), .adam()])
  func agreesWithTheReferenceTrainer(rate: Double, optimizer: Optimizer) throws {
    var made = MadeUp(seed: 5)
    let problem = made.problem(rows: 528, features: 10, classes: 11, testRows: 462)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 31)
    let steps = LaneTrainer(problem: problem, settings: settings).steps
    #expect(steps == 1023)
    try expectAgreement(problem, settings, [.linear(rate, steps: steps)], tolerance: 1e-4)
  }

  @Test(arguments: [
    (1, 1, 2), (5, 2, 1), (2, 3, 2), (5, 2, 3), (40, 7, 4), (33, 8, 5), (64, 9, 7), (50, 70, 10), (30, 13, 26), (20, 3, 100),
    (24, 5, 1001),
  ])
  func anyShape(rows: Int, features: Int, classes: Int) throws {
    var made = MadeUp(seed: 1)
    let problem = made.problem(rows: rows, features: features, classes: classes, testRows: 5)
    for optimizer in Self.optimizers {
      let settings = TrainingSettings(optimizer: optimizer, epochs: 3, keepsLastBatch: true)
      let steps = LaneTrainer(problem: problem, settings: settings).steps
      try expectAgreement(problem, settings, [.linear(0.1, steps: steps)], tolerance: 2e-5)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 16, 17, 33, 64, 100, 200, 1000], [0.1, 1])
  func anyBatchSizeOnDenseAndSparseRows(batchSize: Int, density: Float) throws {
    var made = MadeUp(seed: 2)
    let problem = made.problem(rows: 200, features: 6, classes: 3, density: density, testRows: 30)
    for keepsLastBatch in [false, true] {
      // A large epsilon: where a gradient cancels to nothing, Adam makes a full step of what rounding left of it.
      let settings = TrainingSettings(
        optimizer: .adam(epsilon: 1e-3), epochs: 2, batchSize: batchSize, keepsLastBatch: keepsLastBatch)
      let steps = LaneTrainer(problem: problem, settings: settings).steps
      try expectAgreement(problem, settings, [.linear(0.05, steps: steps)], tolerance: 2e-5)
    }
  }

  private func expectAgreement(_ problem: Problem, _ settings: TrainingSettings, _ runs: [Run], tolerance: Double) throws {
    let recording = Recording(norms: true, traceLength: 7)
    let lanes = try LaneTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
    let reference = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
    #expect(lanes.count == runs.count)
    for (lane, expected) in zip(lanes, reference) {
      #expect(abs(lane.trainLoss - expected.trainLoss) <= tolerance * expected.trainLoss)
      #expect(abs(lane.trainError - expected.trainError) <= 1 / Double(problem.training.rowCount))
      if let loss = expected.testLoss { #expect(abs((lane.testLoss ?? .infinity) - loss) <= tolerance * loss) }
      #expect(lane.testLoss != nil || problem.test == nil)
      #expect(lane.steps == expected.steps && lane.diverged == expected.diverged)
      for (values, wanted) in [
        (lane.l1Norms, expected.l1Norms), (lane.l2Norms, expected.l2Norms), (lane.trace, expected.trace),
      ] {
        #expect(values.count == wanted.count)
        for (value, want) in zip(values, wanted) { #expect(abs(value - want) <= 100 * Float(tolerance) * want) }
      }
    }
  }

  @Test func bitsDoNotDependOnGrouping() throws {
    var made = MadeUp(seed: 3)
    let problem = made.problem(rows: 100, features: 11, classes: 8, testRows: 20)
    for optimizer in Self.optimizers {
      let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: optimizer, epochs: 4))
      let runs = (0..<37).map { Run.linear(0.001 * Double($0 + 1), steps: trainer.steps) }
      let recording = Recording(norms: true, traceLength: 5)
      let together = try trainer.train(runs, seed: 9, recording: recording)
      let backwards = try trainer.train(runs.reversed(), seed: 9, recording: recording)
      for i in [0, 7, 8, 15, 16, 36] {
        let alone = try trainer.train([runs[i]], seed: 9, recording: recording)
        #expect(bits(alone[0]) == bits(together[i]))
        #expect(bits(backwards[36 - i]) == bits(together[i]))
      }
    }
  }

  /// Kernels leave out norms that nobody wants; what is trained must not show it.
  @Test(arguments: [TrainingSettings.Path.dense, .sparse])
  func bitsDoNotDependOnRecording(path: TrainingSettings.Path) throws {
    var made = MadeUp(seed: 5)
    // Odd numbers of classes and features, and a batch of several chunks.
    let problem = made.problem(rows: 150, features: 13, classes: 5, testRows: 20)
    for optimizer in Self.optimizers {
      for batchSize in [16, 70] {
        let settings = TrainingSettings(optimizer: optimizer, epochs: 4, batchSize: batchSize, path: path)
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

  @Test func bitsDoNotDependOnThreads() async throws {
    var made = MadeUp(seed: 4)
    let problem = made.problem(rows: 64, features: 5, classes: 3)
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: .adam(), epochs: 3))
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
    var made = MadeUp(seed: 6)
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
    var made = MadeUp(seed: 7)
    let problem = made.problem(rows: 64, features: 4, classes: 3)
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: .sgd(weightDecay: 1), epochs: 30))
    let tame = Run.linear(0.1, steps: trainer.steps)
    let outcomes = try trainer.train([tame, .linear(1e6, steps: trainer.steps), tame], seed: 0)
    #expect(outcomes.map(\.diverged) == [false, true, false])
    #expect(bits(outcomes[0]) == bits(outcomes[2]))
  }

  @Test func stopsWhenCancelled() throws {
    var made = MadeUp(seed: 8)
    let problem = made.problem(rows: 64, features: 4, classes: 3)
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: .sgd(), epochs: 20_000))
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
  let doubles = [outcome.trainError, outcome.trainLoss, outcome.testError ?? -1, outcome.testLoss ?? -1]
  let floats = outcome.l1Norms + outcome.l2Norms + outcome.trace
  return doubles.map(\.bitPattern) + floats.map { UInt64($0.bitPattern) } + [outcome.diverged ? 1 : 0]
}
