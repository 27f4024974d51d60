import SIMDShims

/// Learning rates of a vector of runs, step by step: base learning rate times factor, rounded to Float once; 0 beyond the last step.
struct LaneRates {
  /// One vector a step of the stretch that was last filled.
  let vectors: LaneBuffer
  private let runs: ArraySlice<Run>
  private let steps: Int

  /// - Parameters:
  ///   - runs: at most `laneWidth`; the other lanes keep rate 0.
  ///   - capacity: steps that are filled in together.
  ///   - steps: of the runs.
  init(_ runs: ArraySlice<Run>, capacity: Int, steps: Int) {
    self.runs = runs
    self.steps = steps
    vectors = LaneBuffer(count: capacity)
  }

  /// Fills in the rates from step `start` on, each times the scale of its step.
  @inline(__always)
  func fill(from start: Int, scale: (Int) -> Float = { _ in 1 }) {
    let floats = UnsafeMutableRawPointer(vectors.pointer).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      run.factors.withUnsafeBufferPointer { factors in
        let known = min(vectors.count, max(0, steps - start))
        for i in 0..<known {
          floats[i * laneWidth + lane] = Float(run.learningRate * factors[start + i]) * scale(start + i)
        }
        for i in known..<vectors.count { floats[i * laneWidth + lane] = 0 }
      }
    }
  }
}
