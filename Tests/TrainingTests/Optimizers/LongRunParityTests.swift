import Sparse
import Testing

@testable import Training

/// Runs of 1,008 steps, which leave the start behind, against the packages that define the optimizers.
@Suite struct LongRunParityTests {
  static let trajectories = Result { try Trajectories.load() }
  static let runs = (try? trajectories.get().longRuns) ?? []

  @Test func everyMethodHasRuns() throws {
    let names = Set(try Self.trajectories.get().longRuns.map { $0.optimizer.prefix { $0 != ":" } })
    #expect(names.count >= 16 && names.isSubset(of: OptimizerRegistry.builtIn.names.map { $0[...] }))
    for run in try Self.trajectories.get().longRuns {
      #expect(Set(run.expected.scalars.keys) == Set(try Optimizer(parsing: run.optimizer).scalarNames))
      #expect(run.expected.losses.count == run.sampled.count && run.sampled.last == 1007)
    }
  }

  /// The reference steps, with the result's weights.
  @Test(arguments: runs) func referenceSteps(_ example: Trajectories.LongRun) throws {
    let data = try Self.trajectories.get().problem(of: example).training
    let order = SampleOrder(rows: data.rowCount, batchSize: 16, seed: example.seed)
    let steps = example.epochs * order.stepsPerEpoch
    let (optimizer, run) = (try Optimizer(parsing: example.optimizer), example.run(steps: steps))
    var model = LogisticModel(features: data.featureCount, classes: data.classCount, l2: 0)
    var rule = optimizer.reference(count: model.weights.count, steps: steps)
    var (losses, scalars) = ([Double](), [[Double]]())
    var indices = [Int32](repeating: 0, count: order.rows)
    for step in 0..<steps {
      let (epoch, batch) = step.quotientAndRemainder(dividingBy: order.stepsPerEpoch)
      if batch == 0 { order.shuffle(epoch: epoch, into: &indices) }
      let (loss, gradient) = model.lossAndGradient(data, rows: indices[(batch * 16)..<(batch * 16 + 16)])
      rule.step(&model.weights, gradient, loss: loss, rate: run.learningRate * run.factors[step])
      losses.append(loss)
      scalars.append(rule.scalars)
    }
    let weights = rule.result(model.weights)
    let expected = example.expected
    let kept = stride(from: 0, to: weights.count, by: example.weightStride).map { weights[$0] }
    #expect(difference(kept, expected.weights) < 1e-8)
    #expect(difference(example.sampled.map { losses[$0] }, expected.losses) < 1e-8)
    for (index, name) in optimizer.scalarNames.enumerated() {
      #expect(difference(example.sampled.map { scalars[$0][index] }, expected.scalars[name] ?? []) < 1e-8, "\(name)")
    }
  }

  @Test(arguments: runs) func referenceTrainer(_ example: Trajectories.LongRun) throws {
    let trainer = ReferenceTrainer(
      problem: try Self.trajectories.get().problem(of: example), settings: try example.settings())
    let run = example.run(steps: trainer.steps)
    let outcome = try trainer.train([run], seed: example.seed, recording: Recording(scalars: true))[0]
    #expect(difference([outcome.trainLoss], [example.expected.trainLoss]) < 1e-8)
    for (name, values) in example.expected.scalars {
      let recorded = try #require(outcome.scalars[name])
      #expect(recorded.count == trainer.steps && difference(example.sampled.map { recorded[$0] }, values) < 1e-8)
    }
  }

  @Test(arguments: runs, [TrainingSettings.Path.dense, .scatter, .lists])
  func lanes(_ example: Trajectories.LongRun, path: TrainingSettings.Path) throws {
    let settings = try example.settings(path: path)
    let trainer = LaneTrainer(problem: try Self.trajectories.get().problem(of: example), settings: settings)
    let recording = Recording(traceLength: trainer.steps, scalars: true)
    let run = example.run(steps: trainer.steps)
    let outcome = try trainer.train([run], seed: example.seed, recording: recording)[0]
    let (expected, spread) = (example.expected, example.spread)
    #expect(!outcome.diverged)
    #expect(difference([outcome.trainLoss], [expected.trainLoss]) < 1e-5 + 3 * spread.trainLoss)
    #expect(difference(example.sampled.map { Double(outcome.trace[$0]) }, expected.losses) < 1e-5 + 3 * spread.losses)
    for (name, values) in expected.scalars {
      let recorded = try #require(outcome.scalars[name])
      #expect(difference(example.sampled.map { recorded[$0] }, values) < 1e-5 + 3 * spread.scalars, "\(name)")
    }
  }

  /// Relative to the larger of the expected value and a hundredth of the largest, as in the fixture's script.
  private func difference(_ values: [Double], _ expected: [Double]) -> Double {
    guard values.count == expected.count, let scale = expected.map(abs).max() else { return .infinity }
    return zip(values, expected).reduce(0) {
      let difference = abs($1.0 - $1.1) / max(abs($1.1), 0.01 * scale)
      return difference.isNaN ? .infinity : max($0, difference)
    }
  }
}
