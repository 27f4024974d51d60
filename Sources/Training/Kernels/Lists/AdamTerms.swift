import Foundation

/// The terms of Adam's look-ahead: the update summed over the k steps to a feature's next event,
///
///     sum_{j<k} A_j b1^j / (q^j s + e_j),    q = sqrt(b2), s = sqrt(V), e_j = epsilon of step t + j,
///
/// is inv sum_{j<k} A_j F_j(u) with inv = 1/(s + c e), u = c e inv in (0, 1], e = e_0 and
///
///     F_j(u) = c b1^j / (c q^j (1 - u) + (e_j / e) u),
///
/// a smooth function of u for every s, from far above epsilon (u = 0) to far below (u = 1). Each F_j is interpolated at the
/// Chebyshev points by a polynomial in x = 2u - 1, and the sums of these polynomials serve all features. The range of k
/// determines c and the degree.
struct AdamTerms {
  /// Interpolation for k up to `longest`.
  struct Band: BitwiseCopyable {
    let longest: Int
    let degree: Int
    let c: Double
    /// The interpolation points, followed by the interpolation matrix; owned by `AdamTerms.memory`.
    fileprivate let points: UnsafePointer<Double>
    fileprivate var matrix: UnsafePointer<Double> { points + (degree + 1) }
  }

  let beta1: Double
  let beta2: Double
  /// Later steps are left out; they contribute less than 1e-9 of the sum.
  let horizon: Int
  /// First step, counted from 0, from which the bias correction of epsilon is constant to Float precision.
  let settledStep: Int
  let short: Band
  let middle: Band
  let long: Band
  private let memory = KernelMemory()

  /// Steps at the start of a run that are replayed one by one, because e_j / e changes too fast there.
  static let replayedSteps = 32
  /// Largest accepted relative error of a sum.
  static let tolerance = 3e-6
  private static let longestHorizon = 1024

  /// nil if the polynomials would be inaccurate: b1 near or above sqrt(b2), or momentum over thousands of steps.
  init?(beta1: Double, beta2: Double, epsilon: Double) {
    self.beta1 = beta1
    self.beta2 = beta2
    guard epsilon >= 1e-30, beta1 >= 0, beta2 > 0, beta2 < 1, beta1 < beta2.squareRoot() else { return nil }
    let ratio = beta1 / beta2.squareRoot()
    var horizon = 1
    var power = ratio
    while power > 1e-9 * (1 - ratio), horizon <= Self.longestHorizon {
      power *= ratio
      horizon += 1
    }
    guard horizon <= Self.longestHorizon else { return nil }
    self.horizon = horizon
    settledStep = Int((log(1e-8) / log(beta2)).rounded(.up))
    let memory = memory
    func band(longest: Int, degree: Int, c: Double) -> Band {
      let points = memory.array(Self.interpolation(degree: degree))
      return Band(longest: longest, degree: degree, c: c, points: UnsafePointer(points))
    }
    short = band(longest: min(16, horizon), degree: 4, c: 1.2)
    middle = band(longest: min(64, horizon), degree: 6, c: 1.7)
    long = band(longest: horizon, degree: 8, c: 2.3)
    for band in [short, middle, long] {
      for step in [Self.replayedSteps, 100, 10_000_000] {
        if largestError(band, step: step, steps: band.longest) > Self.tolerance { return nil }
      }
    }
  }

  /// e_j / e at step `step`; both step and j count from 0.
  private func epsilonRatio(_ step: Int, _ j: Int) -> Double {
    ((1 - pow(beta2, Double(step + 1 + j))) / (1 - pow(beta2, Double(step + 1)))).squareRoot()
  }

  /// Writes the polynomials of F_j at a step, for j below `count`: [j][power of x].
  func fill(_ table: UnsafeMutablePointer<Float>, _ band: Band, step: Int, count: Int) {
    let points = band.degree + 1
    let root = beta2.squareRoot()
    var (power1, power2) = (1.0, 1.0)
    let settled = step >= settledStep
    var power = pow(beta2, Double(step + 1))
    let reference = 1 - power
    withUnsafeTemporaryAllocation(of: Double.self, capacity: points) { values in
      for j in 0..<count {
        let ratio = settled ? 1 : ((1 - power) / reference).squareRoot()
        for i in 0..<points {
          let u = (band.points[i] + 1) / 2
          values[i] = band.c * power1 / (band.c * power2 * (1 - u) + ratio * u)
        }
        for m in 0..<points {
          var sum = 0.0
          for i in 0..<points { sum += band.matrix[m * points + i] * values[i] }
          table[j * points + m] = Float(sum)
        }
        power1 *= beta1
        power2 *= root
        power *= beta2
      }
    }
  }

  /// The Chebyshev points, followed by the matrix that maps a function's values there to the coefficients of its interpolating
  /// polynomial.
  private static func interpolation(degree: Int) -> [Double] {
    let n = degree + 1
    let points = (0..<n).map { cos(Double.pi * (Double($0) + 0.5) / Double(n)) }
    var matrix = [Double](repeating: 0, count: n * n)
    // Chebyshev polynomials T_0, T_1, ... in powers of x.
    var older = [Double](repeating: 0, count: n)
    var newer = older
    older[0] = 1
    if n > 1 { newer[1] = 1 }
    for k in 0..<n {
      let chebyshev = k == 0 ? older : newer
      for i in 0..<n {
        let weight = (k == 0 ? 1 : 2) / Double(n) * cos(Double(k) * Double.pi * (Double(i) + 0.5) / Double(n))
        for m in 0..<n { matrix[m * n + i] += weight * chebyshev[m] }
      }
      if k > 0 {
        var next = older.map { -$0 }
        for m in 1..<n { next[m] += 2 * newer[m - 1] }
        (older, newer) = (newer, next)
      }
    }
    return points + matrix
  }

  /// Largest relative error of the sum over `steps` steps at a constant rate, over 201 values of u.
  private func largestError(_ band: Band, step: Int, steps: Int) -> Double {
    let points = band.degree + 1
    let table = UnsafeMutablePointer<Float>.allocate(capacity: steps * points)
    defer { table.deallocate() }
    fill(table, band, step: step, count: steps)
    var coefficients = [Double](repeating: 0, count: points)
    for j in 0..<steps { for m in 0..<points { coefficients[m] += Double(table[j * points + m]) } }
    let root = beta2.squareRoot()
    let ratios = (0..<steps).map { epsilonRatio(step, $0) }
    var largest = 0.0
    for i in 0...200 {
      let u = Double(i) / 200
      var exact = 0.0
      var (power1, power2) = (1.0, 1.0)
      for j in 0..<steps {
        exact += band.c * power1 / (band.c * power2 * (1 - u) + ratios[j] * u)
        power1 *= beta1
        power2 *= root
      }
      let approximate = coefficients.reversed().reduce(0) { $0 * (2 * u - 1) + $1 }
      largest = max(largest, abs(approximate / exact - 1))
    }
    return largest
  }
}
