import Training

/// The search for a problem's smallest training loss, as part of a sweep.
final class SmallestLossSearch: Sendable {
  let problem: SweepProblem
  /// Strength of the regularisation; 0 for none.
  let l2: Double
  let cost: OptimumCost
  let loop = SharedLoop()
  private let key: String

  init(_ problem: SweepProblem, l2: Double = 0) {
    self.problem = problem
    self.l2 = l2
    cost = OptimumCost(problem.problem.training)
    key = RunKey.optimum(of: problem.summary, l2: l2)
  }

  /// Whether the search has yet to be run: not if it failed before within a bound at least as large.
  func isMissing(in known: JournalContents) -> Bool {
    known.optima[key] == nil && (known.boundsWithoutOptimum[key] ?? 0) < cost.bound
  }

  func isKnownUnfound(in known: JournalContents) -> Bool { known.optima[key] == nil && !isMissing(in: known) }

  var warning: String {
    "warning: \(problem.summary.name): the smallest training loss was not found within \(scientific(cost.bound)) operations; the "
      + "report shows training losses as they are"
  }

  /// Estimated seconds on one typical core for the whole search.
  var seconds: Double { cost.estimate * OptimumCost.secondsPerOperation }

  var secondsDone: Double { min(loop.operations, cost.estimate) * OptimumCost.secondsPerOperation }

  /// A search that exceeds its estimate may take as long as the bound allows.
  var secondsLeft: Double {
    let done = loop.operations
    let left = done < cost.estimate ? cost.estimate - done : max(0, min(cost.bound - done, cost.estimate / 4))
    return left * OptimumCost.secondsPerOperation
  }

  /// - Parameter isCancelled: called on this thread, every few milliseconds.
  /// - Returns: a line with the optimum, or with the bound within which none was found.
  /// - Throws: `CancellationError`.
  func run(isCancelled: @escaping () -> Bool) throws -> DetailLine {
    guard let optimum = try Optimum.find(for: problem.problem.training, l2: l2, sharing: loop, isCancelled: isCancelled) else {
      return DetailLine(key: key, content: .noOptimum(bound: cost.bound))
    }
    return DetailLine(key: key, content: .optimum(optimum))
  }
}

/// As "1.5e10".
private func scientific(_ value: Double) -> String {
  var (mantissa, exponent) = (value, 0)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  return "\((mantissa * 10).rounded() / 10)e\(exponent)"
}
