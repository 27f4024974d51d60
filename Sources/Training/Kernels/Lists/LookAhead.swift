import SIMDShims

/// The look-ahead coefficients of one step and one vector of runs, for each number k of steps to a feature's next event that
/// occurs in its batch.
final class LookAhead {
  /// Steps beyond the horizon change nothing.
  let horizon: Int
  /// [k][power of x].
  private let coefficients: UnsafeMutablePointer<LaneVector>
  /// The same for steps counted from the end of the replay, of degree 8.
  private let afterReplay: UnsafeMutablePointer<LaneVector>
  /// Decay factor of a weight over k steps.
  private let kept: UnsafeMutablePointer<LaneVector>
  private let keptAfterReplay: UnsafeMutablePointer<LaneVector>
  private let sums: UnsafeMutablePointer<LaneVector>
  private let isWanted: UnsafeMutablePointer<Bool>
  /// Vectors per k in `coefficients`.
  private let powers: Int
  private let bands: UnsafeMutablePointer<Band>
  private let bandCount: Int
  private let tables: UnsafeMutablePointer<Float>
  private let terms: AdamTerms?

  /// The polynomials of F_j for gaps from `shortest` to `longest`.
  private struct Band: BitwiseCopyable {
    /// [j][power], in `tables`.
    let table: UnsafeMutablePointer<Float>
    let shortest: Int
    let longest: Int
    let degree: Int
  }

  /// For Adam.
  convenience init(_ terms: AdamTerms, in memory: KernelMemory) {
    let bands = [terms.short, terms.middle, terms.long].map { (longest: $0.longest, degree: $0.degree) }
    self.init(horizon: terms.horizon, powers: 9, terms: terms, bands: bands, in: memory)
  }

  /// For SGD with momentum, F_j = momentum^j.
  convenience init(momentum: Double, horizon: Int, in memory: KernelMemory) {
    self.init(horizon: horizon, powers: 1, terms: nil, bands: [(longest: horizon, degree: 0)], in: memory)
    var power = 1.0
    for j in 0..<horizon {
      tables[j] = Float(power)
      power *= momentum
    }
  }

  private init(
    horizon: Int, powers: Int, terms: AdamTerms?, bands: [(longest: Int, degree: Int)], in memory: KernelMemory
  ) {
    self.horizon = horizon
    self.powers = powers
    self.terms = terms
    coefficients = memory.vectors((horizon + 1) * powers)
    afterReplay = memory.vectors(terms == nil ? 0 : (horizon + 1) * powers)
    kept = memory.vectors(horizon + 1)
    keptAfterReplay = memory.vectors(terms == nil ? 0 : horizon + 1)
    for k in 0...horizon { kept[k] = lane_splat(1) }
    if terms != nil { for k in 0...horizon { keptAfterReplay[k] = lane_splat(1) } }
    sums = memory.vectors(powers)
    isWanted = memory.array(repeating: false, count: horizon + 1)
    tables = memory.array(repeating: 0, count: bands.reduce(0) { $0 + $1.longest * ($1.degree + 1) })
    var table = tables
    var shortest = 1
    let placed = bands.map { longest, degree in
      defer {
        table += longest * (degree + 1)
        shortest = longest + 1
      }
      return Band(table: table, shortest: shortest, longest: longest, degree: degree)
    }
    self.bands = memory.array(placed)
    bandCount = placed.count
  }

  /// The coefficients for a gap.
  @inline(__always)
  func coefficients(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(coefficients + min(gap, horizon) &* powers)
  }

  /// The coefficients for a gap counted from the end of the replay.
  @inline(__always)
  func coefficientsAfterReplay(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(afterReplay + min(gap, horizon) &* powers)
  }

  /// The decay factor of a weight over `gap` steps, or up to the horizon if that is less.
  @inline(__always)
  func kept(gap: Int) -> LaneVector { kept[min(gap, horizon)] }

  /// The same for steps counted from the end of the replay.
  @inline(__always)
  func keptAfterReplay(gap: Int) -> LaneVector { keptAfterReplay[min(gap, horizon)] }

  /// Fills in the polynomials of Adam at `step`.
  @inline(never)
  func setStep(_ step: Int) {
    guard let terms else { return }
    terms.fill(bands[0].table, terms.short, step: step, count: terms.short.longest)
    terms.fill(bands[1].table, terms.middle, step: step, count: terms.middle.longest)
    terms.fill(bands[2].table, terms.long, step: step, count: terms.long.longest)
  }

  /// Computes the coefficients for the gaps of a batch's features.
  ///
  /// - Parameters:
  ///   - rates: negative rates of this step and those after it.
  ///   - decays: decay factors of a weight in each of them; nil without decay.
  func prepare(
    _ batch: ListedBatch, rates: UnsafePointer<LaneVector>, decays: UnsafePointer<LaneVector>?
  ) {
    let isWanted = isWanted
    isWanted[1] = true  // the bias
    var longest = 1
    for i in 0..<batch.featureCount {
      let gap = min(Int(batch.features[i].gap), horizon)
      isWanted[gap] = true
      longest = max(longest, gap)
    }
    for i in 0..<bandCount {
      let band = bands[i]
      if band.shortest > longest { break }
      sum(band, through: min(band.longest, longest), rates, decays, into: coefficients)
    }
    if let decays { multiply(decays, through: longest, into: kept) }
    for gap in 0...longest { isWanted[gap] = false }
  }

  /// Computes all coefficients for steps counted from the end of the replay.
  func prepareAfterReplay(rates: UnsafePointer<LaneVector>, decays: UnsafePointer<LaneVector>?) {
    let last = bands[bandCount - 1]
    for gap in 0...horizon { isWanted[gap] = true }
    sum(
      Band(table: last.table, shortest: 1, longest: horizon, degree: last.degree), through: horizon, rates, decays,
      into: afterReplay)
    if let decays { multiply(decays, through: horizon, into: keptAfterReplay) }
    for gap in 0...horizon { isWanted[gap] = false }
  }

  /// Prefix sums over j of rates[j] F_j, with each step's decay applied to the sum before it; stored for the wanted gaps.
  @inline(__always)
  private func sum(
    _ band: Band, through longest: Int, _ rates: UnsafePointer<LaneVector>, _ decays: UnsafePointer<LaneVector>?,
    into target: UnsafeMutablePointer<LaneVector>
  ) {
    let terms = band.degree + 1
    let table = UnsafePointer(band.table)
    let (sums, isWanted) = (sums, isWanted)
    for power in 0..<terms { sums[power] = lane_splat(0) }
    for j in 0..<longest {
      if let decays {
        for power in 0..<terms { sums[power] = lane_multiply(sums[power], decays[j]) }
      }
      for power in 0..<terms { sums[power] = lane_fma(lane_splat(table[j &* terms &+ power]), rates[j], sums[power]) }
      if j + 1 >= band.shortest, isWanted[j + 1] {
        for power in 0..<terms { target[(j &+ 1) &* powers &+ power] = sums[power] }
      }
    }
  }

  private func multiply(
    _ decays: UnsafePointer<LaneVector>, through longest: Int, into target: UnsafeMutablePointer<LaneVector>
  ) {
    var product = lane_splat(1)
    for j in 0..<longest {
      product = lane_multiply(product, decays[j])
      target[j + 1] = product
    }
  }
}
