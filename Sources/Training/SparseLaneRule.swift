import SIMDShims

/// How an optimizer moves one vector of weights of a feature that occurs, given its gradient, up to the feature's next event.
protocol SparseLaneRule {
  /// How many arrays beside the weights it moves.
  static var stateCount: Int { get }
  /// - Parameters:
  ///   - index: of the vector among all weights.
  ///   - entry: of the vector in its feature's row.
  func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int)
}

/// w <- w - eta g. Features that do not occur stay where they are.
struct SparseSGDRule: SparseLaneRule {
  @inline(__always) static var stateCount: Int { 0 }
  let weights: UnsafeMutablePointer<LaneVector>
  /// -eta, by entry.
  let rates: UnsafePointer<LaneVector>

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int) {
    weights[index] = lane_fma(rates[entry], gradient, weights[index])
  }
}

/// SGD with momentum mu over the k steps to the feature's next event: with b the buffer after this step's gradient,
///
///     w <- w - b sum_{j<k} eta_{t+j} mu^j,    b <- mu^k b.
///
/// The buffer is stored as its next event finds it.
struct SparseMomentumRule: SparseLaneRule {
  @inline(__always) static var stateCount: Int { 1 }
  let weights: UnsafeMutablePointer<LaneVector>
  let buffer: UnsafeMutablePointer<LaneVector>
  /// Minus the sum, by vector of lanes.
  let sums: UnsafePointer<LaneVector>
  let vectorOfEntry: UnsafePointer<Int32>
  /// mu^k.
  let decay: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int) {
    let direction = lane_add(buffer[index], gradient)
    weights[index] = lane_fma(sums[Int(vectorOfEntry[entry])], direction, weights[index])
    buffer[index] = lane_multiply(decay, direction)
  }
}

/// One step of Adam, its moments unnormalised as in `AdamRule`, where every feature has a record.
struct SparseAdamRule: SparseLaneRule {
  @inline(__always) static var stateCount: Int { 2 }
  let weights: UnsafeMutablePointer<LaneVector>
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
  let beta1: LaneVector
  let beta2: LaneVector
  /// -eta s_t, by entry.
  let rates: UnsafePointer<LaneVector>
  let epsilon: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int) {
    let m = lane_fma(beta1, first[index], gradient)
    let v = lane_fma(beta2, second[index], square)
    first[index] = m
    second[index] = v
    weights[index] = lane_fma(rates[entry], lane_divide(m, lane_add(lane_sqrt(v), epsilon)), weights[index])
  }
}

/// The coefficients of a look-ahead polynomial of Adam, as a rule finds them.
protocol SparseLanePolynomial {
  static var degree: Int { get }
}
enum SparseLaneDegree4: SparseLanePolynomial { @inline(__always) static var degree: Int { 4 } }
enum SparseLaneDegree6: SparseLanePolynomial { @inline(__always) static var degree: Int { 6 } }
enum SparseLaneDegree8: SparseLanePolynomial { @inline(__always) static var degree: Int { 8 } }

extension SparseLanePolynomial {
  /// - Parameter coefficients: of x^0, x^1, ..., `stride` vectors apart.
  @inline(__always)
  static func value(_ coefficients: UnsafePointer<LaneVector>, stride: Int, at x: LaneVector) -> LaneVector {
    var power = degree
    var sum = coefficients[power * stride]
    while power > 0 {
      power -= 1
      sum = lane_fma(sum, x, coefficients[power * stride])
    }
    return sum
  }
}

/// Adam over the k steps to the feature's next event. With M and V the unnormalised moments after this step's gradient, s = sqrt(V),
/// A_j = eta_{t+j} s_{t+j} and e_j the epsilon of step t + j, the weight moves by
///
///     - M sum_{j<k} A_j b1^j / (q^j s + e_j),    q = sqrt(b2),
///
/// which is M inv P(2 c e inv - 1) with inv = 1/(s + c e) and the polynomial P of `SparseLaneLookAhead`. The moments are stored as
/// the next event finds them, b1^k M and b2^k V.
struct SparseLookAheadRule<Polynomial: SparseLanePolynomial>: SparseLaneRule {
  @inline(__always) static var stateCount: Int { 2 }
  let weights: UnsafeMutablePointer<LaneVector>
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
  /// Of this k: [power][vector of lanes].
  let coefficients: UnsafePointer<LaneVector>
  let vectors: Int
  let vectorOfEntry: UnsafePointer<Int32>
  /// c e.
  let offset: LaneVector
  /// b1^k and b2^k.
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int) {
    let m = lane_add(first[index], gradient)
    let v = lane_add(second[index], square)
    first[index] = lane_multiply(decay1, m)
    second[index] = lane_multiply(decay2, v)
    let inverse = lane_divide(lane_splat(1), lane_add(lane_sqrt(v), offset))
    let x = lane_fma(lane_add(offset, offset), inverse, lane_splat(-1))
    let sum = Polynomial.value(coefficients + Int(vectorOfEntry[entry]), stride: vectors, at: x)
    weights[index] = lane_fma(lane_multiply(m, inverse), sum, weights[index])
  }
}

/// Adam over the k steps to the feature's next event in a run's first steps, where the bias correction of epsilon changes too fast
/// for a polynomial: step by step, and by a polynomial for what lies beyond.
struct SparseReplayRule: SparseLaneRule {
  @inline(__always) static var stateCount: Int { 2 }
  let weights: UnsafeMutablePointer<LaneVector>
  let first: UnsafeMutablePointer<LaneVector>
  let second: UnsafeMutablePointer<LaneVector>
  /// -A_j: [j][vector of lanes].
  let rates: UnsafePointer<LaneVector>
  /// e_j.
  let epsilons: UnsafePointer<Float>
  /// How many steps to replay.
  let steps: Int
  /// For what lies beyond, of degree 8: [power][vector of lanes]; nil where nothing does.
  let coefficients: UnsafePointer<LaneVector>?
  let offset: LaneVector
  let vectors: Int
  let vectorOfEntry: UnsafePointer<Int32>
  let beta1: LaneVector
  /// sqrt(b2).
  let root: LaneVector
  let decay1: LaneVector
  let decay2: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int, entry: Int) {
    let vector = Int(vectorOfEntry[entry])
    var m = lane_add(first[index], gradient)
    let v = lane_add(second[index], square)
    first[index] = lane_multiply(decay1, m)
    second[index] = lane_multiply(decay2, v)
    var s = lane_sqrt(v)
    var weight = weights[index]
    for j in 0..<steps {
      weight = lane_fma(rates[j * vectors + vector], lane_divide(m, lane_add(s, lane_splat(epsilons[j]))), weight)
      m = lane_multiply(beta1, m)
      s = lane_multiply(root, s)
    }
    if let coefficients {
      let inverse = lane_divide(lane_splat(1), lane_add(s, offset))
      let x = lane_fma(lane_add(offset, offset), inverse, lane_splat(-1))
      let sum = SparseLaneDegree8.value(coefficients + vector, stride: vectors, at: x)
      weight = lane_fma(lane_multiply(m, inverse), sum, weight)
    }
    weights[index] = weight
  }
}
