import SIMDShims

/// Logits of samples for the lanes of one vector, by sample and class, with their maxima by sample. The softmax replaces them by residuals.
struct Logits {
  let values: UnsafeMutablePointer<LaneVector>
  let maxima: UnsafeMutablePointer<LaneVector>
  let classes: Int
  /// Vectors from a sample to the next.
  let stride: Int

  init(samples: Int, classes: Int, stride: Int, in memory: KernelMemory) {
    values = memory.vectors(samples * stride, line: 11)
    maxima = memory.vectors(samples)
    self.classes = classes
    self.stride = stride
  }

  @inline(__always) func sample(_ index: Int) -> UnsafeMutablePointer<LaneVector> { values + index &* stride }
}

/// Turns logits into residuals, the gradient of the batch's loss by the logits: `scale` x (softmax - 1 at the label).
///
/// The label's entry is minus the sum of the others: p - 1 loses all its digits as p nears 1.
struct Softmax {
  let logits: Logits
  /// By sample: what its row of residuals has to be multiplied by.
  let factors: UnsafeMutablePointer<LaneVector>
  /// By sample and class: all 1. A sample's label is 0 while its softmax is made: that leaves it out of a sum without a branch.
  private let isOther: UnsafeMutablePointer<Float>

  init(_ logits: Logits, samples: Int, in memory: KernelMemory) {
    self.logits = logits
    factors = memory.vectors(samples, line: 19)
    isOther = memory.array(repeating: 1, count: samples * logits.stride)
  }

  /// The residuals of neighbouring samples side by side, but for their factors.
  ///
  /// - Parameters:
  ///   - label: the class of a sample, counted from the first of these.
  ///   - scale: 1 / batch size.
  @inline(__always)
  func makeResiduals<Samples: Vectors>(
    _: Samples.Type, from first: Int, scale: LaneVector, label: (Int) -> Int
  ) {
    let stride = logits.stride
    let isOther = isOther + first &* stride
    for i in 0..<Samples.count { isOther[i &* stride &+ label(i)] = 0 }
    let maximum = Samples(loading: UnsafePointer(logits.maxima + first))
    var others = Samples.zero
    var z = logits.sample(first)
    var isAdded = UnsafePointer(isOther)
    for _ in 0..<logits.classes {
      let logit = Samples(loading: UnsafePointer(z), stride: stride)
      let e = laneExponential(logit.map(with: maximum) { lane_subtract($0, $1) })
      e.store(to: z, stride: stride)
      others.add(isAdded, stride: stride, times: e)
      z += 1
      isAdded += 1
    }
    others.store(to: factors + first)
    for i in 0..<Samples.count {
      isOther[i &* stride &+ label(i)] = 1
      let ofLabel = logits.sample(first &+ i) + label(i)
      let others = factors[first &+ i]
      factors[first &+ i] = lane_divide(scale, lane_add(others, ofLabel[0]))
      ofLabel[0] = lane_subtract(lane_splat(0), others)
    }
  }

  /// The residuals of one sample.
  @inline(__always)
  func makeResiduals(_ sample: Int, scale: LaneVector, label: Int) {
    makeResiduals(LaneVector.self, from: sample, scale: scale) { _ in label }
    let z = logits.sample(sample)
    let factor = factors[sample]
    for c in 0..<logits.classes { z[c] = lane_multiply(z[c], factor) }
  }
}

extension Logits {
  /// The cross-entropy of a sample: (max - z) + log(sum of exponentials), as log(1 + others) where the label's logit is the largest,
  /// so that small losses keep their digits.
  @inline(__always)
  func loss(_ sample: Int, label: Int) -> LaneVector {
    let z = self.sample(sample)
    let maximum = maxima[sample]
    var others = lane_splat(0)
    for c in 0..<label { others = lane_add(others, laneExponential(lane_subtract(z[c], maximum))) }
    for c in (label &+ 1)..<max(label &+ 1, classes) {
      others = lane_add(others, laneExponential(lane_subtract(z[c], maximum)))
    }
    let total = lane_add(others, laneExponential(lane_subtract(z[label], maximum)))
    let overOne = lane_where_less(z[label], maximum, lane_subtract(total, lane_splat(1)), others)
    return lane_add(lane_subtract(maximum, z[label]), laneLogarithmOfOnePlus(overOne))
  }

  /// 1 in the lanes where a class before the label scores at least as much, or one behind it more; 0 in the others: the predicted
  /// class is the first of the largest logit.
  @inline(__always)
  func error(_ sample: Int, label: Int) -> LaneVector {
    let z = self.sample(sample)
    let one = lane_splat(1)
    let ofLabel = z[label]
    var wrong = lane_splat(0)
    for c in 0..<label { wrong = lane_where_less(z[c], ofLabel, wrong, one) }
    for c in label..<classes { wrong = lane_where_less(ofLabel, z[c], one, wrong) }
    return wrong
  }
}

/// The softmax of two classes of which one is stored: their logits are -z and z.
enum SoftmaxOfTwo {
  /// By how much the label leads, and e^-|lead|.
  @inline(__always)
  private static func lead(_ z: LaneVector, _ label: Int) -> (lead: LaneVector, small: LaneVector) {
    let lead = lane_multiply(lane_splat(label == 1 ? 2 : -2), z)
    return (lead, laneExponential(lane_subtract(lane_splat(0), lane_abs(lead))))
  }

  @inline(__always)
  static func residual(_ z: LaneVector, scale: LaneVector, label: Int) -> LaneVector {
    let (lead, small) = lead(z, label)
    let inverse = lane_divide(lane_splat(1), lane_add(lane_splat(1), small))
    let wrong = lane_where_less(lead, lane_splat(0), inverse, lane_multiply(small, inverse))
    return lane_multiply(lane_multiply(scale, lane_splat(label == 1 ? -1 : 1)), wrong)
  }

  /// The cross-entropy: log(1 + e^-lead).
  @inline(__always)
  static func loss(_ z: LaneVector, label: Int) -> LaneVector {
    let (lead, small) = lead(z, label)
    return lane_add(lane_max(lane_subtract(lane_splat(0), lead), lane_splat(0)), laneLogarithmOfOnePlus(small))
  }

  /// 1 in the lanes where the label is not the first of the largest logit, 0 in the others.
  @inline(__always)
  static func error(_ z: LaneVector, label: Int) -> LaneVector {
    let isFirst = lane_where_less(lane_splat(0), z, lane_splat(0), lane_splat(1))
    return label == 1 ? isFirst : lane_subtract(lane_splat(1), isFirst)
  }
}

extension Softmax {
  /// The loss and the residuals of one sample of a sparse kernel, which stores one of two classes.
  ///
  /// - Parameter loss: the sample's cross-entropy is added where `wantsLoss`.
  @inline(__always)
  func makeStoredResiduals(
    _ sample: Int, scale: LaneVector, label: Int, wantsLoss: Bool, _ loss: inout LaneVector
  ) {
    guard logits.classes > 1 else {
      let z = logits.values + sample
      if wantsLoss { loss = lane_add(loss, SoftmaxOfTwo.loss(z[0], label: label)) }
      z[0] = SoftmaxOfTwo.residual(z[0], scale: scale, label: label)
      return
    }
    if wantsLoss { loss = lane_add(loss, logits.loss(sample, label: label)) }
    makeResiduals(sample, scale: scale, label: label)
  }
}
