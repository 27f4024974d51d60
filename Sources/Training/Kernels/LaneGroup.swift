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

  /// Whether the runs are evaluated after `step` steps.
  func isCheckpoint(_ step: Int) -> Bool { settings.checkpoints.contains(step) }

  /// The batches of an epoch, split at checkpoints: the first step of each range may be the first after one.
  func stretches(ofEpoch epoch: Int) -> [Range<Int>] {
    let count = order.stepsPerEpoch
    let inside = settings.checkpoints.map { $0 - epoch * count }.filter { $0 > 0 && $0 < count }
    return zip([0] + inside, inside + [count]).map { $0..<$1 }
  }

  /// The group split into vectors of runs.
  var vectors: [LaneGroup] {
    stride(from: runs.startIndex, to: runs.endIndex, by: laneWidth).map { start in
      var vector = self
      vector.runs = runs[start..<min(start + laneWidth, runs.endIndex)]
      return vector
    }
  }
}
