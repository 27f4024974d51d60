import SIMDShims

/// What a step's look-ahead needs for each number k of steps to a feature's next event, of all lanes: made once a step, for the k
/// that occur in its batch.
final class SparseLaneLookAhead {
  /// Steps beyond this change nothing.
  let horizon: Int
  let vectors: Int
  /// [k][power][vector of lanes], powers in a stride of `powers`.
  private let coefficients: UnsafeMutablePointer<LaneVector>
  /// The same for steps counted from the end of the replayed ones, of degree 8.
  private let afterReplay: UnsafeMutablePointer<LaneVector>
  private let wanted: UnsafeMutablePointer<Bool>
  private let sums: UnsafeMutablePointer<LaneVector>
  private let powers: Int
  /// Scalars of F_j by band: [j][power].
  private let tables: [(table: UnsafeMutablePointer<Float>, shortest: Int, longest: Int, degree: Int)]
  private let terms: SparseLaneTerms?

  /// For Adam.
  convenience init(_ terms: SparseLaneTerms, vectors: Int) {
    self.init(
      horizon: terms.horizon, vectors: vectors, powers: 9, terms: terms,
      bands: terms.bands.map { ($0.longest, $0.degree) })
  }

  /// For SGD with momentum, F_j = momentum^j.
  convenience init(momentum: Double, horizon: Int, vectors: Int) {
    self.init(horizon: horizon, vectors: vectors, powers: 1, terms: nil, bands: [(horizon, 0)])
    var power = 1.0
    for j in 0..<horizon {
      tables[0].table[j] = Float(power)
      power *= momentum
    }
  }

  private init(horizon: Int, vectors: Int, powers: Int, terms: SparseLaneTerms?, bands: [(longest: Int, degree: Int)]) {
    self.horizon = horizon
    self.vectors = vectors
    self.powers = powers
    self.terms = terms
    coefficients = .allocate(capacity: (horizon + 1) * powers * vectors)
    afterReplay = .allocate(capacity: terms == nil ? 1 : (horizon + 1) * powers * vectors)
    sums = .allocate(capacity: powers * vectors)
    wanted = .allocate(capacity: horizon + 1)
    wanted.initialize(repeating: false, count: horizon + 1)
    var tables: [(table: UnsafeMutablePointer<Float>, shortest: Int, longest: Int, degree: Int)] = []
    var shortest = 1
    for band in bands {
      tables.append((.allocate(capacity: band.longest * (band.degree + 1)), shortest, band.longest, band.degree))
      shortest = band.longest + 1
    }
    self.tables = tables
  }

  deinit {
    coefficients.deallocate()
    afterReplay.deallocate()
    sums.deallocate()
    wanted.deallocate()
    for table in tables { table.table.deallocate() }
  }

  /// The coefficients for `gap` steps.
  @inline(__always)
  func coefficients(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(coefficients + min(gap, horizon) * powers * vectors)
  }

  /// Those for `gap` steps from the end of the replayed ones.
  @inline(__always)
  func coefficientsAfterReplay(gap: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(afterReplay + min(gap, horizon) * powers * vectors)
  }

  /// Makes the scalars those of `step`.
  func setStep(_ step: Int) {
    guard let terms else { return }
    for (band, table) in zip(terms.bands, tables) { terms.fill(table.table, band, step: step, count: band.longest) }
  }

  /// Makes the coefficients for the gaps of `records`.
  ///
  /// - Parameter rates: minus the rates of this step and those after it, [step][vector of lanes].
  func prepare(_ records: UnsafePointer<SparseLaneRecord>, count: Int, rates: UnsafePointer<LaneVector>) {
    var longest = 0
    for i in 0..<count {
      let gap = min(Int(records[i].gap), horizon)
      wanted[gap] = true
      longest = max(longest, gap)
    }
    for (table, shortest, end, degree) in tables where shortest <= longest {
      sum(table, degree: degree, from: shortest, through: min(end, longest), rates, into: coefficients)
    }
    for gap in 0...longest { wanted[gap] = false }
  }

  /// Makes all coefficients for steps counted from the end of the replayed ones.
  func prepareAfterReplay(rates: UnsafePointer<LaneVector>) {
    guard let last = tables.last else { return }
    for gap in 0...horizon { wanted[gap] = true }
    sum(last.table, degree: last.degree, from: 1, through: horizon, rates, into: afterReplay)
    for gap in 0...horizon { wanted[gap] = false }
  }

  /// Prefix sums over j of rates[j] F_j, kept for the wanted numbers of terms.
  @inline(__always)
  private func sum(
    _ table: UnsafePointer<Float>, degree: Int, from shortest: Int, through longest: Int,
    _ rates: UnsafePointer<LaneVector>, into target: UnsafeMutablePointer<LaneVector>
  ) {
    let count = (degree + 1) * vectors
    for i in 0..<count { sums[i] = lane_splat(0) }
    for j in 0..<longest {
      for power in 0...degree {
        let term = lane_splat(table[j * (degree + 1) + power])
        for vector in 0..<vectors {
          let i = power * vectors + vector
          sums[i] = lane_fma(term, rates[j * vectors + vector], sums[i])
        }
      }
      if j + 1 >= shortest, wanted[j + 1] {
        (target + (j + 1) * powers * vectors).update(from: sums, count: count)
      }
    }
  }
}
