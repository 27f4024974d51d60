import Testing
import Training

@testable import Sweeps

@Suite struct RunKeyTests {
  static let problem = ProblemSummary(
    name: "iris", rows: 150, testRows: 10, features: 4, classes: 3, nonzeros: 600, checksum: "0123abcd",
    testChecksum: "00000001")

  func key(
    problem: ProblemSummary = problem, optimizer: Optimizer = .adam(), schedule: String = "linear", factors: String? = nil,
    rate: Double = 0.5, seed: UInt64 = 1, change: (inout SweepConfiguration) -> Void = { _ in }
  ) -> String {
    var configuration = SweepConfiguration()
    change(&configuration)
    return RunKey(problem: problem, optimizer: optimizer, configuration: configuration)
      .key(schedule: schedule, factors: factors, learningRate: rate, seed: seed)
  }

  /// Journals of today must be found again by the program of tomorrow, or else the engine's version has to change.
  @Test func keysAreStable() {
    #expect(key() == "55e68f7c943775c5629f9ef44df56288")
  }

  @Test func everythingThatDeterminesARunChangesItsKey() {
    var keys: Set<String> = [key()]
    func expectNew(_ key: String, _ what: String) { #expect(keys.insert(key).inserted, "\(what)") }
    var other = Self.problem
    other.checksum = "0123abce"
    expectNew(key(problem: other), "data")
    other = Self.problem
    other.testChecksum = nil
    other.testRows = nil
    expectNew(key(problem: other), "no test file")
    other.testChecksum = "00000002"
    expectNew(key(problem: other), "test file")
    expectNew(key(optimizer: .sgd()), "optimizer")
    expectNew(key(optimizer: .adam(beta1: 0.8)), "beta1")
    expectNew(key(optimizer: .adam(beta2: 0.999)), "beta2")
    expectNew(key(optimizer: .adam(epsilon: 1e-7)), "epsilon")
    expectNew(key(optimizer: .adam(weightDecay: 0.1)), "weight decay")
    expectNew(key(optimizer: .adam(weightDecay: 0.1, decoupled: true)), "decoupled")
    expectNew(key(optimizer: .sgd(momentum: 0.9)), "momentum")
    expectNew(key(schedule: "cosine"), "schedule")
    expectNew(key(schedule: "linear:warmup=0.1"), "its parameters")
    expectNew(key(factors: "aa"), "factors")
    expectNew(key(factors: "ab"), "other factors")
    expectNew(key(rate: 0.25), "learning rate")
    expectNew(key(rate: 0.5.nextUp), "learning rate, last bit")
    expectNew(key(seed: 2), "seed")
    expectNew(key { $0.epochs = 99 }, "epochs")
    expectNew(key { $0.batchSize = 17 }, "batch size")
    expectNew(key { $0.keepsLastBatch = true }, "drop last")
  }

  @Test func whatDoesNotDetermineARunDoesNotChangeItsKey() {
    var renamed = Self.problem
    renamed.name = "iris-copy"
    renamed.optimum = Optimum(loss: 0, gradientNorm: 0, attained: true, separable: false, iterations: 1)
    #expect(key(problem: renamed) == key())
    #expect(
      key {
        $0.seeds = 3
        $0.maximumExponent = 9
        $0.schedules = ["linear"]
        $0.smoothing = 0.2
        $0.data = ["elsewhere"]
      } == key())
  }

  @Test func factorsAreHashedBitByBit() {
    #expect(RunKey.digest(of: [1, 0.5, 0]) == RunKey.digest(of: [1, 0.5, 0]))
    #expect(RunKey.digest(of: [1, 0.5, 0]) != RunKey.digest(of: [1, 0.5.nextDown, 0]))
    #expect(RunKey.digest(of: [1, 0.5, 0]) != RunKey.digest(of: [1, 0.5]))
    #expect(
      RunKey.refinement(ofRun: "a", schedule: "refined", round: 1, smoothing: 0.1)
        != RunKey.refinement(ofRun: "a", schedule: "refined", round: 1, smoothing: 0.2))
  }
}
