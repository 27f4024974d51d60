import SIMDShims

/// Logits of samples for one vector of runs, [sample][class], and their maximum per sample. The softmax replaces them by
/// residuals.
struct Logits {
  let values: UnsafeMutablePointer<LaneVector>
  let maxima: UnsafeMutablePointer<LaneVector>
  let classes: Int
  /// Vectors per sample.
  let stride: Int

  init(samples: Int, classes: Int, stride: Int, in memory: KernelMemory) {
    values = memory.vectors(samples * stride, line: 11)
    maxima = memory.vectors(samples)
    self.classes = classes
    self.stride = stride
  }

  @inline(__always) func sample(_ index: Int) -> UnsafeMutablePointer<LaneVector> { values + index &* stride }
}

/// Turns logits into residuals, the gradient of the batch loss with respect to the logits: `scale` x (softmax - one-hot).
///
/// The label's entry is minus the sum of the others: p - 1 would cancel catastrophically as p nears 1.
struct Softmax {
  let logits: Logits
  /// Per sample, the factor still to be applied to its residuals.
  let factors: UnsafeMutablePointer<LaneVector>
  /// [sample][class], all 1. A sample's label is set to 0 during its softmax, which excludes it from a sum without a branch.
  private let isOther: UnsafeMutablePointer<Float>

  init(_ logits: Logits, samples: Int, in memory: KernelMemory) {
    self.logits = logits
    factors = memory.vectors(samples, line: 19)
    isOther = memory.array(repeating: 1, count: samples * logits.stride)
  }

  /// Computes the residuals of consecutive samples together, except for their factors.
  ///
  /// - Parameters:
  ///   - label: the class of a sample; the argument counts from `first`.
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

  /// Computes the residuals of one sample.
  @inline(__always)
  func makeResiduals(_ sample: Int, scale: LaneVector, label: Int) {
    makeResiduals(LaneVector.self, from: sample, scale: scale) { _ in label }
    let z = logits.sample(sample)
    let factor = factors[sample]
    for c in 0..<logits.classes { z[c] = lane_multiply(z[c], factor) }
  }
}

extension Logits {
  /// The cross-entropy of a sample: (max - z) + log(sum of exponentials), computed as log(1 + others) if the label has the
  /// largest logit, which keeps the accuracy of small losses.
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

  /// 1 in the lanes that misclassify the sample, 0 in the others. The predicted class is the first with the largest logit: a
  /// class before the label wins a tie.
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

/// The softmax for two classes of which one is stored: the logits are -z and z.
enum SoftmaxOfTwo {
  /// The margin of the label, and e^-|margin|.
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

  /// The cross-entropy: log(1 + e^-margin).
  @inline(__always)
  static func loss(_ z: LaneVector, label: Int) -> LaneVector {
    let (lead, small) = lead(z, label)
    return lane_add(lane_max(lane_subtract(lane_splat(0), lead), lane_splat(0)), laneLogarithmOfOnePlus(small))
  }

  /// 1 in the lanes that misclassify the sample, 0 in the others; class 0 wins a tie.
  @inline(__always)
  static func error(_ z: LaneVector, label: Int) -> LaneVector {
    let isFirst = lane_where_less(lane_splat(0), z, lane_splat(0), lane_splat(1))
    return label == 1 ? isFirst : lane_subtract(lane_splat(1), isFirst)
  }
}

extension Softmax {
  /// Computes the loss and the residuals of one sample of a sparse kernel, which stores one of two classes.
  ///
  /// - Parameter loss: increased by the sample's cross-entropy if `wantsLoss`.
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
