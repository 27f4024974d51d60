import SIMDShims

/// Norms and loss of a step's batch.
struct BatchTotals {
  var norms: NormTotals
  /// Mean over the batch; meaningless if not requested.
  var loss: LaneVector
}

/// Records the requested norms and losses of the steps of a vector of runs, and what the runs had reached at checkpoints.
struct StepRecorder {
  /// l1 and l2 of every step.
  private let norms: UnsafeMutablePointer<LaneVector>?
  private var trace: LossTrace
  private let memory: KernelMemory
  private let steps: Int
  private var checkpoints: [(step: Int, evaluation: Evaluation)] = []

  init(_ group: LaneGroup) {
    memory = KernelMemory()
    steps = group.steps
    norms = group.recording.norms ? memory.vectors(2 * steps) : nil
    trace = LossTrace(length: group.recording.traceLength, steps: steps)
  }

  @inline(__always) var wantsNorms: Bool { norms != nil }
  @inline(__always) var wantsLoss: Bool { trace.isWanted }

  @inline(__always)
  mutating func note(_ totals: BatchTotals, step: Int) {
    if let norms {
      norms[2 &* step] = totals.norms.l1
      norms[2 &* step &+ 1] = lane_sqrt(totals.norms.squared)
    }
    if wantsLoss { trace.add(totals.loss) }
  }

  /// - Parameter step: number of steps taken.
  mutating func note(_ evaluation: Evaluation, atCheckpoint step: Int) { checkpoints.append((step, evaluation)) }

  func checkpoints(ofLane lane: Int) -> [CheckpointOutcome] {
    checkpoints.map { step, evaluation in
      CheckpointOutcome(
        step: step, trainError: evaluation.errors[lane], trainLoss: evaluation.losses[lane],
        trainObjective: evaluation.objectives?[lane])
    }
  }

  /// Closes the last window of the trace.
  mutating func finish() { trace.close() }

  /// The l1 and l2 norms of a run; empty if not requested.
  func norms(ofLane lane: Int) -> (l1: [Float], l2: [Float]) {
    guard let norms else { return ([], []) }
    return ((0..<steps).map { norms[2 * $0][lane] }, (0..<steps).map { norms[2 * $0 + 1][lane] })
  }

  func trace(ofLane lane: Int) -> [Float] {
    stride(from: lane, to: trace.means.count, by: laneWidth).map { trace.means[$0] }
  }
}

/// Means of mini-batch losses over windows of equal length; the last may be shorter.
private struct LossTrace {
  /// [window][lane].
  private(set) var means: [Float] = []
  private let stepsPerWindow: Int
  private var sums: [Double]
  private var stepsInWindow = 0

  /// - Parameter length: maximum number of windows.
  init(length: Int, steps: Int) {
    stepsPerWindow = length > 0 ? max(1, (steps + length - 1) / length) : 0
    sums = [Double](repeating: 0, count: laneWidth)
    if length > 0 { means.reserveCapacity((steps + stepsPerWindow - 1) / stepsPerWindow * laneWidth) }
  }

  var isWanted: Bool { stepsPerWindow > 0 }

  /// Adds the mean losses of a step's batch.
  mutating func add(_ losses: LaneVector) {
    for lane in 0..<laneWidth { sums[lane] += Double(losses[lane]) }
    stepsInWindow += 1
    if stepsInWindow == stepsPerWindow { close() }
  }

  /// Closes the current window.
  mutating func close() {
    guard stepsInWindow > 0 else { return }
    for lane in 0..<laneWidth {
      means.append(Float(sums[lane] / Double(stepsInWindow)))
      sums[lane] = 0
    }
    stepsInWindow = 0
  }
}
