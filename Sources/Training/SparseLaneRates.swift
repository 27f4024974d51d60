import SIMDShims

/// Minus the learning rates of a vector of runs, step by step, for Adam times the bias correction's scale; 0 beyond the last step.
struct SparseLaneRates {
  let vectors: LaneBuffer
  private let runs: ArraySlice<Run>
  private let steps: Int
  private let corrections: BiasCorrection?

  /// - Parameters:
  ///   - runs: at most `laneWidth`; the other lanes keep rate 0.
  ///   - capacity: steps that are filled in together.
  ///   - steps: of the runs.
  ///   - corrections: Adam's.
  init(_ runs: ArraySlice<Run>, capacity: Int, steps: Int, corrections: BiasCorrection?) {
    self.runs = runs
    self.steps = steps
    self.corrections = corrections
    vectors = LaneBuffer(count: capacity)
  }

  /// Fills in the rates from step `start` on.
  func fill(from start: Int) {
    let floats = UnsafeMutableRawPointer(vectors.pointer).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      run.factors.withUnsafeBufferPointer { factors in
        for i in 0..<vectors.count {
          let step = start + i
          let scale = corrections?[step].scale ?? 1
          floats[i * laneWidth + lane] = step < steps ? Float(run.learningRate * factors[step]) * -scale : 0
        }
      }
    }
  }
}
