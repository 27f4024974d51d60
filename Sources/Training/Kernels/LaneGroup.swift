import Sparse

/// Runs of one seed that train side by side, and what they share.
struct LaneGroup {
  var runs: ArraySlice<Run>
  let rows: KernelRows
  let shape: LaneShape
  let settings: TrainingSettings
  let order: SampleOrder
  let recording: Recording

  /// Of a run.
  var steps: Int { order.stepsPerEpoch * settings.epochs }

  /// The group in vectors of runs.
  var vectors: [LaneGroup] {
    stride(from: runs.startIndex, to: runs.endIndex, by: laneWidth).map { start in
      var vector = self
      vector.runs = runs[start..<min(start + laneWidth, runs.endIndex)]
      return vector
    }
  }
}
