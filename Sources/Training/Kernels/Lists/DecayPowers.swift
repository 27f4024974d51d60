import SIMDShims

/// base^0, base^1, ...: the factors by which a moment decays over that many steps without a gradient.
struct DecayPowers {
  private let powers: UnsafeMutablePointer<Float>
  private let last: Int

  /// - Parameters:
  ///   - base: in [0, 1).
  ///   - steps: the largest exponent needed.
  init(of base: Double, steps: Int, in memory: KernelMemory) {
    var powers: [Float] = [1]
    var power = base
    while powers.count <= steps, power > 1e-37 {
      powers.append(Float(power))
      power *= base
    }
    // Higher powers underflow to zero as Floats.
    if powers.count <= steps { powers.append(0) }
    self.powers = memory.array(powers)
    last = powers.count - 1
  }

  /// base^`exponent` in every lane.
  @inline(__always)
  subscript(exponent: Int) -> LaneVector { lane_splat(powers[min(exponent, last)]) }
}
