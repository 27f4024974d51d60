import SIMDShims

/// Learning rates of the lanes, step by step: base learning rate times factor, rounded to Float once.
struct LaneRates {
  /// One vector a step of the stretch that was last filled.
  let vectors: LaneBuffer
  private let runs: ArraySlice<Run>
  private let capacity: Int

  /// - Parameter runs: at most `laneWidth`; the other lanes keep rate 0.
  init(_ runs: ArraySlice<Run>, capacity: Int) {
    self.runs = runs
    self.capacity = capacity
    vectors = LaneBuffer(count: capacity)
  }

  /// Fills in the rates of `capacity` steps from step `start` on.
  func fill(from start: Int) {
    let floats = UnsafeMutableRawPointer(vectors.pointer).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      run.factors.withUnsafeBufferPointer { factors in
        for i in 0..<capacity { floats[i * laneWidth + lane] = Float(run.learningRate * factors[start + i]) }
      }
    }
  }
}
