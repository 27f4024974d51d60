import Sparse

/// Runs of one seed that train together, and what they share.
struct LaneGroup {
  var runs: ArraySlice<Run>
  let rows: KernelRows
  let shape: LaneShape
  let settings: TrainingSettings
  let order: SampleOrder
  let recording: Recording

  /// Steps per run.
  var steps: Int { order.stepsPerEpoch * settings.epochs }

  /// The group split into vectors of runs.
  var vectors: [LaneGroup] {
    stride(from: runs.startIndex, to: runs.endIndex, by: laneWidth).map { start in
      var vector = self
      vector.runs = runs[start..<min(start + laneWidth, runs.endIndex)]
      return vector
    }
  }
}
