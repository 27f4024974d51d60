import SIMDShims

/// The memory of an optimizer for one vector of runs.
struct OptimizerMemory {
  let weights: LaneBuffer
  /// `UpdateRule.stateCount` buffers of the shape of the weights, zero at the start.
  let state: [LaneBuffer]

  init(shape: LaneShape, stateCount: Int) {
    weights = LaneBuffer(count: shape.vectorCount)
    state = (0..<stateCount).map { LaneBuffer(count: shape.vectorCount, cacheLineOffset: 21 * ($0 + 1)) }
  }
}

/// How a vector of weights moves, given its gradient.
protocol LaneUpdate {
  /// - Parameters:
  ///   - square: of the gradient.
  ///   - index: of the vector in each of the optimizer's arrays.
  func update(_ gradient: LaneVector, square: LaneVector, at index: Int)
}

/// How an optimizer moves the weights of a step.
protocol UpdateRule: LaneUpdate {
  /// How many buffers beside the weights the rule keeps.
  static var stateCount: Int { get }
  /// Whether an update divides, which keeps the divider busy about as long as a gradient's sum keeps the multipliers.
  static var usesDivider: Bool { get }
  init(optimizer: Optimizer, memory: OptimizerMemory)
  /// Sets the constants of a step. - Parameter correction: `BiasCorrection` of the step.
  mutating func begin(rate: LaneVector, correction: BiasCorrection.Step)
  /// Asks for all that an update reads.
  func prefetch(at index: Int)
}

/// w <- w - eta g.
struct SGDRule: UpdateRule {
  private let weights: UnsafeMutablePointer<LaneVector>
  private var negativeRate = lane_splat(0)

  @inline(__always) static var stateCount: Int { 0 }
  @inline(__always) static var usesDivider: Bool { false }
  init(optimizer: Optimizer, memory: OptimizerMemory) {
    weights = memory.weights.pointer
  }
  @inline(__always) mutating func begin(rate: LaneVector, correction: BiasCorrection.Step) {
    negativeRate = lane_subtract(lane_splat(0), rate)
  }
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    weights[index] = lane_fma(negativeRate, gradient, weights[index])
  }
  @inline(__always) func prefetch(at index: Int) { memory_prefetch(weights + index) }
}

/// SGD with momentum and weight decay. The buffer starts at zero, so the first gradient starts it, as PyTorch has it.
struct MomentumRule: UpdateRule {
  private let weights: UnsafeMutablePointer<LaneVector>
  private let buffer: UnsafeMutablePointer<LaneVector>
  private let momentum: LaneVector
  private let weightDecay: LaneVector
  private var negativeRate = lane_splat(0)

  @inline(__always) static var stateCount: Int { 1 }
  @inline(__always) static var usesDivider: Bool { false }
  init(optimizer: Optimizer, memory: OptimizerMemory) {
    guard case .sgd(let momentum, let weightDecay) = optimizer else { preconditionFailure("SGD's rule for another optimizer") }
    weights = memory.weights.pointer
    buffer = memory.state[0].pointer
    self.momentum = lane_splat(Float(momentum))
    self.weightDecay = lane_splat(Float(weightDecay))
  }
  @inline(__always) mutating func begin(rate: LaneVector, correction: BiasCorrection.Step) {
    negativeRate = lane_subtract(lane_splat(0), rate)
  }
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    let decayed = lane_fma(weightDecay, weights[index], gradient)
    let direction = lane_fma(momentum, buffer[index], decayed)
    buffer[index] = direction
    weights[index] = lane_fma(negativeRate, direction, weights[index])
  }
  @inline(__always) func prefetch(at index: Int) {
    memory_prefetch(weights + index)
    memory_prefetch(buffer + index)
  }
}

/// Adam without weight decay, its moments unnormalised: M <- b1 M + g, V <- b2 V + g^2. With m = (1-b1) M and v = (1-b2) V,
///
///     eta m_hat / (sqrt(v_hat) + eps) = eta s_t M / (sqrt(V) + e_t)
///
/// where the step's scalars s_t and e_t hold the factors and the bias corrections (`BiasCorrection`).
struct AdamRule: UpdateRule {
  private let weights: UnsafeMutablePointer<LaneVector>
  private let first: UnsafeMutablePointer<LaneVector>
  private let second: UnsafeMutablePointer<LaneVector>
  private let beta1: LaneVector
  private let beta2: LaneVector
  /// -eta s_t.
  private var negativeStep = lane_splat(0)
  /// e_t.
  private var epsilon = lane_splat(0)

  @inline(__always) static var stateCount: Int { 2 }
  @inline(__always) static var usesDivider: Bool { true }
  init(optimizer: Optimizer, memory: OptimizerMemory) {
    guard case .adam(let beta1, let beta2, _, _, _) = optimizer else {
      preconditionFailure("Adam's rule for another optimizer")
    }
    weights = memory.weights.pointer
    first = memory.state[0].pointer
    second = memory.state[1].pointer
    self.beta1 = lane_splat(Float(beta1))
    self.beta2 = lane_splat(Float(beta2))
  }
  @inline(__always) mutating func begin(rate: LaneVector, correction: BiasCorrection.Step) {
    negativeStep = lane_multiply(rate, lane_splat(-correction.scale))
    epsilon = lane_splat(correction.epsilon)
  }
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    weights[index] = lane_fma(negativeStep, direction(gradient, square: square, at: index), weights[index])
  }
  @inline(__always) func prefetch(at index: Int) {
    memory_prefetch(weights + index)
    memory_prefetch(first + index)
    memory_prefetch(second + index)
  }
  /// m_hat / (sqrt(v_hat) + eps) but for the factor s_t.
  @inline(__always) func direction(_ gradient: LaneVector, square: LaneVector, at index: Int) -> LaneVector {
    let m = lane_fma(beta1, first[index], gradient)
    let v = lane_fma(beta2, second[index], square)
    first[index] = m
    second[index] = v
    return lane_divide(m, lane_add(lane_sqrt(v), epsilon))
  }
}

/// Adam with weight decay: added to the gradient, as `torch.optim.Adam` does, or decoupled from it, as `AdamW` does.
struct DecayingAdamRule: UpdateRule {
  private let weights: UnsafeMutablePointer<LaneVector>
  private var adam: AdamRule
  private let weightDecay: Float
  private let isDecoupled: Bool
  private var kept = lane_splat(1)
  private var negativeRate = lane_splat(0)
  private let coupledDecay: LaneVector

  @inline(__always) static var stateCount: Int { 2 }
  @inline(__always) static var usesDivider: Bool { true }
  init(optimizer: Optimizer, memory: OptimizerMemory) {
    guard case .adam(_, _, _, let weightDecay, let decoupled) = optimizer else {
      preconditionFailure("Adam's rule for another optimizer")
    }
    weights = memory.weights.pointer
    adam = AdamRule(optimizer: optimizer, memory: memory)
    self.weightDecay = Float(weightDecay)
    isDecoupled = decoupled
    coupledDecay = lane_splat(decoupled ? 0 : Float(weightDecay))
  }
  @inline(__always) mutating func begin(rate: LaneVector, correction: BiasCorrection.Step) {
    adam.begin(rate: rate, correction: correction)
    negativeRate = lane_multiply(rate, lane_splat(-correction.scale))
    kept = isDecoupled ? lane_fma(rate, lane_splat(-weightDecay), lane_splat(1)) : lane_splat(1)
  }
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    let decayed = lane_fma(coupledDecay, weights[index], gradient)
    let direction = adam.direction(decayed, square: lane_multiply(decayed, decayed), at: index)
    weights[index] = lane_fma(negativeRate, direction, lane_multiply(kept, weights[index]))
  }
  @inline(__always) func prefetch(at index: Int) { adam.prefetch(at: index) }
}
