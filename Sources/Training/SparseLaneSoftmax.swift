import SIMDShims

/// Logits of a batch's samples, [sample][class][vector of lanes], turned into residuals in place.
struct SparseLaneSoftmax {
  let logits: UnsafeMutablePointer<LaneVector>
  let classes: Int
  let vectors: Int

  /// Replaces a sample's logits by `scale` x (softmax - 1 at the label), and adds its cross-entropy to `losses`, one for each vector
  /// of lanes, where `wantsLoss`. The label's entry is minus the sum of the others, as in the dense path.
  @inline(__always)
  func makeResiduals(
    sample: Int, label: Int, scale: LaneVector, wantsLoss: Bool, _ losses: UnsafeMutablePointer<LaneVector>
  ) {
    for vector in 0..<vectors {
      let z = logits + sample * classes * vectors + vector
      var maximum = z[0]
      for c in 1..<classes { maximum = lane_max(maximum, z[c * vectors]) }
      let logit = z[label * vectors]
      let ofLabel = laneExponential(lane_subtract(logit, maximum))
      z[label * vectors] = lane_splat(-.infinity)
      var others = lane_splat(0)
      for c in 0..<classes {
        let e = laneExponential(lane_subtract(z[c * vectors], maximum))
        z[c * vectors] = e
        others = lane_add(others, e)
      }
      let total = lane_add(others, ofLabel)
      if wantsLoss {
        let overOne = lane_where_less(logit, maximum, lane_subtract(total, lane_splat(1)), others)
        let loss = lane_add(lane_subtract(maximum, logit), laneLogarithmOfOnePlus(overOne))
        losses[vector] = lane_add(losses[vector], loss)
      }
      let factor = lane_divide(scale, total)
      for c in 0..<classes { z[c * vectors] = lane_multiply(z[c * vectors], factor) }
      z[label * vectors] = lane_multiply(lane_subtract(lane_splat(0), others), factor)
    }
  }

  /// The same for two classes of which the second alone is stored, the first being its negative: then `logits` holds [sample][vector
  /// of lanes].
  @inline(__always)
  func makeResidualsOfTwo(
    sample: Int, label: Int, scale: LaneVector, wantsLoss: Bool, _ losses: UnsafeMutablePointer<LaneVector>
  ) {
    let sign = lane_splat(label == 1 ? 2 : -2)
    let outward = label == 1 ? lane_subtract(lane_splat(0), scale) : scale
    for vector in 0..<vectors {
      let z = logits + sample * vectors + vector
      // How far the label leads.
      let lead = lane_multiply(sign, z[0])
      let small = laneExponential(lane_subtract(lane_splat(0), lane_abs(lead)))
      let inverse = lane_divide(lane_splat(1), lane_add(lane_splat(1), small))
      let wrong = lane_where_less(lead, lane_splat(0), inverse, lane_multiply(small, inverse))
      z[0] = lane_multiply(outward, wrong)
      if wantsLoss {
        let behind = lane_max(lane_subtract(lane_splat(0), lead), lane_splat(0))
        losses[vector] = lane_add(losses[vector], lane_add(behind, laneLogarithmOfOnePlus(small)))
      }
    }
  }
}
