import SIMDShims

/// The degree of a polynomial in Adam's look-ahead.
protocol LookAheadPolynomial {
  static var degree: Int { get }
}
enum Degree4: LookAheadPolynomial { @inline(__always) static var degree: Int { 4 } }
enum Degree6: LookAheadPolynomial { @inline(__always) static var degree: Int { 6 } }
enum Degree8: LookAheadPolynomial { @inline(__always) static var degree: Int { 8 } }

extension LookAheadPolynomial {
  /// - Parameter coefficients: of x^0, x^1, ...
  @inline(__always)
  static func value(_ coefficients: UnsafePointer<LaneVector>, at x: LaneVector) -> LaneVector {
    var power = degree
    var sum = coefficients[power]
    while power > 0 {
      power -= 1
      sum = lane_fma(sum, x, coefficients[power])
    }
    return sum
  }
}

/// Adam's arrays on listed batches.
struct AdamState {
  let weights: UnsafeMutablePointer<LaneVector>
  /// The unnormalised moments, already decayed to the feature's next event.
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
}

/// Adam over the k steps to a feature's next event. With M and V the unnormalised moments after this step's gradient,
/// s = sqrt(V), A_j = eta_{t+j} s_{t+j} and e_j the epsilon of step t + j, the weight changes by
///
///     - M sum_{j<k} A_j b1^j / (q^j s + e_j),    q = sqrt(b2),
///
/// which is M inv P(2 c e inv - 1) with inv = 1/(s + c e) and the polynomial P of `LookAhead`. The moments are stored decayed
/// to the next event, b1^k M and b2^k V.
///
/// With weight decay, the terms of P include the decay of the later steps up to the horizon; `tail` is the decay beyond it.
struct LookAheadUpdate<Polynomial: LookAheadPolynomial>: LaneUpdate {
  let state: AdamState
  /// P's coefficients for this k.
  let coefficients: UnsafePointer<LaneVector>
  /// Decay factor of the weight over all k steps, and over those beyond the horizon.
  let kept: LaneVector
  let tail: LaneVector
  /// c e.
  let offset: LaneVector
  /// b1^k and b2^k.
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    update(columns: gradient, from: index)
  }

  /// Operates in stages over all columns, so that square roots and divisions of several vectors overlap, and instructions that
  /// wait for them do not fill the processor's queues.
  @inline(__always) func update<Columns: Vectors>(columns gradient: Columns, from index: Int) {
    let (weights, first, second) = (state.weights + index, state.first + index, state.second + index)
    let v = Columns(loading: UnsafePointer(second)).map(with: gradient) { lane_add(lane_multiply($1, $1), $0) }
    let root = v.map { lane_sqrt($0) }
    v.map { lane_multiply(decay2, $0) }.store(to: second)
    let m = Columns(loading: UnsafePointer(first)).map(with: gradient) { lane_add($0, $1) }
    m.map { lane_multiply(decay1, $0) }.store(to: first)
    let inverse = root.map { lane_divide(lane_splat(1), lane_add($0, offset)) }
    let x = inverse.map { lane_fma(lane_add(offset, offset), $0, lane_splat(-1)) }
    let direction = m.map(with: inverse) { lane_multiply(lane_multiply($0, tail), $1) }
    var sum = x.map { lane_fma($0, coefficients[Polynomial.degree], coefficients[Polynomial.degree - 1]) }
    for power in (0..<(Polynomial.degree - 1)).reversed() {
      sum = sum.map(with: x) { lane_fma($0, $1, coefficients[power]) }
    }
    let weight = Columns(loading: UnsafePointer(weights))
    let moved = direction.map(with: sum) { lane_multiply($0, $1) }.map(with: weight) { lane_fma(kept, $1, $0) }
    moved.store(to: weights)
  }
}

/// Adam over the k steps to a feature's next event in the first steps of a run, where the bias correction of epsilon changes
/// too fast for a polynomial: replays these steps, and uses a polynomial for the rest.
struct ReplayUpdate: LaneUpdate {
  let state: AdamState
  /// -A_j.
  let rates: UnsafePointer<LaneVector>
  /// Decay factor of the weight in each step.
  let decays: UnsafePointer<LaneVector>
  /// e_j.
  let epsilons: UnsafePointer<Float>
  /// Number of steps to replay.
  let steps: Int
  /// For the steps after the replay, of degree 8; nil if there are none.
  let coefficients: UnsafePointer<LaneVector>?
  /// As in `LookAheadUpdate`, for the steps after the replay.
  let kept: LaneVector
  let tail: LaneVector
  let offset: LaneVector
  let beta1: LaneVector
  /// sqrt(b2).
  let root: LaneVector
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    var m = lane_add(state.first[index], gradient)
    let v = lane_add(square, state.second[index])
    state.first[index] = lane_multiply(decay1, m)
    state.second[index] = lane_multiply(decay2, v)
    var s = lane_sqrt(v)
    var weight = state.weights[index]
    for j in 0..<steps {
      let direction = lane_divide(m, lane_add(s, lane_splat(epsilons[j])))
      weight = lane_fma(rates[j], direction, lane_multiply(decays[j], weight))
      m = lane_multiply(beta1, m)
      s = lane_multiply(root, s)
    }
    if let coefficients {
      let inverse = lane_divide(lane_splat(1), lane_add(s, offset))
      let x = lane_fma(lane_add(offset, offset), inverse, lane_splat(-1))
      let direction = lane_multiply(lane_multiply(m, tail), inverse)
      weight = lane_fma(direction, Degree8.value(coefficients, at: x), lane_multiply(kept, weight))
    }
    state.weights[index] = weight
  }
}
