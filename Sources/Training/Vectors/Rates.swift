/// Learning rates of a vector of runs, step by step: base learning rate times factor, rounded to Float once; 0 beyond the last step.
struct Rates {
  /// One vector a step of the stretch that was last filled.
  let vectors: UnsafeMutablePointer<LaneVector>
  private let runs: ArraySlice<Run>
  private let capacity: Int
  private let steps: Int

  /// - Parameters:
  ///   - group: at most `laneWidth` runs; the other lanes keep rate 0.
  ///   - capacity: steps that are filled in together.
  init(_ group: LaneGroup, capacity: Int, in memory: KernelMemory) {
    runs = group.runs
    steps = group.steps
    self.capacity = capacity
    vectors = memory.vectors(capacity)
  }

  /// Fills in the rates from step `start` on, each times the scale of its step.
  @inline(__always)
  func fill(from start: Int, scale: (Int) -> Float = { _ in 1 }) {
    let floats = UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      run.factors.withUnsafeBufferPointer { factors in
        let known = min(capacity, max(0, steps - start))
        for i in 0..<known {
          floats[i * laneWidth + lane] = Float(run.learningRate * factors[start + i]) * scale(start + i)
        }
        for i in known..<capacity { floats[i * laneWidth + lane] = 0 }
      }
    }
  }
}
