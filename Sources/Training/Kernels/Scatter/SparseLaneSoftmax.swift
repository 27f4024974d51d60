import SIMDShims

/// Turns the logits of a sample into residuals, in place: `scale` x (softmax - 1 at the label).
///
/// The label's entry is minus the sum of the others, as in the dense path.
struct SparseLaneSoftmax {
  /// Stored classes: 1 where the problem has two, the first being the second's negative.
  let classes: Int
  let scale: LaneVector
  let wantsLoss: Bool

  /// Adds the sample's cross-entropy to `loss` where it is wanted.
  @inline(__always)
  func makeResiduals(_ logits: UnsafeMutablePointer<LaneVector>, label: Int, _ loss: inout LaneVector) {
    if classes == 1 {
      makeResidualOfTwo(logits, label: label, &loss)
    } else {
      makeResidualsOfMany(logits, label: label, &loss)
    }
  }

  @inline(__always)
  private func makeResidualsOfMany(_ z: UnsafeMutablePointer<LaneVector>, label: Int, _ loss: inout LaneVector) {
    var maximum = z[0]
    for c in 1..<classes { maximum = lane_max(maximum, z[c]) }
    let logit = z[label]
    let ofLabel = laneExponential(lane_subtract(logit, maximum))
    z[label] = lane_splat(-.infinity)
    var others = lane_splat(0)
    for c in 0..<classes {
      let e = laneExponential(lane_subtract(z[c], maximum))
      z[c] = e
      others = lane_add(others, e)
    }
    let total = lane_add(others, ofLabel)
    if wantsLoss {
      let overOne = lane_where_less(logit, maximum, lane_subtract(total, lane_splat(1)), others)
      loss = lane_add(loss, lane_add(lane_subtract(maximum, logit), laneLogarithmOfOnePlus(overOne)))
    }
    let factor = lane_divide(scale, total)
    for c in 0..<classes { z[c] = lane_multiply(z[c], factor) }
    z[label] = lane_multiply(lane_subtract(lane_splat(0), others), factor)
  }

  @inline(__always)
  private func makeResidualOfTwo(_ z: UnsafeMutablePointer<LaneVector>, label: Int, _ loss: inout LaneVector) {
    // How far the label leads.
    let lead = lane_multiply(lane_splat(label == 1 ? 2 : -2), z[0])
    let small = laneExponential(lane_subtract(lane_splat(0), lane_abs(lead)))
    let inverse = lane_divide(lane_splat(1), lane_add(lane_splat(1), small))
    let wrong = lane_where_less(lead, lane_splat(0), inverse, lane_multiply(small, inverse))
    z[0] = lane_multiply(lane_multiply(scale, lane_splat(label == 1 ? -1 : 1)), wrong)
    if wantsLoss { loss = lane_add(loss, Self.lossOfTwo(lead: lead, small: small)) }
  }

  /// log(1 + e^-lead), given e^-|lead|.
  @inline(__always)
  private static func lossOfTwo(lead: LaneVector, small: LaneVector) -> LaneVector {
    lane_add(lane_max(lane_subtract(lane_splat(0), lead), lane_splat(0)), laneLogarithmOfOnePlus(small))
  }

  /// The cross-entropy of a sample of two classes whose logits are -z and z.
  @inline(__always)
  static func lossOfTwo(_ z: LaneVector, label: Int) -> LaneVector {
    let lead = lane_multiply(lane_splat(label == 1 ? 2 : -2), z)
    return lossOfTwo(lead: lead, small: laneExponential(lane_subtract(lane_splat(0), lane_abs(lead))))
  }

  /// 1 in the lanes where the label of a sample with the logits -z and z is not the first of the largest, 0 in the others.
  @inline(__always)
  static func errorOfTwo(_ z: LaneVector, label: Int) -> LaneVector {
    let isFirst = lane_where_less(lane_splat(0), z, lane_splat(0), lane_splat(1))
    return label == 1 ? isFirst : lane_subtract(lane_splat(1), isFirst)
  }
}
