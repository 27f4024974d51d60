import SIMDShims

/// What a step tells about its batch.
struct BatchTotals {
  var norms: NormTotals
  /// Mean over the batch; 0 where it was not asked for.
  var loss: LaneVector
}

/// Notes down the norms and the losses of the steps of a vector of runs, as far as they are wanted.
struct StepRecorder {
  /// l1 and l2 of every step.
  private let norms: UnsafeMutablePointer<LaneVector>?
  private var trace: LossTrace
  private let memory: KernelMemory
  private let steps: Int

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

  /// Ends the last window of the trace.
  mutating func finish() { trace.close() }

  /// The l1 and the l2 norms of a run; empty where they were not asked for.
  func norms(ofLane lane: Int) -> (l1: [Float], l2: [Float]) {
    guard let norms else { return ([], []) }
    return ((0..<steps).map { norms[2 * $0][lane] }, (0..<steps).map { norms[2 * $0 + 1][lane] })
  }

  func trace(ofLane lane: Int) -> [Float] {
    stride(from: lane, to: trace.means.count, by: laneWidth).map { trace.means[$0] }
  }
}

/// Means of mini-batch losses over equal stretches of steps; the last may be shorter.
private struct LossTrace {
  /// By window and lane.
  private(set) var means: [Float] = []
  private let stepsPerWindow: Int
  private var sums: [Double]
  private var stepsInWindow = 0

  /// - Parameter length: the number of windows is at most this.
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

  /// Ends the last window.
  mutating func close() {
    guard stepsInWindow > 0 else { return }
    for lane in 0..<laneWidth {
      means.append(Float(sums[lane] / Double(stepsInWindow)))
      sums[lane] = 0
    }
    stepsInWindow = 0
  }
}
