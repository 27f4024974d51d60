import SIMDShims

/// What a step's look-ahead needs for each number k of steps to a feature's next event, of one vector of runs: made once a step, for
/// the k that occur in its batch.
final class SparseLaneLookAhead {
  /// Steps beyond this change nothing.
  let horizon: Int
  /// [k][power].
  private let coefficients: LaneBuffer
  /// The same for steps counted from the end of the replayed ones, of degree 8.
  private let afterReplay: LaneBuffer
  private let sums: LaneBuffer
  private let isWanted: KernelArray<Bool>
  /// Vectors from a k to the next.
  private let powers: Int
  private let bands: [Band]
  private let terms: SparseLaneTerms?

  /// The scalars of F_j, [j][power], for numbers of steps from `shortest` to `longest`.
  private struct Band {
    let table: KernelArray<Float>
    let shortest: Int
    let longest: Int
    let degree: Int
  }

  /// For Adam.
  convenience init(_ terms: SparseLaneTerms) {
    self.init(
      horizon: terms.horizon, powers: 9, terms: terms, bands: terms.bands.map { (longest: $0.longest, degree: $0.degree) })
  }

  /// For SGD with momentum, F_j = momentum^j.
  convenience init(momentum: Double, horizon: Int) {
    self.init(horizon: horizon, powers: 1, terms: nil, bands: [(longest: horizon, degree: 0)])
    var power = 1.0
    for j in 0..<horizon {
      bands[0].table.pointer[j] = Float(power)
      power *= momentum
    }
  }

  private init(horizon: Int, powers: Int, terms: SparseLaneTerms?, bands: [(longest: Int, degree: Int)]) {
    self.horizon = horizon
    self.powers = powers
    self.terms = terms
    coefficients = LaneBuffer(count: (horizon + 1) * powers)
    afterReplay = LaneBuffer(count: terms == nil ? 0 : (horizon + 1) * powers)
    sums = LaneBuffer(count: powers)
    isWanted = KernelArray(repeating: false, count: horizon + 1)
    var shortest = 1
    self.bands = bands.map { longest, degree in
      defer { shortest = longest + 1 }
      return Band(
        table: KernelArray(repeating: 0, count: longest * (degree + 1)), shortest: shortest, longest: longest, degree: degree)
    }
  }

  /// The coefficients for `gap` steps.
  @inline(__always)
  func coefficients(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(coefficients.pointer + min(gap, horizon) &* powers)
  }

  /// Those for `gap` steps from the end of the replayed ones.
  @inline(__always)
  func coefficientsAfterReplay(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(afterReplay.pointer + min(gap, horizon) &* powers)
  }

  /// Makes the scalars those of `step`.
  @inline(never)
  func setStep(_ step: Int) {
    guard let terms else { return }
    for (band, target) in zip(terms.bands, bands) {
      terms.fill(target.table.pointer, band, step: step, count: band.longest)
    }
  }

  /// Makes the coefficients for the gaps of `records`.
  ///
  /// - Parameter rates: minus the rates of this step and those after it.
  func prepare(_ records: UnsafePointer<SparseLaneRecord>, count: Int, rates: UnsafePointer<LaneVector>) {
    let isWanted = isWanted.pointer
    isWanted[1] = true  // the bias
    var longest = 1
    for i in 0..<count {
      let gap = min(Int(records[i].gap), horizon)
      isWanted[gap] = true
      longest = max(longest, gap)
    }
    for band in bands where band.shortest <= longest {
      sum(band, through: min(band.longest, longest), rates, into: coefficients.pointer)
    }
    for gap in 0...longest { isWanted[gap] = false }
  }

  /// Makes all coefficients for steps counted from the end of the replayed ones.
  func prepareAfterReplay(rates: UnsafePointer<LaneVector>) {
    guard let last = bands.last else { return }
    for gap in 0...horizon { isWanted.pointer[gap] = true }
    sum(
      Band(table: last.table, shortest: 1, longest: horizon, degree: last.degree), through: horizon, rates,
      into: afterReplay.pointer)
    for gap in 0...horizon { isWanted.pointer[gap] = false }
  }

  /// Prefix sums over j of rates[j] F_j, kept for the wanted numbers of terms.
  @inline(__always)
  private func sum(
    _ band: Band, through longest: Int, _ rates: UnsafePointer<LaneVector>, into target: UnsafeMutablePointer<LaneVector>
  ) {
    let terms = band.degree + 1
    let table = UnsafePointer(band.table.pointer)
    let (sums, isWanted) = (sums.pointer, isWanted.pointer)
    for power in 0..<terms { sums[power] = lane_splat(0) }
    for j in 0..<longest {
      for power in 0..<terms { sums[power] = lane_fma(lane_splat(table[j &* terms &+ power]), rates[j], sums[power]) }
      if j + 1 >= band.shortest, isWanted[j + 1] {
        for power in 0..<terms { target[(j &+ 1) &* powers &+ power] = sums[power] }
      }
    }
  }
}
