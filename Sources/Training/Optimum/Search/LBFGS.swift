extension OptimumSearch {
  /// L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5) until 1,000 further iterations gain less than
  /// 1e-10, or none gains anything. Starts from the present weights.
  ///
  /// - Throws: as `BoundedWork.count`.
  func runLBFGS() throws {
    var memory = LBFGSMemory(scale: scale, classes: loss.classes)
    let window = 1_000
    var values = [value]
    // The weights whenever the gradient's norm first fell below a power of ten.
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
    state = try isSeparatedByOneFeature || keepsGrowing(marks) ? .unattained : .attained
  }

  /// Whether the leads still grew as the gradient vanished. While its norm falls by a factor of ten, weights on the way
  /// to a minimum cover a tenth of what they did the time before; leads that grow for ever gain ln 10 each time.
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

  /// Moves the weights along `direction` to a point that satisfies the weak Wolfe conditions (1e-4 and 0.9), found by
  /// bisection and doubling (Lewis and Overton, 2013). Returns false, and leaves them, where no point is lower.
  private func search(along direction: [Double], first: Double) throws -> Bool {
    let slope = DoubleVectors.dot(direction, gradient)
    var (low, high, length) = (0.0, Double.infinity, first)
    var trialGradient = gradient
    var lowest: (weights: [Double], value: Double, gradient: [Double])?
    for _ in 0..<40 {
      var trial = weights
      DoubleVectors.add(length, direction, to: &trial)
      let trialValue = try loss.evaluate(trial, gradient: &trialGradient, work: work)
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

/// The last pairs of steps and gradient changes, as an approximation of the inverse Hessian.
private struct LBFGSMemory {
  private struct Pair {
    let step: [Double]
    let change: [Double]
    let inverse: Double
  }

  private static let length = 10
  /// Multiply-adds for each weight that a direction and an update take.
  static let operations = 4 * length + 8
  private var pairs: [Pair] = []
  private var scale = 1.0
  /// The inverse curvature of every weight, [feature][class] and padding.
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
      // q stands for minus the direction's usual sign, so the correction's sign turns too.
      let correction = pair.inverse * DoubleVectors.dot(pair.change, q)
      DoubleVectors.add(-factor - correction, pair.step, to: &q)
    }
    return q
  }
}
