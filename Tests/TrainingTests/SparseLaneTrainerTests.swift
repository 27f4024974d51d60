import Schedules
import Sparse
import Testing

@testable import Training

@Suite struct SparseLaneTrainerTests {
  /// Rows with few of the features; features become rarer with their index, some occur in one row only, every fifth never.
  static func problem(rows: Int, features: Int, classes: Int, perRow: Int, seed: UInt64 = 1) -> Problem {
    var state = seed
    func random(_ below: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      return Int(SampleOrder.mix(state).multipliedFullWidth(by: UInt64(below)).high)
    }
    var (offsets, columns, values, labels) = ([0], [Int32](), [Float](), [Int32]())
    for row in 0..<rows {
      var chosen = Set((0..<perRow).map { _ in random(random(features) + 1) }.filter { $0 % 5 != 4 })
      // Some rows are empty, some features belong to one row.
      if row % 29 == 7 { chosen = [] }
      if row % 11 == 3, (row * 5) % features % 5 != 4 { chosen.insert((row * 5) % features) }
      for column in chosen.sorted() {
        columns.append(Int32(column))
        values.append(Float(random(2000)) / 1000 - 0.5)
      }
      offsets.append(columns.count)
      labels.append(Int32(row < classes ? row : (chosen.min() ?? 0) % 2 == 0 ? random(classes) : (chosen.min() ?? 0) % classes))
    }
    return Problem(
      name: "random",
      training: LabelledSparseData(
        matrix: SparseMatrix(rowOffsets: offsets, columns: columns, values: values, columnCount: features),
        classes: labels, classLabels: (0..<classes).map(Double.init)))
  }

  static func runs(_ rates: [Double], steps: Int) -> [Run] {
    rates.map { rate in
      Run(learningRate: rate, factors: (0..<steps).map { 1 - Double($0) / Double(steps) })
    }
  }

  static func expectLossesOfTheReference(_ problem: Problem, _ settings: TrainingSettings) throws {
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let runs = Self.runs([0.01, 0.125], steps: trainer.steps)
    let outcomes = try trainer.train(runs, seed: 3)
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3)
    for (outcome, expected) in zip(outcomes, expected) {
      #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5, "\(outcome.trainLoss) \(expected.trainLoss)")
    }
  }

  static let optimizers: [Optimizer] = [
    .sgd(), .sgd(momentum: 0.9), .adam(), .adam(beta2: 0.999), .adam(epsilon: 1e-4), .adam(epsilon: 1e-12),
    .adam(beta1: 0), .adam(beta1: 0.5, beta2: 0.9), .adam(weightDecay: 0.1, decoupled: true), .sgd(weightDecay: 0.1),
  ]

  /// Against the readable trainer in Double: losses, norms at every step and trace, for rare features and frequent ones.
  @Test(arguments: optimizers, [2, 5]) func agreesWithTheReference(optimizer: Optimizer, classes: Int) throws {
    let problem = Self.problem(rows: 203, features: 400, classes: classes, perRow: 6)
    var settings = TrainingSettings(optimizer: optimizer, epochs: 12)
    settings.path = .sparse
    let rates = [0.001, 0.01, 0.125]
    let recording = Recording(norms: true, traceLength: 20)
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let runs = Self.runs(rates, steps: trainer.steps)
    let outcomes = try trainer.train(runs, seed: 3, recording: recording)
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
    for (outcome, expected) in zip(outcomes, expected) {
      #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5, "\(outcome.trainLoss) \(expected.trainLoss)")
      #expect(abs(outcome.trainError - expected.trainError) < 0.01)
      #expect(outcome.trace.count == expected.trace.count)
      for (a, b) in zip(outcome.trace, expected.trace) { #expect(abs(a - b) < 1e-4) }
      for (a, b) in zip(outcome.l1Norms, expected.l1Norms) { #expect(abs(a - b) < 1e-3 * (1 + abs(b))) }
      for (a, b) in zip(outcome.l2Norms, expected.l2Norms) { #expect(abs(a - b) < 1e-3 * (1 + abs(b))) }
      #expect(outcome.l1Norms.count == trainer.steps && outcome.l2Norms.count == trainer.steps)
    }
  }

  /// Features that stay away for longer than a short look-ahead reaches, with moments near epsilon.
  @Test(arguments: [
    Optimizer.adam(beta1: 0, epsilon: 0.01), .adam(beta1: 0, beta2: 0.5), .adam(beta1: 0.3, epsilon: 0.01),
    .adam(beta1: 0.5, epsilon: 0.01), .adam(beta1: 0.5, beta2: 0.9), .adam(beta1: 0.65, epsilon: 0.01),
    .adam(beta1: 0.7, beta2: 0.999, epsilon: 0.001), .adam(beta1: 0.75, epsilon: 0.01),
    .adam(beta1: 0.5, epsilon: 0.01, weightDecay: 0.1, decoupled: true), .sgd(momentum: 0.5),
  ]) func agreesBeyondTheHorizon(optimizer: Optimizer) throws {
    let problem = Self.problem(rows: 203, features: 800, classes: 2, perRow: 6)
    var settings = TrainingSettings(optimizer: optimizer, epochs: 8, batchSize: 2)
    settings.path = .sparse
    try Self.expectLossesOfTheReference(problem, settings)
  }

  /// Few features: nonzeros are scattered, and every weight moves at every step. With the last batch kept, and batches that are not of 16.
  @Test(
    arguments: [
      Optimizer.adam(), .sgd(), .sgd(momentum: 0.9, weightDecay: 0.1), .adam(weightDecay: 0.1),
      .adam(weightDecay: 0.1, decoupled: true),
    ], [7, 16, 300]) func agreesWhereFeaturesAreFew(
      optimizer: Optimizer, batchSize: Int
    ) throws
  {
    let problem = Self.problem(rows: 203, features: 40, classes: 3, perRow: 6)
    var settings = TrainingSettings(optimizer: optimizer, epochs: 8, batchSize: batchSize, keepsLastBatch: true)
    settings.path = .sparse
    try Self.expectLossesOfTheReference(problem, settings)
  }

  /// The two paths agree with each other.
  @Test(arguments: optimizers) func agreesWithTheDensePath(optimizer: Optimizer) throws {
    let problem = Self.problem(rows: 150, features: 90, classes: 4, perRow: 5)
    var settings = TrainingSettings(optimizer: optimizer, epochs: 10)
    let losses = try [TrainingSettings.Path.sparse, .dense].map { path in
      settings.path = path
      let trainer = LaneTrainer(problem: problem, settings: settings)
      return try trainer.train(Self.runs([0.004, 0.06], steps: trainer.steps), seed: 1).map(\.trainLoss)
    }
    for (sparse, dense) in zip(losses[0], losses[1]) { #expect(abs(sparse - dense) < 1e-5) }
  }

  /// A run's bits are its own, whatever runs beside it and however many.
  @Test(arguments: optimizers) func bitsDoNotDependOnTheGroup(optimizer: Optimizer) throws {
    let problem = Self.problem(rows: 120, features: 300, classes: 3, perRow: 5)
    var settings = TrainingSettings(optimizer: optimizer, epochs: 4)
    settings.path = .sparse
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let recording = Recording(norms: true, traceLength: 8)
    let rates = (0..<75).map { 0.001 * Double($0 + 1) }
    let together = try trainer.train(Self.runs(rates, steps: trainer.steps), seed: 2, recording: recording)
    for index in [0, 17, 40, 74] {
      let alone = try trainer.train(Self.runs([rates[index]], steps: trainer.steps), seed: 2, recording: recording)[0]
      #expect(alone.trainLoss.bitPattern == together[index].trainLoss.bitPattern)
      #expect(alone.l1Norms == together[index].l1Norms && alone.l2Norms == together[index].l2Norms)
      #expect(alone.trace == together[index].trace)
    }
  }

  /// The bands of the look-ahead's polynomials, and betas that they do not reach.
  @Test func offersWhatItCanDoExactly() {
    #expect(SparseLaneTrainer.offers(.adam()))
    #expect(SparseLaneTrainer.offers(.adam(beta2: 0.999)))
    #expect(!SparseLaneTrainer.offers(.adam(beta1: 0.95, beta2: 0.9)))
    #expect(!SparseLaneTrainer.offers(.adam(epsilon: 0)))
    #expect(!SparseLaneTrainer.offers(.adam(weightDecay: 0.01)))
    #expect(SparseLaneTrainer.offers(.adam(weightDecay: 0.01, decoupled: true)))
    #expect(SparseLaneTrainer.offers(.sgd(weightDecay: 0.01)))
    #expect(!SparseLaneTrainer.offers(.sgd(momentum: 0.9, weightDecay: 0.01)))
    #expect(!SparseLaneTrainer.offers(.sgd(momentum: 0.9999)))
  }

  @Test func cancels() throws {
    let problem = Self.problem(rows: 120, features: 300, classes: 3, perRow: 5)
    var settings = TrainingSettings(optimizer: .adam(), epochs: 4)
    settings.path = .sparse
    let trainer = LaneTrainer(problem: problem, settings: settings)
    #expect(throws: CancellationError.self) {
      try trainer.train(Self.runs([1], steps: trainer.steps), seed: 2, isCancelled: { true })
    }
  }
}
