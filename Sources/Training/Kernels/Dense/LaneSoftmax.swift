import SIMDShims

/// What a chunk's softmax leaves behind beside the logits, and needs beside them.
struct LaneResidualTerms {
  /// By sample: what a row of residuals has to be multiplied by.
  let factors: UnsafeMutablePointer<LaneVector>
  /// By sample and class, in a stride of `classStride`: all 1. A sample's label is 0 while its softmax is made: that leaves it out
  /// of a sum without a branch.
  let isOther: UnsafeMutablePointer<Float>
}

extension LaneLogits {
  /// Replaces the logits of samples by the loss' gradient by them, but for a factor by sample: with that, times `scale`, it is
  /// scale * (softmax - 1 at the label), and 0 in the rows from `count` to `paddedRows`.
  ///
  /// The label's entry is minus the sum of the others: p - 1 loses all its digits as p nears 1.
  /// - Parameters:
  ///   - labels: `paddedRows` classes.
  ///   - loss: the samples' losses are added where `wantsLoss`.
  @inline(__always)
  func makeResiduals(
    labels: UnsafePointer<Int32>, count: Int, paddedRows: Int, scale: LaneVector, terms: LaneResidualTerms, wantsLoss: Bool,
    _ loss: inout LaneVector
  ) {
    if wantsLoss {
      for row in 0..<count { loss = lane_add(loss, self.loss(row: row, label: Int(labels[row]))) }
    }
    var row = 0
    while row < paddedRows {
      if lane_registers() == 32 {
        makeResiduals(FourRows<OneClass>.self, row, labels, scale, terms)
        row &+= 4
      } else {
        makeResiduals(TwoRows<OneClass>.self, row, labels, scale, terms)
        row &+= 2
      }
    }
    row = count
    while row < paddedRows {
      terms.factors[row] = lane_splat(0)
      row &+= 1
    }
  }

  /// A few samples side by side.
  @inline(__always)
  private func makeResiduals<Rows: Tile>(
    _: Rows.Type, _ row: Int, _ labels: UnsafePointer<Int32>, _ scale: LaneVector, _ terms: LaneResidualTerms
  ) where Rows.Span == OneClass {
    let isOther = terms.isOther + row &* shape.classStride
    for i in 0..<Rows.rows { isOther[i &* shape.classStride &+ Int(labels[row &+ i])] = 0 }
    let maximum = Rows(loading: UnsafePointer(maxima + row), stride: 1)
    var others = Rows(repeating: OneClass(repeating: lane_splat(0)))
    var z = values + row &* shape.classStride
    var isAdded = UnsafePointer(isOther)
    for _ in 0..<shape.classes {
      let logits = Rows(loading: UnsafePointer(z), stride: shape.classStride)
      let e = laneExponential(logits.combined(with: maximum) { lane_subtract($0, $1) })
      e.store(to: z, stride: shape.classStride)
      others.add(isAdded, stride: shape.classStride, times: e)
      z += 1
      isAdded += 1
    }
    others.store(to: terms.factors + row, stride: 1)
    for i in 0..<Rows.rows {
      let label = i &* shape.classStride &+ Int(labels[row &+ i])
      isOther[label] = 1
      let ofLabel = values + (row &* shape.classStride &+ label)
      let others = terms.factors[row &+ i]
      terms.factors[row &+ i] = lane_divide(scale, lane_add(others, ofLabel[0]))
      ofLabel[0] = lane_subtract(lane_splat(0), others)
    }
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
