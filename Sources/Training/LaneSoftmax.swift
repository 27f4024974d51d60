import SIMDShims

extension LaneLogits {
  /// Replaces the logits of samples by the loss' gradient by them, times `scale`: scale * (softmax - 1 at the label); 0 in the
  /// rows from `count` to `paddedRows`.
  ///
  /// The label's entry is minus the sum of the others: p - 1 loses all its digits as p nears 1.
  /// - Parameters:
  ///   - labels: `paddedRows` classes.
  ///   - othersOnly: `2 * classes` factors, 0 at `classes` and 1 elsewhere. Shifted by the label they leave it out of a sum without
  ///     a branch.
  ///   - loss: the samples' losses are added where `wantsLoss`.
  @inline(__always)
  func makeResiduals(
    labels: UnsafePointer<Int32>, count: Int, paddedRows: Int, scale: LaneVector, othersOnly: UnsafePointer<Float>,
    wantsLoss: Bool, _ loss: inout LaneVector
  ) {
    var row = 0
    while row < paddedRows {
      if wantsLoss {
        for i in row..<max(row, min(row &+ 2, count)) { loss = lane_add(loss, self.loss(row: i, label: Int(labels[i]))) }
      }
      makeResiduals(row, labels, row < count ? scale : lane_splat(0), row &+ 1 < count ? scale : lane_splat(0), othersOnly)
      row &+= 2
    }
  }

  /// Two samples side by side, so that one's chain of sums does not wait alone.
  @inline(__always)
  private func makeResiduals(
    _ row: Int, _ labels: UnsafePointer<Int32>, _ scaleA: LaneVector, _ scaleB: LaneVector, _ othersOnly: UnsafePointer<Float>
  ) {
    let a = values + row &* shape.classStride
    let b = a + shape.classStride
    let maximumA = maxima[row]
    let maximumB = maxima[row &+ 1]
    let labelA = Int(labels[row])
    let labelB = Int(labels[row &+ 1])
    let keepsA = othersOnly + (shape.classes &- labelA)
    let keepsB = othersOnly + (shape.classes &- labelB)
    var othersA = lane_splat(0)
    var othersB = lane_splat(0)
    var c = 0
    while c < shape.classes {
      let eA = laneExponential(lane_subtract(a[c], maximumA))
      let eB = laneExponential(lane_subtract(b[c], maximumB))
      a[c] = eA
      b[c] = eB
      othersA = lane_fma(eA, lane_splat(keepsA[c]), othersA)
      othersB = lane_fma(eB, lane_splat(keepsB[c]), othersB)
      c &+= 1
    }
    let factorA = lane_divide(scaleA, lane_add(othersA, a[labelA]))
    let factorB = lane_divide(scaleB, lane_add(othersB, b[labelB]))
    c = 0
    while c < shape.classes {
      a[c] = lane_multiply(a[c], factorA)
      b[c] = lane_multiply(b[c], factorB)
      c &+= 1
    }
    a[labelA] = lane_multiply(lane_subtract(lane_splat(0), othersA), factorA)
    b[labelB] = lane_multiply(lane_subtract(lane_splat(0), othersB), factorB)
  }

  /// The cross-entropy of a sample: (max - z) + log(sum of exponentials), as log(1 + others) where the label's logit is the largest,
  /// so that small losses keep their digits.
  @inline(__always)
  func loss(row: Int, label: Int) -> LaneVector {
    let z = values + row &* shape.classStride
    let maximum = maxima[row]
    var others = lane_splat(0)
    for c in 0..<label { others = lane_add(others, laneExponential(lane_subtract(z[c], maximum))) }
    for c in (label &+ 1)..<max(label &+ 1, shape.classes) {
      others = lane_add(others, laneExponential(lane_subtract(z[c], maximum)))
    }
    let total = lane_add(others, laneExponential(lane_subtract(z[label], maximum)))
    let overOne = lane_where_less(z[label], maximum, lane_subtract(total, lane_splat(1)), others)
    return lane_add(lane_subtract(maximum, z[label]), laneLogarithmOfOnePlus(overOne))
  }

  /// 1 in the lanes where a class before the label scores at least as much, or one behind it more; 0 in the others: the predicted
  /// class is the first of the largest logit.
  @inline(__always)
  func error(row: Int, label: Int) -> LaneVector {
    let z = values + row * shape.classStride
    let one = lane_splat(1)
    let ofLabel = z[label]
    var wrong = lane_splat(0)
    for c in 0..<label { wrong = lane_where_less(z[c], ofLabel, wrong, one) }
    for c in label..<shape.classes { wrong = lane_where_less(ofLabel, z[c], one, wrong) }
    return wrong
  }
}
