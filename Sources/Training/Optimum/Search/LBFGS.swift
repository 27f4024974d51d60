extension OptimumSearch {
  /// Runs L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) from the current weights until the last 1,000
  /// iterations have gained less than 1e-10, or no step gains anything.
  ///
  /// - Throws: as `BoundedWork.count`.
  func runLBFGS() throws {
    var memory = LBFGSMemory(scale: scale, classes: loss.classes)
    let window = 1_000
    var values = [value]
    // The weights each time the gradient norm first fell below a power of ten.
    var marks: [[Double]] = []
    var nextMark = 1e-2
    while true {
      if value < separableLoss {
        state = .separable
        return
      }
      if values.count > window, values[values.count - 1 - window] - value < 1e-10 { break }
      try work.count(Double(LBFGSMemory.operations * weights.count))
      var direction = memory.direction(gradient)
      if !(DoubleVectors.dot(direction, gradient) < 0) {
        memory.forget()
        direction = memory.direction(gradient)
      }
      let previous = (weights: weights, gradient: gradient)
      if try search(along: direction, first: memory.isEmpty ? 1 / max(1, direction.map(abs).max() ?? 1) : 1) {
        iterations += 1
        values.append(value)
        memory.append(from: previous, to: (weights, gradient))
        if DoubleVectors.dot(gradient, gradient).squareRoot() < nextMark {
          marks.append(weights)
          nextMark /= 10
        }
      } else if memory.isEmpty {
        break
      } else {
        memory.forget()
      }
    }
    state = try penalty == nil && (isSeparatedByOneFeature || keepsGrowing(marks)) ? .unattained : .attained
  }

  /// Whether the margins still grew as the gradient vanished. Each time its norm falls by a factor of ten, weights that
  /// converge to a minimum move a tenth as far as the time before; margins that grow without bound gain ln 10.
  private func keepsGrowing(_ marks: [[Double]]) throws -> Bool {
    guard marks.count >= 3 else { return false }
    func change(_ from: [Double], _ to: [Double]) throws -> (least: Double, greatest: Double) {
      var travelled = to
      DoubleVectors.add(-1, from, to: &travelled)
      return try leadChanges(along: travelled)
    }
    let last = try change(marks[marks.count - 2], marks[marks.count - 1])
    return last.greatest > 1 && last.least > -0.5 * last.greatest
  }

  /// Moves the weights along `direction` to a point that satisfies the weak Wolfe conditions (1e-4 and 0.9), found by bisection
  /// and doubling (Lewis and Overton, 2013). If no point is lower, returns false and leaves the weights unchanged.
  private func search(along direction: [Double], first: Double) throws -> Bool {
    let slope = DoubleVectors.dot(direction, gradient)
    var (low, high, length) = (0.0, Double.infinity, first)
    var trialGradient = gradient
    var lowest: (weights: [Double], value: Double, gradient: [Double])?
    for _ in 0..<40 {
      var trial = weights
      DoubleVectors.add(length, direction, to: &trial)
      let trialValue = try evaluate(trial, gradient: &trialGradient)
      if trialValue < (lowest?.value ?? value) { lowest = (trial, trialValue, trialGradient) }
      if !(trialValue <= value + 1e-4 * length * slope) {
        high = length
      } else if DoubleVectors.dot(direction, trialGradient) < 0.9 * slope {
        low = length
      } else {
        break
      }
      length = high < .infinity ? (low + high) / 2 : 2 * length
    }
    guard let lowest else { return false }
    (weights, value, gradient) = lowest
    return true
  }
}

/// The last pairs of steps and gradient changes, which approximate the inverse Hessian.
private struct LBFGSMemory {
  private struct Pair {
    let step: [Double]
    let change: [Double]
    let inverse: Double
  }

  private static let length = 10
  /// Multiply-adds per weight of a direction and an update.
  static let operations = 4 * length + 8
  private var pairs: [Pair] = []
  private var scale = 1.0
  /// Preconditioner: the inverse curvature of every weight, [feature][class] and padding.
  private let preconditioner: [Double]

  init(scale: [Double], classes: Int) {
    preconditioner = scale.flatMap { repeatElement($0 * $0, count: classes) } + repeatElement(0, count: 8)
  }

  var isEmpty: Bool { pairs.isEmpty }

  mutating func forget() {
    pairs = []
    scale = 1
  }

  mutating func append(
    from old: (weights: [Double], gradient: [Double]), to new: (weights: [Double], gradient: [Double])
  ) {
    var step = new.weights
    DoubleVectors.add(-1, old.weights, to: &step)
    var change = new.gradient
    DoubleVectors.add(-1, old.gradient, to: &change)
    let product = DoubleVectors.dot(step, change)
    if !(product > 0) { return }
    if pairs.count == Self.length { pairs.removeFirst() }
    pairs.append(Pair(step: step, change: change, inverse: 1 / product))
    scale = product / DoubleVectors.dot(change, preconditioned(change))
  }

  private func preconditioned(_ vector: [Double]) -> [Double] {
    var result = vector
    for k in result.indices { result[k] *= preconditioner[k] }
    return result
  }

  /// Minus the approximate inverse Hessian times `gradient`.
  func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = pair.inverse * DoubleVectors.dot(pair.step, q)
      DoubleVectors.add(-factor, pair.change, to: &q)
      factors.append(factor)
    }
    q = preconditioned(q)
    for k in q.indices { q[k] *= -scale }
    for (pair, factor) in zip(pairs, factors.reversed()) {
      // q has the opposite of its usual sign here, hence so does the correction.
      let correction = pair.inverse * DoubleVectors.dot(pair.change, q)
      DoubleVectors.add(-factor - correction, pair.step, to: &q)
    }
    return q
  }
}
