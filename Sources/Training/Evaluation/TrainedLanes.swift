import SIMDShims

/// What a path hands to the common evaluation: one vector of runs after its last step.
struct TrainedLanes {
  /// The weights of (feature, class) are vector `feature * featureStride + class`; the bias is feature `shape.features`.
  let weights: LaneBuffer
  let shape: LaneShape
  /// 1 where of two classes the second alone is stored, the first being its negative; all else.
  let storedClasses: Int
  let featureStride: Int
  /// By step and lane (`laneWidth` floats a step); empty where they were not asked for.
  var l1Norms: [Float] = []
  var l2Norms: [Float] = []
  /// By window and lane; empty where it was not asked for.
  var trace: [Float] = []
}

extension TrainedLanes {
  /// For each lane whether all its weights are finite.
  func weightsAreFinite() -> [Bool] {
    var zero = lane_splat(0)
    for feature in 0...shape.features {
      let row = weights.pointer + feature * featureStride
      for c in 0..<storedClasses { zero = lane_fma(lane_splat(0), row[c], zero) }
    }
    return (0..<laneWidth).map { zero[$0] == 0 }
  }

  /// One lane of an array by (step, lane).
  func column(_ lane: Int, of values: [Float]) -> [Float] {
    stride(from: lane, to: values.count, by: laneWidth).map { values[$0] }
  }
}
