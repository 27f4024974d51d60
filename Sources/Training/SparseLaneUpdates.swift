import SIMDShims

/// w <- w - eta g. Features that do not occur stay where they are.
struct SparseSGDRule: LaneUpdate {
  let weights: UnsafeMutablePointer<LaneVector>
  /// -eta.
  let rate: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, at index: Int) {
    weights[index] = lane_fma(rate, gradient, weights[index])
  }
}

/// SGD with momentum mu over the k steps to the feature's next event: with b the buffer after this step's gradient,
///
///     w <- w - b sum_{j<k} eta_{t+j} mu^j,    b <- mu^k b.
///
/// The buffer is stored as its next event finds it.
struct SparseMomentumRule: LaneUpdate {
  let weights: UnsafeMutablePointer<LaneVector>
  let buffer: UnsafeMutablePointer<LaneVector>
  /// Minus the sum.
  let sum: LaneVector
  /// mu^k.
  let decay: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, at index: Int) {
    let direction = lane_add(buffer[index], gradient)
    weights[index] = lane_fma(sum, direction, weights[index])
    buffer[index] = lane_multiply(decay, direction)
  }
}

/// The degree of a look-ahead polynomial of Adam.
protocol SparseLanePolynomial {
  static var degree: Int { get }
}
enum SparseLaneDegree4: SparseLanePolynomial { @inline(__always) static var degree: Int { 4 } }
enum SparseLaneDegree6: SparseLanePolynomial { @inline(__always) static var degree: Int { 6 } }
enum SparseLaneDegree8: SparseLanePolynomial { @inline(__always) static var degree: Int { 8 } }

extension SparseLanePolynomial {
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

/// Adam's arrays on the sparse path.
struct SparseAdamState {
  let weights: UnsafeMutablePointer<LaneVector>
  /// The moments, unnormalised, as a feature's next event finds them.
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
}

/// Adam over the k steps to the feature's next event. With M and V the unnormalised moments after this step's gradient, s = sqrt(V),
/// A_j = eta_{t+j} s_{t+j} and e_j the epsilon of step t + j, the weight moves by
///
///     - M sum_{j<k} A_j b1^j / (q^j s + e_j),    q = sqrt(b2),
///
/// which is M inv P(2 c e inv - 1) with inv = 1/(s + c e) and the polynomial P of `SparseLaneLookAhead`. The moments are stored as
/// the next event finds them, b1^k M and b2^k V.
struct SparseLookAheadRule<Polynomial: SparseLanePolynomial>: LaneUpdate {
  let state: SparseAdamState
  /// Of this k.
  let coefficients: UnsafePointer<LaneVector>
  /// c e.
  let offset: LaneVector
  /// b1^k and b2^k.
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, at index: Int) {
    let m = lane_add(state.first[index], gradient)
    let v = lane_fma(gradient, gradient, state.second[index])
    state.first[index] = lane_multiply(decay1, m)
    state.second[index] = lane_multiply(decay2, v)
    let inverse = lane_divide(lane_splat(1), lane_add(lane_sqrt(v), offset))
    let x = lane_fma(lane_add(offset, offset), inverse, lane_splat(-1))
    state.weights[index] = lane_fma(
      lane_multiply(m, inverse), Polynomial.value(coefficients, at: x), state.weights[index])
  }
}

/// Adam over the k steps to the feature's next event in a run's first steps, where the bias correction of epsilon changes too fast
/// for a polynomial: step by step, and by a polynomial for what lies beyond.
struct SparseReplayRule: LaneUpdate {
  let state: SparseAdamState
  /// -A_j.
  let rates: UnsafePointer<LaneVector>
  /// e_j.
  let epsilons: UnsafePointer<Float>
  /// How many steps to replay.
  let steps: Int
  /// For what lies beyond, of degree 8; nil where nothing does.
  let coefficients: UnsafePointer<LaneVector>?
  let offset: LaneVector
  let beta1: LaneVector
  /// sqrt(b2).
  let root: LaneVector
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, at index: Int) {
    var m = lane_add(state.first[index], gradient)
    let v = lane_fma(gradient, gradient, state.second[index])
    state.first[index] = lane_multiply(decay1, m)
    state.second[index] = lane_multiply(decay2, v)
    var s = lane_sqrt(v)
    var weight = state.weights[index]
    for j in 0..<steps {
      weight = lane_fma(rates[j], lane_divide(m, lane_add(s, lane_splat(epsilons[j]))), weight)
      m = lane_multiply(beta1, m)
      s = lane_multiply(root, s)
    }
    if let coefficients {
      let inverse = lane_divide(lane_splat(1), lane_add(s, offset))
      let x = lane_fma(lane_add(offset, offset), inverse, lane_splat(-1))
      weight = lane_fma(lane_multiply(m, inverse), SparseLaneDegree8.value(coefficients, at: x), weight)
    }
    state.weights[index] = weight
  }
}
