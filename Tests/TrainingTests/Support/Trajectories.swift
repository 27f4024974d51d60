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

  static func load() throws -> Trajectories {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/trajectories", withExtension: "json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Trajectories.self, from: Data(contentsOf: url))
  }

  var iris: Problem { Problem(name: "iris", training: .dense(x, y)) }
}

extension Trajectories.Case {
  func settings() throws -> TrainingSettings {
    TrainingSettings(
      optimizer: try Optimizer(parsing: optimizer), epochs: epochs, batchSize: batchSize, keepsLastBatch: keepsLastBatch)
  }

  var run: Run { .linear(learningRate, steps: expected.losses.count) }
}
