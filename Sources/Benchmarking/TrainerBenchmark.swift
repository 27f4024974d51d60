import Platform
import SIMDShims
import Sparse
import Training

/// Measures the trainer on this core, against limits of the core measured in the same process.
///
/// All times are CPU time of the calling thread, medians of several repetitions.
public enum TrainerBenchmark {
  /// What one core can do at most.
  public struct Machine: Sendable, Codable {
    /// Single-precision operations a second in fused multiply-adds (two each) on registers.
    public var peakFlops: Double
    /// Bytes a second read from memory, sequentially.
    public var memoryBandwidth: Double
    /// Floats in a vector of the build: 16 for AVX-512, 8 for AVX2, 4 for NEON.
    public var vectorWidth: Int
  }

  /// One problem under one optimizer.
  public struct Timing: Sendable, Codable {
    public var problem: String
    public var optimizer: String
    /// The kernels: "dense", "scatter" or "lists".
    public var path: String
    /// Runs given to one call.
    public var runs: Int
    public var steps: Int
    /// Microseconds a run and step: sample order, batch assembly, forward, softmax, gradient and update; on the sparse path the
    /// gradient's norms too.
    public var microsecondsPerRunAndStep: Double
    /// The same with the norms of every step recorded, as in the prior run of a refinement.
    public var microsecondsWithNorms: Double
    /// Nanoseconds a nonzero, epoch and run.
    public var nanosecondsPerNonzero: Double
    /// The same for each class; two classes count as one.
    public var nanosecondsPerNonzeroAndClass: Double
    /// Share of the FMA peak, counting only the multiply-adds of forward and gradient, two operations each: of all 2 x batch size x
    /// (d+1) x C entries where rows are dense, of the nonzeros (and the bias) where they are sparse.
    public var fractionOfPeak: Double
  }

  /// - Complexity: about half a second.
  public static func measureMachine(repetitions: Int = 7) -> Machine {
    Machine(
      peakFlops: median(repetitions) { peakFlops() }, memoryBandwidth: bandwidth(repetitions),
      vectorWidth: Int(lane_vector_width))
  }

  /// Trains `runs` runs (linear decay, learning rates 2^-12 ... 2^3) without evaluating them.
  ///
  /// - Parameters:
  ///   - problem: data to train on.
  ///   - optimizer: with its constants.
  ///   - batchSize: at least 1.
  ///   - runs: given to one call.
  ///   - path: the kernels.
  ///   - peakFlops: of `measureMachine`.
  ///   - repetitions: of which the median counts.
  ///   - seconds: about how long a repetition takes; at least an epoch.
  public static func time(
    _ problem: Problem, optimizer: Optimizer, batchSize: Int = 16, runs: Int = 16, path: TrainingSettings.Path = .automatic,
    peakFlops: Double, repetitions: Int = 5, seconds: Double = 0.1
  ) throws -> Timing {
    func settings(_ epochs: Int) -> TrainingSettings {
      TrainingSettings(optimizer: optimizer, epochs: epochs, batchSize: batchSize, path: path)
    }
    let estimate = LaneTrainer(problem: problem, settings: settings(1))
    let epochCost = estimate.estimatedCost * Double(runs)
    // Memory that is touched for the first time costs as much as an epoch where weights are many; real runs have a hundred.
    let epochs = max(estimate.kernels != .dense ? 8 : 1, Int(seconds / epochCost))
    let trainer = LaneTrainer(problem: problem, settings: settings(epochs))
    let steps = trainer.steps
    let factors = (0..<steps).map { 1 - Double($0) / Double(steps) }
    let grid = (0..<runs).map { Run(learningRate: exp2(Double($0 % 16) - 12), factors: factors) }
    func medianTime(_ recording: Recording) throws -> Double {
      Benchmarking.median(
        try (0..<repetitions).map { repetition in
          let start = threadSeconds()
          try trainer.trainWithoutEvaluation(grid, seed: UInt64(repetition), recording: recording)
          return threadSeconds() - start
        })
    }
    let perStep = try medianTime(Recording()) / Double(steps * runs)
    let perStepWithNorms = try medianTime(Recording(norms: true)) / Double(steps * runs)
    let data = problem.training
    let entriesOfRow =
      trainer.kernels == .dense
      ? Double(data.featureCount + 1) : Double(data.matrix.nonzeroCount) / Double(data.rowCount) + 1
    let distinctClasses = data.classCount == 2 ? 1 : data.classCount
    let classes = trainer.kernels == .dense ? data.classCount : distinctClasses
    let flops = 4 * Double(min(batchSize, data.rowCount)) * entriesOfRow * Double(classes)
    let perNonzero = perStep * Double(steps) * 1e9 / Double(epochs * max(1, data.matrix.nonzeroCount))
    return Timing(
      problem: problem.name, optimizer: optimizer.name, path: trainer.kernels.rawValue, runs: runs, steps: steps,
      microsecondsPerRunAndStep: perStep * 1e6, microsecondsWithNorms: perStepWithNorms * 1e6,
      nanosecondsPerNonzero: perNonzero,
      nanosecondsPerNonzeroAndClass: perNonzero / Double(distinctClasses),
      fractionOfPeak: flops / perStep / peakFlops)
  }

  /// How many runs a call is measured with: 16, and 128 too where a problem is sparse and that does not take long.
  public static func runCounts(_ problem: Problem, optimizer: Optimizer) -> [Int] {
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: optimizer, epochs: 1))
    return trainer.kernels != .dense && 128 * trainer.estimatedCost < 0.1 ? [16, 128] : [16]
  }

  private static func median(_ count: Int, _ measure: () -> Double) -> Double {
    Benchmarking.median((0..<count).map { _ in measure() })
  }

  /// Twelve independent sums: more than the latency of an FMA times the FMAs begun in a cycle.
  @inline(never)
  private static func peakFlops() -> Double {
    let one = lane_splat(1)
    var (a, b, c, d, e, f) = (one, one, one, one, one, one)
    var (g, h, i, j, k, l) = (one, one, one, one, one, one)
    let rounds = 2_000_000
    let start = threadSeconds()
    for _ in 0..<rounds {
      (a, b, c) = (lane_fma(one, one, a), lane_fma(one, one, b), lane_fma(one, one, c))
      (d, e, f) = (lane_fma(one, one, d), lane_fma(one, one, e), lane_fma(one, one, f))
      (g, h, i) = (lane_fma(one, one, g), lane_fma(one, one, h), lane_fma(one, one, i))
      (j, k, l) = (lane_fma(one, one, j), lane_fma(one, one, k), lane_fma(one, one, l))
    }
    let seconds = threadSeconds() - start
    for sum in [a, b, c, d, e, f, g, h, i, j, k, l] { consume(sum) }
    return Double(rounds * 12 * 2 * Int(lane_vector_width)) / seconds
  }

  private static func bandwidth(_ repetitions: Int) -> Double {
    let vectors = UnsafeMutableBufferPointer<lane_vector>.allocate(capacity: (256 << 20) / MemoryLayout<lane_vector>.stride)
    defer { vectors.deallocate() }
    // Pages that nobody has written to are one and the same page of zeros.
    vectors.initialize(repeating: lane_splat(1))
    return median(repetitions) { bandwidth(UnsafeBufferPointer(vectors)) }
  }

  @inline(never)
  private static func bandwidth(_ vectors: UnsafeBufferPointer<lane_vector>) -> Double {
    guard var next = vectors.baseAddress else { return 0 }
    let one = lane_splat(1)
    var (a, b, c, d, e, f, g, h) = (one, one, one, one, one, one, one, one)
    let start = threadSeconds()
    for _ in 0..<(vectors.count / 8) {
      (a, b) = (lane_add(a, next[0]), lane_add(b, next[1]))
      (c, d) = (lane_add(c, next[2]), lane_add(d, next[3]))
      (e, f) = (lane_add(e, next[4]), lane_add(f, next[5]))
      (g, h) = (lane_add(g, next[6]), lane_add(h, next[7]))
      next += 8
    }
    let seconds = threadSeconds() - start
    for sum in [a, b, c, d, e, f, g, h] { consume(sum) }
    return Double(vectors.count * MemoryLayout<lane_vector>.stride) / seconds
  }

  /// Keeps the optimizer from leaving out what only `value` depends on.
  @inline(never)
  private static func consume(_ value: lane_vector) { precondition(value[0] == value[0]) }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
