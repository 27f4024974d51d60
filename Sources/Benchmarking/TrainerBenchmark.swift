import Platform
import SIMDShims
import Sparse
import Training

/// Measures the trainer on one core, relative to limits of the core measured in the same process.
///
/// All times are CPU times of the calling thread, medians of several repetitions.
public enum TrainerBenchmark {
  /// Limits of one core.
  public struct Machine: Sendable, Codable {
    /// Peak single-precision operations per second, from fused multiply-adds (two operations each) on registers.
    public var peakFlops: Double
    /// Sequential read bandwidth of memory in bytes per second.
    public var memoryBandwidth: Double
    /// Floats per vector in this build: 16 for AVX-512, 8 for AVX2, 4 for NEON.
    public var vectorWidth: Int
  }

  /// Results for one problem and optimizer.
  public struct Timing: Sendable, Codable {
    public var problem: String
    public var optimizer: String
    /// The kernels: "dense", "scatter" or "lists".
    public var path: String
    /// Number of runs per call.
    public var runs: Int
    public var steps: Int
    /// Microseconds per run and step, including sample order, batch assembly, forward pass, softmax, gradient and update, and
    /// on the sparse paths the gradient norms.
    public var microsecondsPerRunAndStep: Double
    /// The same with the norms of every step recorded, as in the prior run for a refinement.
    public var microsecondsWithNorms: Double
    /// Nanoseconds per nonzero, epoch and run.
    public var nanosecondsPerNonzero: Double
    /// The same per class; two classes count as one.
    public var nanosecondsPerNonzeroAndClass: Double
    /// Fraction of the FMA peak. Counts only the multiply-adds of forward pass and gradient, two operations each: 2 x batch
    /// size x (d+1) x C for dense rows, those of nonzeros and bias for sparse ones.
    public var fractionOfPeak: Double
  }

  /// - Complexity: takes about half a second.
  public static func measureMachine(repetitions: Int = 7) -> Machine {
    Machine(
      peakFlops: median(repetitions) { peakFlops() }, memoryBandwidth: bandwidth(repetitions),
      vectorWidth: Int(lane_vector_width))
  }

  /// Trains `runs` runs (linear decay, learning rates 2^-12 ... 2^3) without evaluating them.
  ///
  /// - Parameters:
  ///   - problem: data to train on.
  ///   - optimizer: optimizer with its constants.
  ///   - batchSize: at least 1.
  ///   - runs: number of runs per call.
  ///   - path: the kernels to use.
  ///   - peakFlops: as returned by `measureMachine`.
  ///   - repetitions: number of measurements for the median.
  ///   - seconds: approximate duration of a repetition; at least one epoch is run.
  public static func time(
    _ problem: Problem, optimizer: Optimizer, batchSize: Int = 16, runs: Int = 16, path: TrainingSettings.Path = .automatic,
    peakFlops: Double, repetitions: Int = 5, seconds: Double = 0.1
  ) throws -> Timing {
    func settings(_ epochs: Int) -> TrainingSettings {
      TrainingSettings(optimizer: optimizer, epochs: epochs, batchSize: batchSize, path: path)
    }
    let estimate = LaneTrainer(problem: problem, settings: settings(1))
    let epochCost = estimate.estimatedCost * Double(runs)
    // First touches of memory cost as much as an epoch if there are many weights; real runs have a hundred epochs.
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

  /// Numbers of runs to measure a call with: 16, and also 128 for sparse problems if that is quick.
  public static func runCounts(_ problem: Problem, optimizer: Optimizer) -> [Int] {
    let trainer = LaneTrainer(problem: problem, settings: TrainingSettings(optimizer: optimizer, epochs: 1))
    return trainer.kernels != .dense && 128 * trainer.estimatedCost < 0.1 ? [16, 128] : [16]
  }

  private static func median(_ count: Int, _ measure: () -> Double) -> Double {
    Benchmarking.median((0..<count).map { _ in measure() })
  }

  /// Twelve independent sums: more than FMA latency times FMA throughput per cycle.
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
    // Pages not yet written to would all map to the same zero page.
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

  /// Keeps the compiler from removing computations that only `value` depends on.
  @inline(never)
  private static func consume(_ value: lane_vector) { precondition(value[0] == value[0]) }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
