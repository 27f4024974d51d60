import Sparse
import Testing

@testable import Training

/// A made-up problem and how it is cut into batches.
struct Shape: CustomTestStringConvertible, Sendable {
  let rows: Int
  let features: Int
  let classes: Int
  /// Nonzeros of a row: fewer than a quarter of the features are kept sparse by all kernels.
  let perRow: Int
  var batchSize = 16
  var keepsLastBatch = false
  var epochs = 3

  var testDescription: String { "\(rows) x \(features), \(classes) classes, \(perRow) a row, batches of \(batchSize)" }

  var problem: Problem {
    var made = MadeUp(stream: UInt64(rows + 1000 * features + 1_000_000 * classes))
    return perRow == features
      ? made.problem(rows: rows, features: features, classes: classes, testRows: 5)
      : made.sparseProblem(rows: rows, features: features, classes: classes, perRow: perRow)
  }
}

/// Every optimizer with every kernel on every shape, against the reference trainer: errors, losses, traces and norms at every step.
@Suite struct KernelMatrixTests {
  // Large epsilons: where a gradient cancels to nothing, a step that is divided by its size is made of what rounding left of it.
  private static let chosen: [Optimizer] = [
    "sgd", "sgd:momentum=0.9", "sgd:weight-decay=0.1", "sgd:momentum=0.9:weight-decay=0.001", "sgd:momentum=0.9:nesterov=true",
    "adam:epsilon=0.001", "adam:beta1=0.5:beta2=0.9:epsilon=0.001", "adam:beta1=0:epsilon=0.001",
    "adam:epsilon=0.001:weight-decay=0.001", "adam:epsilon=0.001:weight-decay=0.1:decoupled=true", "adagrad:epsilon=0.001",
    "schedule-free-sgd", "schedule-free-sgd:momentum=0.5:r=1:weight-lr-power=1:weight-decay=0.01", "dog:reps=0.01",
    "adam:epsilon=0.001:weight-decay=0.01:amsgrad=true", "rmsprop:epsilon=0.001", "lion:weight-decay=0.1", "lion",
    "schedule-free-adamw:epsilon=0.001:weight-decay=0.01", "d-adapt-sgd:d0=0.01", "d-adapt-sgd:d0=0.01:momentum=0.9",
    "d-adapt-adam:d0=0.01:epsilon=0.001:weight-decay=0.01", "prodigy:d0=0.01:epsilon=0.001:weight-decay=0.1",
    "dowg:reps=0.01", "momo-adam:epsilon=0.001", "sgd:average=tail",
    "adam:epsilon=0.001:average=ema:average-decay=0.9", "dog:reps=0.01:average=polynomial",
  ]

  /// Every optimizer of the registry: those without chosen constants at their defaults.
  static let optimizers =
    chosen
    + OptimizerRegistry.builtIn.names.filter { name in !chosen.contains { $0.name == name } }.map {
      Optimizer(stringLiteral: $0)
    }

  static let shapes: [Shape] = [
    // Tiles of all sizes; batches of one chunk and of several; more batch than rows.
    Shape(rows: 17, features: 1, classes: 1, perRow: 1), Shape(rows: 5, features: 2, classes: 1, perRow: 2),
    Shape(rows: 40, features: 7, classes: 4, perRow: 7, keepsLastBatch: true),
    Shape(rows: 33, features: 8, classes: 5, perRow: 8, keepsLastBatch: true),
    Shape(rows: 64, features: 9, classes: 7, perRow: 9), Shape(rows: 150, features: 70, classes: 3, perRow: 70, batchSize: 70),
    Shape(rows: 60, features: 13, classes: 26, perRow: 13), Shape(rows: 24, features: 5, classes: 1001, perRow: 5),
    Shape(rows: 200, features: 6, classes: 2, perRow: 6, batchSize: 33, keepsLastBatch: true),
    Shape(rows: 30, features: 6, classes: 3, perRow: 6, batchSize: 1, epochs: 2),
    Shape(rows: 200, features: 6, classes: 3, perRow: 6, batchSize: 1000, keepsLastBatch: true),
    // Few of the features in a row, in one class stored and in several.
    Shape(rows: 203, features: 40, classes: 3, perRow: 6, batchSize: 7, keepsLastBatch: true),
    Shape(rows: 203, features: 400, classes: 2, perRow: 6, epochs: 8),
    Shape(rows: 203, features: 400, classes: 5, perRow: 6, epochs: 8),
    Shape(rows: 203, features: 400, classes: 25, perRow: 6),
    Shape(rows: 203, features: 800, classes: 2, perRow: 6, batchSize: 2),
    Shape(rows: 203, features: 2000, classes: 4, perRow: 6, batchSize: 300),
  ]

  @Test(arguments: shapes, optimizers) func agreesWithTheReference(shape: Shape, optimizer: Optimizer) throws {
    let problem = shape.problem
    var settings = TrainingSettings(
      optimizer: optimizer, epochs: shape.epochs, batchSize: shape.batchSize, keepsLastBatch: shape.keepsLastBatch)
    let recording = Recording(norms: true, traceLength: 20)
    let steps = LaneTrainer(problem: problem, settings: settings).steps
    let runs = [0.004, 0.06].map { Run.linear($0, steps: steps) }
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
    for path in [TrainingSettings.Path.dense, .scatter, .lists] where path != .lists || optimizer.hasListsForm {
      settings.path = path
      let trainer = LaneTrainer(problem: problem, settings: settings)
      #expect(trainer.kernels.rawValue == (shape.classes == 1 ? "dense" : path.rawValue))
      let outcomes = try trainer.train(runs, seed: 3, recording: recording)
      for (outcome, expected) in zip(outcomes, expected) { expectAgreement(outcome, expected, problem, path) }
    }
  }

  /// The same for the regularised objective, whose gradient moves every weight.
  @Test(arguments: [shapes[0], shapes[2], shapes[5], shapes[8], shapes[11], shapes[12], shapes[14]], optimizers)
  func agreesWithTheReferenceWhereRegularised(shape: Shape, optimizer: Optimizer) throws {
    let problem = shape.problem
    var settings = TrainingSettings(
      optimizer: optimizer, epochs: shape.epochs, batchSize: shape.batchSize, keepsLastBatch: shape.keepsLastBatch, l2: 0.3)
    let recording = Recording(norms: true, traceLength: 20)
    let steps = LaneTrainer(problem: problem, settings: settings).steps
    let runs = [0.004, 0.06].map { Run.linear($0, steps: steps) }
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
    for path in [TrainingSettings.Path.dense, .scatter] {
      settings.path = path
      let outcomes = try LaneTrainer(problem: problem, settings: settings).train(runs, seed: 3, recording: recording)
      for (outcome, expected) in zip(outcomes, expected) {
        expectAgreement(outcome, expected, problem, path)
        let (objective, wanted) = (try #require(outcome.trainObjective), try #require(expected.trainObjective))
        #expect(abs(objective - wanted) <= 2e-5 * (0.1 + wanted), "\(path)")
      }
    }
  }

  private func expectAgreement(
    _ outcome: RunOutcome, _ expected: RunOutcome, _ problem: Problem, _ path: TrainingSettings.Path
  ) {
    #expect(abs(outcome.trainLoss - expected.trainLoss) <= 2e-5 * (0.1 + expected.trainLoss), "\(path)")
    #expect(abs(outcome.trainError - expected.trainError) <= 1.5 / Double(problem.training.rowCount), "\(path)")
    if let loss = expected.testLoss { #expect(abs((outcome.testLoss ?? .infinity) - loss) <= 2e-5 * (0.1 + loss), "\(path)") }
    #expect(outcome.steps == expected.steps && !outcome.diverged, "\(path)")
    for (values, wanted) in [
      (outcome.l1Norms, expected.l1Norms), (outcome.l2Norms, expected.l2Norms), (outcome.trace, expected.trace),
    ] {
      #expect(values.count == wanted.count, "\(path)")
      let worst = zip(values, wanted).map { abs($0 - $1) / (0.1 + abs($1)) }.max() ?? .infinity
      #expect(worst <= 1e-3, "\(path)")
    }
  }
}
