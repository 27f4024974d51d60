import SIMDShims

/// The kernels of one vector of runs on listed batches. Holds pointers only, so a step neither allocates nor counts references.
///
/// `SparseForward` computes the logits of a row, `Softmax` its residuals. The gradient of a feature is the sum of value times
/// residual over its occurrences in the batch, and goes straight to the optimizer's update.
struct ListsPass {
  /// The optimizer's arrays are interleaved, weights first: in each of them the row of feature f starts at f * `stride`. The
  /// bias is feature `bias`.
  let stride: Int
  let bias: Int
  /// How many classes a stored class stands for in norms.
  let copies: Float
  /// Number of the optimizer's arrays.
  let arrays: Int
  let forward: SparseForward
  let softmax: Softmax

  /// Number of stored classes.
  @inline(__always) var classes: Int { softmax.logits.classes }

  /// Prefetch distance in features.
  private static var lookAhead: Int { 2 }

  /// Scores the samples of a batch, last to first. After each sample it calls `update` for the features that no remaining
  /// sample contains: their occurrences are complete, and their weights are still cached from scoring the sample.
  ///
  /// - Parameter update: receives a feature, the index of one soon to follow (for prefetching), and the norms.
  /// - Returns: the sum of the samples' losses, if wanted, and the sums of the norms.
  @inline(__always)
  func forEachFeature(
    _ batch: ListedBatch, wantsLoss: Bool, _ update: (ListedFeature, Int32, inout BlockedNorms) -> Void
  ) -> ListedSums {
    var loss = lane_splat(0)
    var norms = BlockedNorms()
    var inBlock = 0
    let scale = lane_splat(1 / Float(batch.samples))
    var sample = batch.samples &- 1
    while sample >= 0 {
      forward(batch.row(sample), next: sample > 0 ? batch.row(sample &- 1) : nil, to: sample)
      softmax.makeStoredResiduals(
        sample, scale: scale, label: Int(batch.labels[sample]), wantsLoss: wantsLoss, &loss)
      let first = sample == 0 ? 0 : Int(batch.featureEnds[sample &- 1])
      var index = Int(batch.featureEnds[sample]) &- 1
      while index >= first {
        update(batch.features[index], batch.features[max(0, index &- Self.lookAhead)].feature, &norms)
        inBlock &+= 1
        if inBlock == BlockedNorms.partsPerBlock {
          norms.closeBlock()
          inBlock = 0
        }
        index &-= 1
      }
      sample &-= 1
    }
    for index in Int(batch.featureEnds[batch.samples &- 1])..<batch.featureCount {
      update(batch.features[index], batch.features[index].feature, &norms)
    }
    return (loss, norms)
  }

  /// Calls `body` with the indices of the weights of each of a batch's features, then of the bias.
  @inline(__always)
  func forEachRow(of batch: ListedBatch, _ body: (Range<Int>) -> Void) {
    for listed in 0...batch.featureCount {
      if forward.prefetches, listed &+ Self.lookAhead < batch.featureCount {
        let soon = Int(batch.features[listed &+ Self.lookAhead].feature) &* stride
        prefetchVectors(forward.weights + soon, count: stride)
      }
      let row = (listed < batch.featureCount ? Int(batch.features[listed].feature) : bias) &* stride
      body(row..<(row &+ classes))
    }
  }

  /// Stores the gradient of the batch's features and the bias. Compiled once, for all optimizers that need the whole gradient.
  ///
  /// - Returns: as `forEachFeature`.
  @inline(never)
  func store(_ gradient: GradientStore, of batch: ListedBatch, wantsLoss: Bool) -> ListedSums {
    var sums = forEachFeature(batch, wantsLoss: wantsLoss) { update($0, soon: $1, of: batch, gradient, &$2) }
    updateBias(batch, gradient, &sums.norms)
    return sums
  }

  /// Computes the gradient of a listed feature, and updates its weights.
  @inline(__always)
  func update<Rule: LaneUpdate>(
    _ listed: ListedFeature, soon: Int32, of batch: ListedBatch, _ rule: Rule, _ norms: inout BlockedNorms
  ) {
    let gradient = FeatureGradient(
      occurrences: batch.occurrences + Int(listed.end &- listed.count), count: Int(listed.count),
      row: Int(listed.feature) &* stride, soon: Int(soon) &* stride)
    var c = 0
    while c &+ 8 <= classes { c &+= update(gradient, Vectors8.self, c, rule, &norms) }
    if c &+ 4 <= classes { c &+= update(gradient, Vectors4.self, c, rule, &norms) }
    if c &+ 2 <= classes { c &+= update(gradient, Vectors2.self, c, rule, &norms) }
    if c < classes { c &+= update(gradient, LaneVector.self, c, rule, &norms) }
  }

  private struct FeatureGradient {
    let occurrences: UnsafePointer<Occurrence>
    let count: Int
    let row: Int
    /// The row of a feature soon to follow, to prefetch.
    let soon: Int
  }

  @inline(__always)
  private func update<Rule: LaneUpdate, Columns: Vectors>(
    _ feature: FeatureGradient, _: Columns.Type, _ c: Int, _ rule: Rule, _ norms: inout BlockedNorms
  ) -> Int {
    if forward.prefetches {
      for array in 0..<arrays {
        prefetchVectors(forward.weights + (feature.soon &+ array &* classes &+ c), count: Columns.count)
      }
    }
    let residuals = UnsafePointer(softmax.logits.values + c)
    var gradient = Columns.zero
    for k in 0..<feature.count {
      gradient.add(
        lane_splat(feature.occurrences[k].value),
        times: Columns(loading: residuals + Int(feature.occurrences[k].logits)))
    }
    norms.add(gradient)
    rule.update(columns: gradient, from: feature.row &+ c)
    return Columns.count
  }

  /// The same for the bias, whose feature is the constant 1.
  @inline(__always)
  func updateBias<Rule: LaneUpdate>(_ batch: ListedBatch, _ rule: Rule, _ norms: inout BlockedNorms) {
    for c in 0..<classes {
      var gradient = lane_splat(0)
      for sample in 0..<batch.samples { gradient = lane_add(softmax.logits.values[sample &* classes &+ c], gradient) }
      norms.add(gradient)
      rule.update(columns: gradient, from: bias &* stride &+ c)
    }
    norms.closeBlock()
  }
}
