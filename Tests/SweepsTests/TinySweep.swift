import Foundation
import Sparse
import Synchronization
import Training

@testable import Sweeps

/// A sweep small enough for a debug build: two made-up problems, few rates, seeds and epochs.
enum TinySweep {
  /// Rows around `classes` centres on a circle, `spread` wide; a fixed generator.
  static func problem(_ name: String, rows: Int = 40, classes: Int = 3, spread: Double = 0.6) -> SweepProblem {
    var state: UInt64 = 1
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    var values: [Float] = []
    var labels: [Int32] = []
    for row in 0..<rows {
      let label = row % classes
      let angle = 2 * Double.pi * Double(label) / Double(classes)
      values += [Float(cos(angle) + 2 * spread * uniform()), Float(sin(angle) + 2 * spread * uniform())]
      labels.append(Int32(label))
    }
    let matrix = SparseMatrix(
      rowOffsets: (0...rows).map { 2 * $0 }, columns: (0..<2 * rows).map { Int32($0 % 2) }, values: values, columnCount: 2)
    let data = LabelledSparseData(matrix: matrix, classes: labels, classLabels: (0..<classes).map(Double.init))
    let checksum = UInt32(rows * 1000 + classes * 10) + UInt32(spread * 7)
    return SweepProblem(Problem(name: name, training: data, test: data, checksum: checksum, testChecksum: checksum))
  }

  static var data: SweepData {
    SweepData(problems: [problem("noisy", spread: 2), problem("clean", rows: 24, spread: 0.2)])
  }

  static var configuration: SweepConfiguration {
    var configuration = SweepConfiguration()
    configuration.schedules = ["flat", "linear", "inverse:offset=0.1", "refined"]
    configuration.minimumExponent = -3
    configuration.maximumExponent = 0
    configuration.minimumExtendedExponent = -6
    configuration.maximumExtendedExponent = 4
    configuration.seeds = 3
    configuration.epochs = 4
    configuration.batchSize = 8
    return configuration
  }

  /// Runs `body` with a folder of its own.
  static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = NSTemporaryDirectory() + "sweeps-tests-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  @discardableResult
  static func run(
    in folder: String, configuration: SweepConfiguration = configuration, data: SweepData = data, jobs: Int = 2,
    shard: Shard? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> SweepOutcome {
    try SweepRunner(
      configuration: configuration, data: data, results: folder, jobs: jobs, shard: shard, version: "test"
    ).run(isCancelled: isCancelled)
  }

  /// What a folder holds, without what may differ between two sweeps of one configuration.
  static func results(in folder: String) throws -> SweepResults {
    var results = try SweepResults.load(folder: folder)
    results.sessions = []
    return results
  }
}

extension SweepResults {
  /// Every part of the results, to compare two of them.
  var everything: [AnyHashable] {
    [protocolYAML, version, configuration, problems, runs, refinements, traces, warnings, incomplete] as [AnyHashable]
  }
}

/// Turns true when asked often enough, and stays so.
final class Countdown: Sendable {
  private let left: Atomic<Int>
  init(_ count: Int) { left = Atomic(count) }
  func isOver() -> Bool { left.subtract(1, ordering: .relaxed).newValue <= 0 }
}
