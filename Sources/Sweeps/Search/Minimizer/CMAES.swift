/// Covariance matrix adaptation evolution strategy: minimises a function of a few variables from the order of its values alone.
///
/// Source: Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv 1604.00772, figure 6 and table 1 with the defaults given there:
/// weighted recombination with negative weights for the worse half, rank-one and rank-mu updates of the covariance, step size by
/// the cumulative path. Given the same seed and orders, its points have the same bits on every machine.
///
///     var search = CMAES(start: [1, 1], deviation: 0.5, population: 16, seed: 1)
///     while search.largestDeviation > 1e-6 {
///       let points = search.points()
///       search.update(ranked: points.sorted { f($0) < f($1) })
///     }
///     search.mean
struct CMAES: Sendable {
  private(set) var mean: [Double]
  private(set) var stepSize: Double
  private(set) var generation = 0
  private var covariance: [[Double]]
  private var covariancePath: [Double]
  private var stepPath: [Double]
  /// Axes of the covariance, and the standard deviations along them for a step size of 1.
  private var axes: [[Double]]
  private var lengths: [Double]
  private var normal: NormalNumbers
  private let constants: Constants

  /// - Parameters:
  ///   - start: the first mean; at least one variable.
  ///   - deviation: the first standard deviation of each variable, above 0.
  ///   - population: points a generation, at least 4.
  ///   - stream: searches with one seed and different streams are independent.
  init(start: [Double], deviation: Double, population: Int, seed: UInt64, stream: UInt64 = 0) {
    precondition(!start.isEmpty && deviation > 0 && population >= 4)
    let n = start.count
    mean = start
    stepSize = deviation
    covariance = (0..<n).map { row in (0..<n).map { $0 == row ? 1 : 0 } }
    axes = covariance
    lengths = [Double](repeating: 1, count: n)
    covariancePath = [Double](repeating: 0, count: n)
    stepPath = covariancePath
    normal = NormalNumbers(seed: seed, stream: stream)
    constants = Constants(dimension: n, population: population)
  }

  var population: Int { constants.weights.count }

  /// The standard deviation of the variable that varies most.
  var largestDeviation: Double { stepSize * (covariance.indices.map { covariance[$0][$0] }.max() ?? 0).squareRoot() }

  /// The ratio of the covariance's largest eigenvalue to its smallest.
  var conditionNumber: Double {
    let ratio = (lengths.max() ?? 1) / (lengths.min() ?? 1)
    return ratio * ratio
  }

  /// The points of the next generation.
  ///
  /// - Complexity: O(population n^2).
  mutating func points() -> [[Double]] {
    (0..<population).map { _ in
      var point = mean
      for k in axes.indices {
        let length = stepSize * lengths[k] * normal.next()
        for i in point.indices { point[i] += length * axes[k][i] }
      }
      return point
    }
  }

  /// Moves the distribution towards the better points.
  ///
  /// - Parameter ranked: one generation's points, best first.
  /// - Complexity: O(population n^2 + n^3).
  mutating func update(ranked: [[Double]]) {
    precondition(ranked.count == population)
    let c = constants
    let n = mean.count
    let steps = ranked.map { point in zip(point, mean).map { ($0 - $1) / stepSize } }
    var step = [Double](repeating: 0, count: n)
    for (weight, y) in zip(c.weights, steps) where weight > 0 {
      for i in 0..<n { step[i] += weight * y[i] }
    }
    for i in 0..<n { mean[i] += stepSize * step[i] }

    let whitened = whitened(step)
    let gain = (c.stepPathRate * (2 - c.stepPathRate) * c.effectiveCount).squareRoot()
    for i in 0..<n { stepPath[i] = (1 - c.stepPathRate) * stepPath[i] + gain * whitened[i] }
    generation += 1
    let length = norm(stepPath)
    var decay = 1.0
    for _ in 0..<min(2 * generation, 10_000) { decay *= 1 - c.stepPathRate }
    // The rank-one update waits while the step size grows quickly.
    let isSteady = length / (1 - decay).squareRoot() < (1.4 + 2 / (Double(n) + 1)) * c.expectedNorm
    let pathGain = isSteady ? (c.pathRate * (2 - c.pathRate) * c.effectiveCount).squareRoot() : 0
    for i in 0..<n { covariancePath[i] = (1 - c.pathRate) * covariancePath[i] + pathGain * step[i] }

    // A negative weight counts for a step of the expected length, so that the covariance stays positive definite.
    let weights = zip(c.weights, steps).map { weight, y -> Double in
      guard weight < 0 else { return weight }
      let length = norm(self.whitened(y))
      return weight * Double(n) / max(length * length, 1e-300)
    }
    let loss = isSteady ? 0 : c.pathRate * (2 - c.pathRate)
    let keep = 1 + c.rankOneRate * loss - c.rankOneRate - c.rankMuRate * c.weights.reduce(0, +)
    for i in 0..<n {
      for j in 0...i {
        var sum = 0.0
        for (weight, y) in zip(weights, steps) { sum += weight * y[i] * y[j] }
        let entry = keep * covariance[i][j] + c.rankOneRate * covariancePath[i] * covariancePath[j] + c.rankMuRate * sum
        (covariance[i][j], covariance[j][i]) = (entry, entry)
      }
    }
    stepSize *= ElementaryFunctions.exp(min(1, c.stepPathRate / c.damping * (length / c.expectedNorm - 1)))
    let eigen = SymmetricEigenvectors(of: covariance)
    axes = eigen.vectors
    let largest = eigen.values.max() ?? 1
    lengths = eigen.values.map { max($0, 1e-20 * largest).squareRoot() }
  }

  /// C^(-1/2) y.
  private func whitened(_ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: y.count)
    for (axis, length) in zip(axes, lengths) {
      let coordinate = zip(axis, y).reduce(0) { $0 + $1.0 * $1.1 } / length
      for i in y.indices { result[i] += coordinate * axis[i] }
    }
    return result
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The tutorial's table 1.
  private struct Constants: Sendable {
    /// For the points from the best to the worst; the positive ones sum to 1.
    let weights: [Double]
    /// mu_eff
    let effectiveCount: Double
    /// c_sigma, d_sigma
    let stepPathRate, damping: Double
    /// c_c, c_1, c_mu
    let pathRate, rankOneRate, rankMuRate: Double
    /// E|N(0, I)|
    let expectedNorm: Double

    init(dimension: Int, population: Int) {
      let n = Double(dimension)
      let raw = (1...population).map {
        ElementaryFunctions.log(Double(population + 1) / 2) - ElementaryFunctions.log(Double($0))
      }
      func effective(_ weights: ArraySlice<Double>) -> Double {
        let sum = weights.reduce(0, +)
        return sum * sum / max(1e-300, weights.reduce(0) { $0 + $1 * $1 })
      }
      let parents = population / 2
      let mu = effective(raw[..<parents])
      effectiveCount = mu
      pathRate = (4 + mu / n) / (n + 4 + 2 * mu / n)
      let one = 2 / ((n + 1.3) * (n + 1.3) + mu)
      let rank = min(1 - one, 2 * (0.25 + mu + 1 / mu - 2) / ((n + 2) * (n + 2) + mu))
      (rankOneRate, rankMuRate) = (one, rank)
      stepPathRate = (mu + 2) / (n + mu + 5)
      damping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + stepPathRate
      expectedNorm = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))

      let negative = effective(raw[parents...])
      let limits = [1 + one / rank, 1 + 2 * negative / (mu + 2), (1 - one - rank) / (n * rank)]
      let positiveSum = raw.filter { $0 > 0 }.reduce(0, +)
      let negativeSum = -raw.filter { $0 < 0 }.reduce(0, +)
      let scale = max(0, limits.min() ?? 0) / max(1e-300, negativeSum)
      weights = raw.map { $0 >= 0 ? $0 / positiveSum : $0 * scale }
    }
  }
}
