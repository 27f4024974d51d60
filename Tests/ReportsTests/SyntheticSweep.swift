import Foundation
import Sweeps
import Training

/// A made-up sweep whose answer is known: smooth error curves in the learning rate with noise that the schedules of one seed
/// share, as runs with the same sample order do.
struct SyntheticSweep {
  var schedules = ["flat", "inverse:offset=0.001", "inverse", "inverse:offset=0.1", "stepwise", "cosine", "linear", "refined"]
  /// Lowest error of the best schedule, rows.
  var problems: [(name: String, error: Double, rows: Int, classes: Int)] = [
    ("glass.scale", 0.265, 214, 6), ("letter.scale", 0.222, 15_000, 26), ("pendigits", 0.038, 7_494, 10),
    ("vehicle.scale", 0.178, 846, 4), ("vowel.scale", 0.2172, 528, 11), ("wine.scale", 0, 178, 3),
  ]
  /// Relative error above the best, by spelling.
  var excess: [String: Double] = [
    "flat": 0.15, "inverse:offset=0.001": 0.5, "inverse": 0.3, "inverse:offset=0.1": 0.12, "stepwise": 0.02, "cosine": 0.006,
    "linear": 0, "refined": 0.001,
  ]
  var optimizers = [Optimizer.adam(), .sgd()]
  var exponents = -9...2
  var seeds = 10
  var noise = 0.01
  var hasOptimum = true
  var hasTest = true

  func results() -> SweepResults {
    var configuration = SweepConfiguration()
    // As the built-in configuration has them.
    configuration.columns = schedules.reduce(into: []) { columns, schedule in
      let isOffset = schedule.hasPrefix("inverse") && !schedule.contains("warmup")
      let name = schedule.split(separator: ":")[0]
      if isOffset, let place = columns.firstIndex(where: { $0.schedules[0].split(separator: ":")[0] == name }) {
        columns[place].schedules.append(schedule)
        columns[place].name = name == "inverse" ? "1/t" : "1/sqrt(t)"
      } else {
        columns.append(Column(schedule))
      }
    }
    configuration.optimizers = optimizers
    configuration.seeds = seeds
    var results = SweepResults(protocolYAML: "epochs: 100\nseeds: \(seeds)\n", version: "0.0.0", configuration: configuration)
    var generator = Noise(state: 7)
    for problem in problems {
      results.problems.append(summary(of: problem))
      for optimizer in optimizers.map(\.name) {
        for seed in 1...UInt64(seeds) {
          let shared = noise * generator.next()
          for schedule in schedules {
            for exponent in exponents {
              results.runs.append(
                run(
                  problem.name, problem.error, problem.rows, optimizer, schedule, exponent, seed, shared,
                  noise * generator.next()))
            }
          }
        }
        addRefinement(&results, problem.name, optimizer)
      }
    }
    addTraces(&results)
    results.sessions = [
      SessionRecord(
        started: "2024-01-02T03:04:05Z", seconds: 71.25, machine: "made up", threads: 2, shard: nil, runs: results.runs.count,
        path: "results")
    ]
    return results
  }

  private func summary(of problem: (name: String, error: Double, rows: Int, classes: Int)) -> ProblemSummary {
    ProblemSummary(
      name: problem.name, rows: problem.rows, testRows: hasTest && problem.rows > 500 ? problem.rows / 3 : nil, features: 10,
      classes: problem.classes, nonzeros: problem.rows * 10, checksum: "0123abcd",
      testChecksum: hasTest && problem.rows > 500 ? "89ef4567" : nil,
      optimum: hasOptimum
        ? Optimum(
          loss: 2 * problem.error, gradientNorm: 3e-11, attained: problem.error > 0.1, separable: problem.error == 0,
          iterations: 4_321)
        : nil)
  }

  private func run(
    _ problem: String, _ error: Double, _ rows: Int, _ optimizer: String, _ schedule: String, _ exponent: Int, _ seed: UInt64,
    _ shared: Double, _ own: Double
  ) -> RunRecord {
    let best = optimizer == "adam" ? -4.0 : -1.0
    let distance = (Double(exponent) - best) / (schedule == "flat" ? 3 : 5)
    let relative = (1 + (excess[schedule] ?? 0)) * (1 + distance * distance) * (1 + shared + own)
    let exact = min(0.9, error * relative)
    let diverged = optimizer == "sgd" && exponent >= 2
    return RunRecord(
      key: "\(problem)-\(optimizer)-\(schedule)-\(exponent)-\(seed)", problem: problem, optimizer: optimizer,
      schedule: schedule,
      learningRate: exp2(Double(exponent)), seed: seed, steps: 100 * max(1, rows / 16),
      quantities: [
        .trainError: diverged ? nil : (exact * Double(rows)).rounded() / Double(rows),
        .trainLoss: diverged ? nil : 2 * error + 0.02 * relative,
        .testError: diverged || !hasTest || rows <= 500 ? nil : exact * 1.1,
        .testLoss: diverged || !hasTest || rows <= 500 ? nil : 2.2 * error + 0.03 * relative,
      ], diverged: diverged)
  }

  private func addRefinement(_ results: inout SweepResults, _ problem: String, _ optimizer: String) {
    guard schedules.contains("refined") else { return }
    let count = 512
    let norms = (0..<count).map { i in
      let x = Double(i) / Double(count - 1)
      return Float((4 * exp(-9 * x) + 1 + 0.6 * x * x) * (1 + 0.25 * sin(Double(i * i))))
    }
    let smoothed = (0..<count).map { i in
      let x = Double(i) / Double(count - 1)
      return Float(4 * exp(-9 * x) + 1 + 0.6 * x * x)
    }
    let power = optimizer == "sgd" ? 2.0 : 1
    let weights = smoothed.map { pow(Double($0), -power) }
    var tail = 0.0
    var factors = [Double](repeating: 0, count: count)
    for i in weights.indices.reversed() {
      factors[i] = weights[i] * tail
      tail += weights[i]
    }
    let top = factors.max() ?? 1
    results.refinements.append(
      RefinementRecord(
        problem: problem, optimizer: optimizer, round: 1, priorSchedule: "linear", priorLearningRate: 0.0625, priorSeed: 1,
        steps: 5_000, norms: norms, smoothedNorms: smoothed, factors: factors.map { $0 / top },
        bounds: Dictionary(uniqueKeysWithValues: schedules.map { ($0, 0.1 * (1 + (excess[$0] ?? 0))) })))
  }

  private func addTraces(_ results: inout SweepResults) {
    for run in results.runs where run.seed == 1 && run.learningRate == (run.optimizer == "adam" ? 0.0625 : 0.5) {
      guard let loss = run[.trainLoss] else { continue }
      let losses = (0..<512).map { i -> Float in
        let x = Double(i)
        let decay: Double = run.schedule == "linear" ? 0.1 * (1 - x / 512) : 0.05
        let ripple: Double = 0.05 * sin(x * x + Double(run.schedule.count))
        return Float(loss * (1 + 2 * exp(-x / 30) + decay) * (1 + ripple))
      }
      results.traces.append(
        TraceRecord(
          key: run.key, problem: run.problem, optimizer: run.optimizer, schedule: run.schedule, learningRate: run.learningRate,
          seed: run.seed, steps: run.steps, losses: losses))
    }
  }
}

/// Standard normal numbers from SplitMix64 by Box and Muller.
private struct Noise {
  var state: UInt64

  mutating func next() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }

  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) / Double(1 << 53)
  }
}
