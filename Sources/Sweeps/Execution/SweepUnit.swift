import Foundation
import Schedules
import Synchronization
import Training

/// One problem and one optimizer at one condition, with the trainer and the schedules' factors, made when needed.
final class SweepUnit: Sendable {
  let keys: UnitKeys
  let condition: Condition
  let parts: [UnitPart]
  /// Estimated seconds per run on a typical core.
  let cost: Double
  let lanes: Int
  private let sweepProblem: SweepProblem
  private let configuration: SweepConfiguration
  private let state = Mutex(State())

  private struct State {
    var trainer: LaneTrainer?
    var factors: [String: [Double]] = [:]
  }

  /// - Parameters:
  ///   - configuration: one condition's.
  ///   - parts: those of the optimizer, or a shard's share of them.
  init(
    problem: SweepProblem, optimizer: Optimizer, configuration: SweepConfiguration, parts: [UnitPart], factors: FactorDigests
  ) {
    keys = UnitKeys(problem: problem.summary, optimizer: optimizer, configuration: configuration, factors: factors)
    self.parts = parts
    condition = configuration.condition
    self.configuration = configuration
    sweepProblem = problem
    let trainer = SweepUnit.trainer(problem, optimizer, configuration)
    cost = trainer.estimatedCost
    lanes = max(trainer.preferredRunCount, 1)
  }

  static func trainer(
    _ problem: SweepProblem, _ optimizer: Optimizer, _ configuration: SweepConfiguration
  ) -> LaneTrainer {
    var settings = settings(optimizer, configuration)
    settings.checkpoints = FactorDigests.checkpoints(of: problem.summary, configuration: configuration)
    return LaneTrainer(problem: problem.problem, settings: settings)
  }

  /// Without checkpoints.
  private static func settings(_ optimizer: Optimizer, _ configuration: SweepConfiguration) -> TrainingSettings {
    TrainingSettings(
      optimizer: optimizer, epochs: configuration.epochs, batchSize: configuration.batchSize,
      keepsLastBatch: configuration.keepsLastBatch, l2: configuration.l2)
  }

  /// Estimated seconds of the search for the best schedule on a typical core; 0 if there is none.
  var searchCost: Double {
    parts.compactMap { $0.isSearched ? $0.configuration.searchSettings : nil }
      .reduce(0) { $0 + cost * Double($1.expectedRuns) }
  }

  /// The minimum number of runs of the unit in a finished sweep.
  var leastRunCount: Int { parts.map(\.leastRunCount).reduce(0, +) }

  func plan(_ known: JournalContents) -> UnitPlan { UnitPlan(unit: keys, parts: parts, known: known) }

  var trainer: LaneTrainer {
    state.withLock { state in
      if let trainer = state.trainer { return trainer }
      let trainer = SweepUnit.trainer(sweepProblem, keys.optimizer, configuration)
      state.trainer = trainer
      return trainer
    }
  }

  /// Frees what only training needs.
  func release() { state.withLock { $0 = State() } }

  func hasFactors(of schedule: String) -> Bool {
    state.withLock { $0.factors[schedule] != nil } || (try? Schedule(parsing: schedule))?.needsNorms == false
  }

  /// - Throws: where a schedule cannot be built (its file, too few steps) or its file has changed since the sweep began.
  func factors(of schedule: String) throws -> [Double] {
    if let factors = state.withLock({ $0.factors[schedule] }) { return factors }
    let parsed = try Schedule(parsing: schedule)
    let factors = try parsed.factors(steps: trainer.steps, unspecifiedNorm: keys.optimizer.norm)
    if let path = parsed.paths.first, RunKey.digest(of: factors) != keys.digest(of: schedule) {
      throw ScheduleFileError(
        .malformed, path: path, "changed while the sweep was running; the same command trains what the new content asks for")
    }
    state.withLock { $0.factors[schedule] = factors }
    return factors
  }

  func train(_ runs: [PlannedRun], isCancelled: () -> Bool) throws -> [RunRecord] {
    guard let seed = runs.first?.seed else { return [] }
    let outcomes = try trainer.train(
      try runs.map { Run(learningRate: $0.learningRate, factors: try factors(of: $0.schedule)) }, seed: seed,
      isCancelled: isCancelled)
    return zip(runs, outcomes).map { run, outcome in
      RunRecord(
        key: run.key, problem: keys.problem.name, optimizer: keys.optimizer.spelling, schedule: run.schedule,
        learningRate: run.learningRate, seed: run.seed, steps: outcome.steps, quantities: outcome.quantities,
        diverged: outcome.diverged, checkpoints: outcome.checkpoints.map(Checkpoint.init))
    }
  }

  /// Retrains finished runs of one seed, for what the journal does not keep of a run.
  ///
  /// - Parameter warn: called where a run ends differently than before.
  private func retrain(
    _ runs: [RunRecord], recording: Recording, isCancelled: () -> Bool, warn: (String) -> Void
  ) throws -> [RunOutcome] {
    let outcomes = try trainer.train(
      try runs.map { Run(learningRate: $0.learningRate, factors: try factors(of: $0.schedule)) },
      seed: runs.first?.seed ?? 1, recording: recording, isCancelled: isCancelled)
    for (run, outcome) in zip(runs, outcomes) where outcome.quantities[.trainLoss] != run[.trainLoss] {
      warn(
        "warning: \(run.problem), \(run.optimizer), \(run.schedule) at \(shortText(run.learningRate)), seed \(run.seed) ended with "
          + "a training loss of \(outcome.trainLoss), in the journal it is \(run[.trainLoss].map { "\($0)" } ?? "null"): "
          + "results of different programs are mixed here; use another results folder")
    }
    return outcomes
  }

  func trace(_ traces: [PlannedTrace], isCancelled: () -> Bool, warn: (String) -> Void) throws -> [DetailLine] {
    let outcomes = try retrain(
      traces.map(\.run), recording: Recording(traceLength: 512), isCancelled: isCancelled, warn: warn)
    return zip(traces, outcomes).map { planned, outcome in
      let run = planned.run
      let record = TraceRecord(
        key: run.key, problem: run.problem, optimizer: run.optimizer, schedule: run.schedule,
        learningRate: run.learningRate, seed: run.seed, steps: run.steps, losses: outcome.trace)
      return DetailLine(key: planned.key, content: .trace(record))
    }
  }

  /// Retrains the prior run for its norms and refines them. The factors stay with the unit.
  func refine(_ planned: PlannedRefinement, isCancelled: () -> Bool, warn: (String) -> Void) throws -> DetailLine {
    let prior = planned.prior
    let priors = prior == planned.firstPrior ? [prior] : [prior, planned.firstPrior]
    let outcomes = try retrain(priors, recording: Recording(norms: true), isCancelled: isCancelled, warn: warn)
    let outcome = outcomes[0]
    var options = configuration.refinementOptions(of: planned.refined, optimizer: keys.optimizer)
    let steps = outcome.steps
    let rising = stepCount(share: try Schedule(parsing: planned.refined).warmup, of: steps)
    options.points = steps - rising
    let norms = outcome.norms(options.norm)
    var record = RefinementRecord(
      problem: prior.problem, optimizer: prior.optimizer, schedule: planned.schedule, round: planned.round,
      priorSchedule: prior.schedule, priorLearningRate: prior.learningRate, priorSeed: prior.seed, steps: steps,
      norms: thinned(norms))
    var digest: String?
    do {
      let result = try RefinementResult(refining: norms.map(Double.init), options: options)
      let factors = (0..<rising).map { Double($0 + 1) / Double(rising) } + result.factors
      record.smoothedNorms = thinned(result.smoothedNorms.map { Float($0) })
      record.factors = thinned(factors)
      digest = RunKey.digest(of: factors)
      state.withLock { $0.factors[planned.schedule] = factors }
      record.bounds = bounds(under: outcomes[outcomes.count - 1], including: planned.schedule)
    } catch let error as RefinementError {
      record.failure = "\(error)"
    }
    return DetailLine(key: planned.key, content: .refinement(record, digest: digest))
  }

  /// Searches for the best schedule.
  ///
  /// - Parameters:
  ///   - journal: opens the journal of the generations of a search, given its key.
  ///   - progress: called on this thread with the part that is done, 0 to 1.
  func search(
    journal: (String) throws -> SearchJournal, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping (Double) -> Void
  ) throws -> [DetailLine] {
    guard let settings = configuration.searchSettings else { return [] }
    let key = keys.search(settings)
    let training = SearchTraining(sweepProblem.problem, settings: SweepUnit.settings(keys.optimizer, configuration))
    var record = BestFoundRecord(problem: keys.problem.name, optimizer: keys.optimizer.spelling)
    var digest: String?
    do {
      let search = ScheduleSearch(training, settings: settings)
      let found = try search.run(
        journal: journal(key), progress: { progress($0.fraction) }, isCancelled: isCancelled)
      record.schedule = found.schedule
      record.learningRate = found.learningRate
      record.band = found.band
      record.outcomes = found.outcomes
      record.compared = found.compared.map { compared in
        let isDetermined = (try? Schedule(parsing: compared.schedule))?.needsNorms == false
        return BestFoundRecord.Compared(
          schedule: compared.schedule, learningRate: compared.learningRate,
          factors: isDetermined ? [] : thinned(compared.factors), outcomes: compared.outcomes)
      }
      record.runs = found.runs
      digest = RunKey.digest(of: found.factors)
    } catch let error as SearchError {
      record.failure = "\(error)"
    } catch let error as SettingError {
      record.failure = "\(error.key): \(error.message)"
    }
    return [DetailLine(key: key, content: .bestFound(record, digest: digest))]
  }

  /// The last-iterate bound of each schedule whose factors are known, at its best scale. The norm is the one for the
  /// optimizer, whichever the refinement uses, so that the bounds of all schedules are comparable.
  private func bounds(under outcome: RunOutcome, including refined: String) -> [String: Double] {
    let norm = keys.optimizer.norm
    let norms = outcome.norms(norm).map(Double.init)
    var bounds: [String: Double] = [:]
    let schedules = Set(parts.flatMap(\.configuration.schedules).filter { !SweepConfiguration.isRefined($0) })
    for schedule in schedules.sorted() + [refined] {
      guard let factors = try? factors(of: schedule),
        let bound = try? LastIterateBound(stepSizes: factors, norms: norms, norm: norm), bound.valueAtBestScale.isFinite
      else { continue }
      bounds[schedule] = bound.valueAtBestScale
    }
    return bounds
  }
}

/// At most 512 of the values, evenly spaced, including the first and the last.
private func thinned<Value>(_ values: [Value]) -> [Value] {
  guard values.count > 512 else { return values }
  return (0..<512).map { values[($0 * (values.count - 1) + 255) / 511] }
}
