/// Learning rates of a vector of runs per step: base learning rate times factor, rounded to Float once; 0 after the last step.
struct Rates {
  /// One vector per filled-in step.
  let vectors: UnsafeMutablePointer<LaneVector>
  private let runs: ArraySlice<Run>
  private let capacity: Int
  private let steps: Int

  /// - Parameters:
  ///   - group: at most `laneWidth` runs; the other lanes keep rate 0.
  ///   - capacity: number of steps filled in together.
  init(_ group: LaneGroup, capacity: Int, in memory: KernelMemory) {
    runs = group.runs
    steps = group.steps
    self.capacity = capacity
    vectors = memory.vectors(capacity)
  }

  /// Fills in the rates of the steps from `start` on, each multiplied by its step's scale.
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
