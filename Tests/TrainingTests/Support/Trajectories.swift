import Foundation
import Sparse
import Testing

@testable import Training

/// What `Fixtures/trajectories.py` wrote.
struct Trajectories: Decodable {
  let x: [[Float]]
  let y: [Int32]
  let orders: [OrderExample]
  let cases: [Case]
  /// The (feature, value) pairs of each row.
  let sparseX: [[[Double]]]
  let sparseY: [Int32]
  let sparseFeatures: Int
  let longRuns: [LongRun]

  struct OrderExample: Decodable {
    let rows: Int
    let seed: UInt64
    let epoch: Int
    let order: [Int32]
  }

  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    /// As it is spelled.
    let optimizer: String
    let batchSize: Int
    let keepsLastBatch: Bool
    let epochs: Int
    let seed: UInt64
    let learningRate: Double
    let expected: Expected
    var testDescription: String { name }
  }

  struct Expected: Decodable {
    let losses: [Double]
    let l1: [Double]
    let l2: [Double]
    let weights: [Double]
    let trainLoss: Double
    let trainError: Double
  }

  /// A run of 1,008 steps in batches of 16, at some of its steps.
  struct LongRun: Decodable, CustomTestStringConvertible, Sendable {
    let optimizer: String
    let learningRate: Double
    /// "iris" or "sparse".
    let data: String
    /// "flat" or "linear".
    let schedule: String
    let seed: UInt64
    let epochs: Int
    /// The steps that the losses and scalars are of.
    let sampled: [Int]
    /// Every how many-th weight is here.
    let weightStride: Int
    let expected: Sample
    let spread: Spread
    var testDescription: String { "\(optimizer), \(data), \(schedule)" }
  }

  struct Sample: Decodable {
    let weights: [Double]
    let trainLoss: Double
    let losses: [Double]
    let scalars: [String: [Double]]
  }

  /// By how much the package's float32 run differs from its float64 run.
  struct Spread: Decodable {
    let weights: Double
    let trainLoss: Double
    let losses: Double
    let scalars: Double
  }

  static func load() throws -> Trajectories {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/trajectories", withExtension: "json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Trajectories.self, from: Data(contentsOf: url))
  }

  var iris: Problem { Problem(name: "iris", training: .dense(x, y)) }

  /// The made-up sparse problem.
  var sparse: Problem {
    let rows = sparseX.map { row in
      row.reduce(into: [Float](repeating: 0, count: sparseFeatures)) { $0[Int($1[0])] = Float($1[1]) }
    }
    return Problem(name: "sparse", training: .dense(rows, sparseY))
  }

  func problem(of run: LongRun) -> Problem { run.data == "iris" ? iris : sparse }
}

extension Trajectories.Case {
  func settings() throws -> TrainingSettings {
    TrainingSettings(
      optimizer: try Optimizer(parsing: optimizer), epochs: epochs, batchSize: batchSize, keepsLastBatch: keepsLastBatch)
  }

  var run: Run { .linear(learningRate, steps: expected.losses.count) }
}

extension Trajectories.LongRun {
  func settings(path: TrainingSettings.Path = .automatic) throws -> TrainingSettings {
    TrainingSettings(optimizer: try Optimizer(parsing: optimizer), epochs: epochs, path: path)
  }

  func run(steps: Int) -> Run {
    schedule == "linear"
      ? .linear(learningRate, steps: steps) : Run(learningRate: learningRate, factors: [Double](repeating: 1, count: steps))
  }
}
