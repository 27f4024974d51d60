import SIMDShims

/// The weights of a vector of runs after its last step, as its kernels store them. Those of (feature, class) are vector
/// `feature * featureStride + class`; the bias is the last feature.
struct LaneWeights {
  let weights: UnsafeMutablePointer<LaneVector>
  /// 1 where of two classes the second alone is stored, the first being its negative; all else.
  let storedClasses: Int
  let featureStride: Int
}

/// What the kernels hand to the evaluation: one vector of runs.
struct TrainedLanes {
  let weights: LaneWeights
  let shape: LaneShape
  let recorder: StepRecorder
  /// Keeps the weights.
  let memory: KernelMemory

  /// For each lane whether all its weights are finite.
  func weightsAreFinite() -> [Bool] {
    var zero = lane_splat(0)
    for feature in 0...shape.features {
      let row = weights.weights + feature * weights.featureStride
      for c in 0..<weights.storedClasses { zero = lane_fma(lane_splat(0), row[c], zero) }
    }
    return (0..<laneWidth).map { zero[$0] == 0 }
  }
}
