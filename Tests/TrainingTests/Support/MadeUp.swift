import Foundation
import Sparse

@testable import Training

/// The seed of all made-up data, REFINERY_TEST_SEED or 1; printed, so that a failure can be repeated.
let testSeed: UInt64 = {
  let seed = ProcessInfo.processInfo.environment["REFINERY_TEST_SEED"].flatMap(UInt64.init) ?? 1
  print("made-up data: REFINERY_TEST_SEED=\(seed)")
  return seed
}()

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

  /// - Parameter stream: of independent numbers for the same `testSeed`.
  init(stream: UInt64) { state = SampleOrder.mix(testSeed &+ SampleOrder.mix(stream)) }

  /// In [0, 1).
  mutating func uniform() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Float(SampleOrder.mix(state) >> 40) * 0x1p-24
  }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Int(SampleOrder.mix(state).multipliedFullWidth(by: UInt64(bound)).high)
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

extension MadeUp {
  /// Rows with few of the features; features become rarer with their index, some occur in one row only, every fifth never; some rows are
  /// empty.
  mutating func sparseProblem(rows: Int, features: Int, classes: Int, perRow: Int) -> Problem {
    var (offsets, columns, values, labels) = ([0], [Int32](), [Float](), [Int32]())
    for row in 0..<rows {
      var chosen = Set((0..<perRow).map { _ in below(below(features) + 1) }.filter { $0 % 5 != 4 })
      if row % 29 == 7 { chosen = [] }
      if row % 11 == 3, (row * 5) % features % 5 != 4 { chosen.insert((row * 5) % features) }
      for column in chosen.sorted() {
        columns.append(Int32(column))
        values.append(uniform() - 0.5)
      }
      offsets.append(columns.count)
      labels.append(
        Int32(row < classes ? row : (chosen.min() ?? 0) % 2 == 0 ? below(classes) : (chosen.min() ?? 0) % classes))
    }
    return Problem(
      name: "sparse",
      training: LabelledSparseData(
        matrix: SparseMatrix(rowOffsets: offsets, columns: columns, values: values, columnCount: features),
        classes: labels, classLabels: (0..<classes).map(Double.init)))
  }
}

extension Optimizer: ExpressibleByStringLiteral {
  /// - Precondition: there is such an optimizer.
  public init(stringLiteral spelling: String) {
    do { try self.init(parsing: spelling) } catch { preconditionFailure("\(error)") }
  }
}
