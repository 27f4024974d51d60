import SIMDShims

/// The weights of a vector of runs after the last step, in the layout of the kernels: (feature, class) is vector `feature *
/// featureStride + class`; the bias is the last feature.
struct LaneWeights {
  let weights: UnsafeMutablePointer<LaneVector>
  /// 1 for two classes if only the second is stored, the first being its negative; otherwise the number of classes.
  let storedClasses: Int
  let featureStride: Int

  /// Per lane, the sum of the squared weights of all the problem's classes, without those of the bias.
  func squaredNorms(_ shape: LaneShape) -> [Double] {
    var sums = [Double](repeating: 0, count: laneWidth)
    for feature in 0..<shape.features {
      let row = weights + feature * featureStride
      for c in 0..<storedClasses {
        for lane in 0..<laneWidth { sums[lane] += Double(row[c][lane]) * Double(row[c][lane]) }
      }
    }
    return storedClasses < shape.classes ? sums.map { 2 * $0 } : sums
  }
}

/// The result of training one vector of runs, as passed to the evaluation.
struct TrainedLanes {
  let weights: LaneWeights
  let shape: LaneShape
  let recorder: StepRecorder
  /// Owns the memory of the weights.
  let memory: KernelMemory

  /// For each lane, whether all its weights are finite.
  func weightsAreFinite() -> [Bool] {
    var zero = lane_splat(0)
    for feature in 0...shape.features {
      let row = weights.weights + feature * weights.featureStride
      for c in 0..<weights.storedClasses { zero = lane_fma(lane_splat(0), row[c], zero) }
    }
    return (0..<laneWidth).map { zero[$0] == 0 }
  }
}
