import Foundation
import Sparse
import Testing

@testable import Training

/// What `Fixtures/regularised.py` wrote.
private struct Regularised: Decodable {
  struct Optimum: Decodable {
    let problem: String
    let l2: Double
    let objective: Double
  }
  struct Rows: Decodable {
    let name: String
    let x: [[Float]]
    let y: [Int32]
  }
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let data: String
    let optimizer: String
    let l2: Double
    let batchSize: Int
    let keepsLastBatch: Bool
    let epochs: Int
    let seed: UInt64
    let learningRate: Double
    let expected: Expected
    var testDescription: String { "\(name), \(data)" }
  }
  struct Expected: Decodable {
    let losses: [Double]
    let l1: [Double]
    let l2: [Double]
    let trainLoss: Double
    let trainError: Double
    let trainObjective: Double
  }

  let optima: [Optimum]
  let data: [Rows]
  let cases: [Case]

  static let fixture = Result {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/regularised", withExtension: "json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Regularised.self, from: Data(contentsOf: url))
  }
  static let cases = (try? fixture.get().cases) ?? []

  func problem(_ name: String) throws -> Problem {
    let rows = try #require(data.first { $0.name == name })
    return Problem(name: name, training: .dense(rows.x, rows.y))
  }
}

/// Both trainers with `l2` against PyTorch, with the penalty added by hand.
@Suite struct RegularisationTests {
  @Test func thereAreCases() throws { #expect(try Regularised.fixture.get().cases.count == 8) }

  @Test(arguments: Regularised.cases) fileprivate func reference(_ example: Regularised.Case) throws {
    let trainer = ReferenceTrainer(problem: try Regularised.fixture.get().problem(example.data), settings: try settings(example))
    try expect(try trainer.train(runs(example), seed: example.seed, recording: recording(example))[0], example, tolerance: 1e-8)
  }

  @Test(arguments: Regularised.cases, [TrainingSettings.Path.dense, .scatter, .lists])
  fileprivate func lanes(_ example: Regularised.Case, path: TrainingSettings.Path) throws {
    var settings = try settings(example)
    settings.path = path
    let trainer = LaneTrainer(problem: try Regularised.fixture.get().problem(example.data), settings: settings)
    try expect(try trainer.train(runs(example), seed: example.seed, recording: recording(example))[0], example, tolerance: 2e-5)
  }

  private func settings(_ example: Regularised.Case) throws -> TrainingSettings {
    TrainingSettings(
      optimizer: try Optimizer(parsing: example.optimizer), epochs: example.epochs, batchSize: example.batchSize,
      keepsLastBatch: example.keepsLastBatch, l2: example.l2)
  }

  private func runs(_ example: Regularised.Case) -> [Run] {
    [.linear(example.learningRate, steps: example.expected.losses.count)]
  }

  private func recording(_ example: Regularised.Case) -> Recording {
    Recording(norms: true, traceLength: example.expected.losses.count)
  }

  private func expect(_ outcome: RunOutcome, _ example: Regularised.Case, tolerance: Double) throws {
    let expected = example.expected
    #expect(abs(outcome.trainLoss / expected.trainLoss - 1) < tolerance)
    #expect(abs(try #require(outcome.trainObjective) / expected.trainObjective - 1) < tolerance)
    #expect(outcome.quantities[.trainObjective] == outcome.trainObjective)
    #expect(outcome.trainError == expected.trainError)
    // Recorded in single precision.
    let single = max(tolerance, 2e-7)
    for (values, wanted) in [(outcome.trace, expected.losses), (outcome.l1Norms, expected.l1), (outcome.l2Norms, expected.l2)] {
      #expect(values.count == wanted.count)
      #expect(zip(values, wanted).allSatisfy { abs(Double($0) / $1 - 1) < single })
    }
  }

  /// scikit-learn's minimum, by Newton's method on dense and on sparse rows, and by L-BFGS.
  @Test(arguments: zip([0, 400, 5000], [OptimumCost.Method.newton, .newton, .lbfgs]))
  func theOptimumIsScikitLearns(extraFeatures: Int, method: OptimumCost.Method) throws {
    let problems = try OptimumFixture.all()
    for expected in try Regularised.fixture.get().optima {
      let data = try #require(problems.first { $0.name == expected.problem }).data(extraFeatures: extraFeatures)
      #expect(OptimumCost(data).method == method)
      let optimum = try #require(try Optimum.find(for: data, l2: expected.l2))
      #expect(abs(optimum.loss - expected.objective) < 1e-8, "\(expected): \(optimum)")
      #expect(optimum.attained && !optimum.separable, "\(expected): \(optimum)")
      #expect(optimum.gradientNorm < 1e-4, "\(expected): \(optimum)")
    }
  }

  @Test func hessianIsTheGradientsSlope() throws {
    let data = try #require(try OptimumFixture.all().first).data()
    let search = try OptimumSearch(data, l2: 0.3, cost: OptimumCost(data), work: BoundedWork())
    let penalty = try #require(search.penalty)
    let (features, classes) = (data.featureCount + 1, data.classCount)
    let weights = (0..<features * classes + 8).map { 0.1 * sin(Double($0)) }
    let scale = (0..<features).map { 1 + 0.5 * Double($0 % 3) }
    var hessian = try Hessian(of: search.loss, at: weights, scale: scale, work: BoundedWork())
    hessian.add(penalty, scale: scale)
    let size = hessian.size
    for j in 0..<size {
      var slopes: [[Double]] = []
      for sign in [-1.0, 1] {
        var moved = weights
        moved[j % features * classes + j / features] += sign * 1e-5
        var gradient = weights
        _ = try search.evaluate(moved, gradient: &gradient)
        slopes.append(gradient)
      }
      for i in j..<size {
        let entry = i % features * classes + i / features
        let slope = (slopes[1][entry] - slopes[0][entry]) / 2e-5 * scale[i % features] * scale[j % features]
        #expect(abs(slope - hessian.lower[i * size + j]) < 1e-6 * (1 + abs(slope)), "\(i), \(j)")
      }
    }
  }

  /// The trainers' objective is the solver's: full-batch training arrives at its minimum.
  @Test(arguments: [2, 3]) func trainingArrivesAtTheOptimum(classes: Int) throws {
    var made = MadeUp(stream: 12)
    let problem = made.problem(rows: 40, features: 5, classes: classes)
    let optimum = try #require(try Optimum.find(for: problem.training, l2: 0.05))
    let settings = TrainingSettings(optimizer: "sgd:momentum=0.9", epochs: 2000, batchSize: 40, l2: 0.05)
    let outcome = try LaneTrainer(problem: problem, settings: settings).train([.linear(0.3, steps: 2000)], seed: 1)[0]
    let objective = try #require(outcome.trainObjective)
    #expect(abs(objective - optimum.loss) < 1e-6 && outcome.trainLoss < objective - 0.01)
  }

  /// A record without regularisation is that of before there was any.
  @Test func theObjectiveIsTheLossUnlessItIsSet() {
    let plain: Quantities = [.trainError: 0.5, .trainLoss: 0.25, .testError: nil, .testLoss: nil]
    #expect(plain[.trainObjective] == 0.25)
    #expect(plain.fields.map(\.quantity) == [.trainError, .trainLoss, .testError, .testLoss])
    let regularised: Quantities = [.trainLoss: 0.25, .trainObjective: 0.5]
    #expect(regularised[.trainObjective] == 0.5 && regularised.fields.map(\.value) == [nil, 0.25, nil, nil, 0.5])
  }
}
