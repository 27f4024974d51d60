import SIMDShims

/// The steps of one vector of runs over listed batches: pointers only, so that a step neither allocates nor counts references.
struct SparseLanePass {
  let classes: Int
  /// The row of feature f starts at f * `stride` in each of the arrays; the bias is feature `bias`.
  let stride: Int
  let bias: Int
  /// Two classes count twice in norms: the first has the second's gradient turned round.
  let copies: Float
  /// The optimizer's arrays, the weights first, side by side for each feature.
  let weights: UnsafeMutablePointer<LaneVector>
  let forward: SparseLaneForward
  /// [sample][class]: logits, then residuals.
  let logits: UnsafeMutablePointer<LaneVector>

  /// Records that are asked for before they are needed.
  private static var lookAhead: Int { 2 }

  /// Scores the samples of a batch, the last first, and after each of them hands out the features that no sample still to come has:
  /// those are complete, and the cache still has their weights from the sample's score.
  ///
  /// - Parameter update: what to do with a record, beside the feature of a record that is soon to follow.
  /// - Returns: the sum of the samples' losses where it is wanted, and the norms' sums.
  @inline(__always)
  func forEachRecord(
    _ batch: SparseLaneBatch, wantsLoss: Bool, _ update: (SparseLaneRecord, Int32, inout SparseLaneNorms) -> Void
  ) -> SparseLaneStepSums {
    var loss = lane_splat(0)
    var norms = SparseLaneNorms()
    var inBlock = 0
    let softmax = SparseLaneSoftmax(
      classes: classes, scale: lane_splat(1 / Float(batch.samples)), wantsLoss: wantsLoss)
    var sample = batch.samples &- 1
    while sample >= 0 {
      let target = logits + sample &* classes
      forward(batch.row(sample), next: sample > 0 ? batch.row(sample &- 1) : nil, to: target)
      softmax.makeResiduals(target, label: Int(batch.labels[sample]), &loss)
      let first = sample == 0 ? 0 : Int(batch.recordEnds[sample &- 1])
      var index = Int(batch.recordEnds[sample]) &- 1
      while index >= first {
        update(batch.records[index], batch.records[max(0, index &- Self.lookAhead)].feature, &norms)
        inBlock &+= 1
        if inBlock == SparseLaneNorms.featuresPerBlock {
          norms.closeBlock()
          inBlock = 0
        }
        index &-= 1
      }
      sample &-= 1
    }
    for index in Int(batch.recordEnds[batch.samples &- 1])..<batch.recordCount {
      update(batch.records[index], batch.records[index].feature, &norms)
    }
    return (loss, norms)
  }

  /// Takes the gradient of a listed feature, and moves its weights.
  @inline(__always)
  func update<Rule: SparseLaneUpdate>(
    _ record: SparseLaneRecord, soon: Int32, of batch: SparseLaneBatch, _ rule: Rule, _ norms: inout SparseLaneNorms
  ) {
    let feature = Feature(
      occurrences: batch.occurrences + Int(record.end &- record.count), count: Int(record.count),
      row: Int(record.feature) &* stride, soon: Int(soon) &* stride)
    var c = 0
    while c &+ 8 <= classes { c &+= span(feature, SparseLaneEight.self, c, rule, &norms) }
    if c &+ 4 <= classes { c &+= span(feature, SparseLaneFour.self, c, rule, &norms) }
    if c &+ 2 <= classes { c &+= span(feature, SparseLaneTwo.self, c, rule, &norms) }
    if c < classes { c &+= span(feature, SparseLaneSingle.self, c, rule, &norms) }
  }

  private struct Feature {
    let occurrences: UnsafePointer<SparseLaneOccurrence>
    let count: Int
    let row: Int
    /// The row of a feature that is soon to follow.
    let soon: Int
  }

  @inline(__always)
  private func span<Rule: SparseLaneUpdate, Span: SparseLaneSpan>(
    _ feature: Feature, _: Span.Type, _ c: Int, _ rule: Rule, _ norms: inout SparseLaneNorms
  ) -> Int {
    if forward.prefetches {
      for array in 0..<Rule.arrays {
        prefetchVectors(forward.weights + (feature.soon &+ array &* classes &+ c), count: Span.count)
      }
    }
    let residuals = UnsafePointer(logits + c)
    var gradient = Span(zero: ())
    for k in 0..<feature.count {
      gradient.add(
        lane_splat(feature.occurrences[k].value), times: residuals + Int(feature.occurrences[k].logits))
    }
    norms.add(gradient)
    rule.update(gradient, from: feature.row &+ c)
    return Span.count
  }

  /// The same for the bias, whose feature is the constant 1.
  @inline(__always)
  func updateBias<Rule: SparseLaneUpdate>(_ batch: SparseLaneBatch, _ rule: Rule, _ norms: inout SparseLaneNorms) {
    for c in 0..<classes {
      var gradient = SparseLaneSingle(zero: ())
      for sample in 0..<batch.samples { gradient.add(lane_splat(1), times: logits + (sample &* classes &+ c)) }
      norms.add(gradient)
      gradient.update(rule, at: bias &* stride &+ c)
    }
    norms.closeBlock()
  }

  /// The l1 and the l2 norm of a step.
  @inline(__always)
  func totals(_ norms: SparseLaneNorms) -> (l1: LaneVector, l2: LaneVector) {
    let copies = lane_splat(copies)
    return (lane_multiply(copies, norms.l1), lane_sqrt(lane_multiply(copies, norms.squared)))
  }
}
