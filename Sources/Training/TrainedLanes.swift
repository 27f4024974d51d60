import SIMDShims

/// What a path hands to the common evaluation: a group of runs, side by side as lanes, after its last step.
struct TrainedLanes {
  /// The weights of entry (feature, class) for the lanes `laneWidth * v ..< laneWidth * (v + 1)` are vector
  /// `(feature * shape.classStride + class) * vectorsPerEntry + v`; the bias is feature `shape.features`.
  let weights: LaneBuffer
  let shape: LaneShape
  /// Lanes in units of `laneWidth`.
  let vectorsPerEntry: Int
  /// By step and lane (`lanes` floats a step); empty where they were not asked for.
  var l1Norms: [Float] = []
  var l2Norms: [Float] = []
  /// By window and lane; empty where it was not asked for.
  var trace: [Float] = []

  var lanes: Int { vectorsPerEntry * laneWidth }
}

extension TrainedLanes {
  /// For each lane whether all its weights are finite.
  func weightsAreFinite() -> [Bool] {
    let vectors = weights.pointer
    var finite: [Bool] = []
    for v in 0..<vectorsPerEntry {
      var zero = lane_splat(0)
      for i in 0..<shape.vectorCount { zero = lane_fma(lane_splat(0), vectors[i * vectorsPerEntry + v], zero) }
      for lane in 0..<laneWidth { finite.append(zero[lane] == 0) }
    }
    return finite
  }

  /// One lane of an array by (step, lane).
  func column(_ lane: Int, of values: [Float]) -> [Float] {
    stride(from: lane, to: values.count, by: lanes).map { values[$0] }
  }
}
