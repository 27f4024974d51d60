import SIMDShims

extension LaneLogits {
  /// Replaces the logits of a sample by the loss' gradient by them, times `scale`: scale * (softmax - 1 at the label).
  ///
  /// The label's entry is minus the sum of the others: p - 1 loses all its digits as p nears 1.
  /// - Parameter loss: the sample's loss is added where `wantsLoss`.
  @inline(__always)
  func makeResiduals(row: Int, label: Int, scale: LaneVector, wantsLoss: Bool, _ loss: inout LaneVector) {
    let z = values + row * shape.classStride
    let ofLabel = z[label]
    let parts = makeExponentials(row: row, label: label)
    if wantsLoss { loss = lane_add(loss, crossEntropy(parts, row: row, logit: ofLabel)) }
    let factor = lane_divide(scale, lane_add(parts.others, parts.label))
    for c in 0..<shape.classes { z[c] = lane_multiply(z[c], factor) }
    z[label] = lane_multiply(lane_subtract(lane_splat(0), parts.others), factor)
  }

  /// The cross-entropy of a sample. Overwrites its logits.
  @inline(__always)
  func takeLoss(row: Int, label: Int) -> LaneVector {
    let ofLabel = values[row * shape.classStride + label]
    return crossEntropy(makeExponentials(row: row, label: label), row: row, logit: ofLabel)
  }

  /// Replaces the logits z of a sample by exp(z - max), the label's by 0.
  ///
  /// - Returns: the sum of all but the label's in ascending order of classes, and the label's.
  @inline(__always)
  private func makeExponentials(row: Int, label: Int) -> (others: LaneVector, label: LaneVector) {
    let z = values + row * shape.classStride
    let maximum = maxima[row]
    let ofLabel = laneExponential(lane_subtract(z[label], maximum))
    z[label] = lane_splat(-.infinity)
    var others = lane_splat(0)
    for c in 0..<shape.classes {
      let e = laneExponential(lane_subtract(z[c], maximum))
      z[c] = e
      others = lane_add(others, e)
    }
    return (others, ofLabel)
  }

  /// (max - z) + log(sum of exponentials), as log(1 + others) where the label's logit is the largest: small losses keep their digits.
  @inline(__always)
  private func crossEntropy(_ parts: (others: LaneVector, label: LaneVector), row: Int, logit: LaneVector) -> LaneVector {
    let maximum = maxima[row]
    let total = lane_add(parts.others, parts.label)
    let overOne = lane_where_less(logit, maximum, lane_subtract(total, lane_splat(1)), parts.others)
    return lane_add(lane_subtract(maximum, logit), laneLogarithmOfOnePlus(overOne))
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
