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
    let torchOptimizer: String
    let arguments: Arguments
    let batchSize: Int
    let keepsLastBatch: Bool
    let epochs: Int
    let seed: UInt64
    let learningRate: Double
    let expected: Expected
    var testDescription: String { name }
  }

  struct Arguments: Decodable {
    let momentum: Double?
    let weightDecay: Double?
    let betas: [Double]?
    let eps: Double?
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
  var settings: TrainingSettings {
    let optimizer: Optimizer =
      torchOptimizer == "SGD"
      ? .sgd(momentum: arguments.momentum ?? 0, weightDecay: arguments.weightDecay ?? 0)
      : .adam(
        beta1: arguments.betas?[0] ?? 0.9, beta2: arguments.betas?[1] ?? 0.999, epsilon: arguments.eps ?? 1e-8,
        weightDecay: arguments.weightDecay ?? 0, decoupled: torchOptimizer == "AdamW")
    return TrainingSettings(optimizer: optimizer, epochs: epochs, batchSize: batchSize, keepsLastBatch: keepsLastBatch)
  }

  var run: Run { .linear(learningRate, steps: expected.losses.count) }
}

extension Run {
  /// Linear decay.
  static func linear(_ learningRate: Double, steps: Int) -> Run {
    Run(learningRate: learningRate, factors: (0..<steps).map { 1 - Double($0) / Double(steps) })
  }
}

extension LabelledSparseData {
  /// Rows of values, zeros left out.
  static func dense(_ rows: [[Float]], _ classes: [Int32], classCount: Int? = nil) -> LabelledSparseData {
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    for row in rows {
      for (column, value) in row.enumerated() where value != 0 {
        columns.append(Int32(column))
        values.append(value)
      }
      offsets.append(values.count)
    }
    let count = classCount ?? Int(classes.max() ?? 0) + 1
    return LabelledSparseData(
      matrix: SparseMatrix(rowOffsets: offsets, columns: columns, values: values, columnCount: rows.first?.count ?? 0),
      classes: classes, classLabels: (0..<count).map(Double.init))
  }
}

/// Made-up problems: rows in [-1, 1] with a share of zeros, labels of a noisy linear model.
struct MadeUp {
  private var state: UInt64

  init(seed: UInt64) { state = SampleOrder.mix(seed) }

  /// In [0, 1).
  mutating func uniform() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Float(SampleOrder.mix(state) >> 40) * 0x1p-24
  }

  mutating func data(rows: Int, features: Int, classes: Int, density: Float = 1) -> LabelledSparseData {
    let centres = (0..<classes).map { _ in (0..<features).map { _ in 2 * uniform() - 1 } }
    var x: [[Float]] = []
    var y: [Int32] = []
    for _ in 0..<rows {
      let row = (0..<features).map { _ in uniform() < density ? 2 * uniform() - 1 : 0 }
      let scores = centres.map { centre in zip(centre, row).reduce(0.3 * uniform()) { $0 + $1.0 * $1.1 } }
      x.append(row)
      y.append(Int32(scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }))
    }
    return .dense(x, y, classCount: classes)
  }

  mutating func problem(rows: Int, features: Int, classes: Int, density: Float = 1, testRows: Int = 0) -> Problem {
    let all = data(rows: rows + testRows, features: features, classes: classes, density: density)
    return Problem(
      name: "made up", training: all.rows(0..<rows), test: testRows > 0 ? all.rows(rows..<(rows + testRows)) : nil)
  }
}

extension LabelledSparseData {
  func rows(_ range: Range<Int>) -> LabelledSparseData {
    let first = matrix.rowOffsets[range.lowerBound]
    let entries = first..<matrix.rowOffsets[range.upperBound]
    return LabelledSparseData(
      matrix: SparseMatrix(
        rowOffsets: matrix.rowOffsets[range.lowerBound...range.upperBound].map { $0 - first },
        columns: Array(matrix.columns[entries]), values: Array(matrix.values[entries]), columnCount: matrix.columnCount),
      classes: Array(classes[range]), classLabels: classLabels)
  }
}
