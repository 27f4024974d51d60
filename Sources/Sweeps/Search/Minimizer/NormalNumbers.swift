/// Standard normal numbers from a seed, the same on every machine: SplitMix64 and Marsaglia's polar method.
struct NormalNumbers: Sendable {
  private var state: UInt64
  /// The second number of a pair.
  private var spare: Double?

  /// - Parameter stream: numbers of one seed and different streams are independent.
  init(seed: UInt64, stream: UInt64 = 0) {
    state = Self.mix(Self.mix(seed) ^ stream)
  }

  mutating func next() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    while true {
      let u = uniform()
      let v = uniform()
      let s = u * u + v * v
      guard s > 0, s < 1 else { continue }
      let scale = (-2 * ElementaryFunctions.log(s) / s).squareRoot()
      spare = v * scale
      return u * scale
    }
  }

  /// Uniform in -1 ..< 1, a multiple of 2^-52.
  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Double(Self.mix(state) >> 11) * 0x1p-52 - 1
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
