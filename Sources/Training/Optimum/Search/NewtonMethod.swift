extension OptimumSearch {
  /// The search ends when half the squared Newton decrement is below this.
  private static let smallestGain = 1e-12

  /// Runs Newton's method until the remaining gain is below 1e-12; leaves `state` at `searching` if rounding stops it earlier.
  ///
  /// The Hessian is singular for linearly dependent features, and becomes so as weights grow without bound. So a thousandth of
  /// the gradient norm is added to its diagonal, which keeps convergence quadratic (Li, Fukushima, Qi and Yamashita, 2004).
  ///
  /// - Throws: as `BoundedWork.count`.
  func runNewton() throws {
    var undecided = 0
    while iterations < 200 {
      if value < separableLoss {
        state = .separable
        return
      }
      let step = try newtonStep()
      let decrement = -DoubleVectors.dot(gradient, step)
      iterations += 1
      let change = try leadChanges(along: step)
      let size = max(change.greatest, -change.least)
      // Margins that grow without bound must not jump so far that their growth can no longer be observed.
      let moved = try advance(along: step, slope: -decrement, longest: 4 / size)
      if decrement / 2 < Self.smallestGain {
        if penalty == nil, isSeparatedByOneFeature {
          state = .unattained
        } else if size < 1e-3 {
          state = .attained
        } else if penalty == nil, change.least > -1e-3 * size {
          state = .unattained
        } else if undecided == 20 || !moved {
          state = size < 0.1 || penalty != nil ? .attained : .unattained
        }
        if state != .searching { return }
        undecided += 1
      } else if !moved {
        return
      }
    }
  }

  /// The regularised Newton step, [feature][class], zero for the last class.
  private func newtonStep() throws -> [Double] {
    let features = loss.features
    let classes = loss.classes
    var negative = [Double](repeating: 0, count: features * (classes - 1))
    var squares = 0.0
    for c in 0..<classes - 1 {
      for a in 0..<features {
        let g = gradient[a * classes + c] * scale[a]
        negative[c * features + a] = -g
        squares += g * g
      }
    }
    var hessian = try Hessian(of: loss, at: weights, scale: scale, work: work)
    if let penalty { hessian.add(penalty, scale: scale) }
    var mu = max(1e-15, 1e-3 * squares.squareRoot())
    while true {
      if let factor = try hessian.factored(mu: mu, work: work) {
        let solution = factor.solve(negative)
        var step = [Double](repeating: 0, count: weights.count)
        for c in 0..<classes - 1 {
          for a in 0..<features { step[a * classes + c] = solution[c * features + a] * scale[a] }
        }
        return step
      }
      mu *= 10
    }
  }

  /// Moves the weights along `step` by the first of 1, 1/2, 1/4, ... that decreases the loss sufficiently, or by 2, 4, ... up
  /// to `longest` while that decreases it further. If none does, returns false and leaves the weights unchanged.
  private func advance(along step: [Double], slope: Double, longest: Double) throws -> Bool {
    var trialGradient = gradient
    func trial(_ length: Double) throws -> (weights: [Double], value: Double) {
      var trial = weights
      DoubleVectors.add(length, step, to: &trial)
      return (trial, try evaluate(trial, gradient: &trialGradient))
    }
    var length = 1.0
    while length > 1e-12 {
      var best = try trial(length)
      if best.value <= value + 1e-4 * length * slope {
        var bestGradient = trialGradient
        while length >= 1, 2 * length <= longest {
          let further = try trial(2 * length)
          if !(further.value < best.value) { break }
          length *= 2
          best = further
          bestGradient = trialGradient
        }
        (weights, value) = best
        gradient = bestGradient
        return true
      }
      length /= 2
    }
    return false
  }
}
