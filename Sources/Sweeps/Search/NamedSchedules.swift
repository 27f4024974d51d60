import Schedules
import Training

/// The named schedules of a search, tuned on its seeds.
struct NamedSchedules {
  /// Best first.
  private(set) var tuned: [TunedSchedule] = []
  /// Schedules that cannot be compared, with the reason.
  private(set) var left: [String: String] = [:]

  /// The schedule that a refined one gets its norms from, as in a sweep.
  private static let prior = "linear"

  /// - Throws: `SearchError.noStart` if every schedule diverges at every rate.
  init(tuning settings: SearchSettings, in evaluation: inout SearchEvaluation) throws {
    let tuning = RateTuning(objective: settings.objective, seeds: settings.searchSeeds)
    let schedules = try settings.schedules.map { try Schedule(parsing: $0) }
    let steps = evaluation.training.steps
    let norm = evaluation.training.norm
    var prior: TunedSchedule?
    for schedule in schedules where !schedule.needsNorms {
      let factors: [Double]
      do {
        factors = try schedule.factors(steps: steps, unspecifiedNorm: norm)
      } catch let error as ScheduleError {
        left[schedule.description] = error.message
        continue
      }
      try add(schedule, factors, tuning, in: &evaluation)
      if schedule.description == Self.prior { prior = tuned.last { $0.schedule == Self.prior } }
    }
    let refined = schedules.filter(\.needsNorms)
    if !refined.isEmpty {
      if prior == nil {
        let factors = try Schedule(parsing: Self.prior).factors(steps: steps)
        prior = try tuning.tune(Self.prior, identity: Self.prior, factors: factors, in: &evaluation)
      }
      for schedule in refined { try refine(schedule, prior: prior, settings.firstSeed, tuning, in: &evaluation) }
    }
    tuned.sort { ($0.score, $0.schedule) < ($1.score, $1.schedule) }
    guard !tuned.isEmpty else { throw SearchError.noStart(reasons: left) }
  }

  private mutating func add(
    _ schedule: Schedule, _ factors: [Double], _ tuning: RateTuning, in evaluation: inout SearchEvaluation
  ) throws {
    let identity =
      schedule.paths.isEmpty && !schedule.needsNorms
      ? schedule.description : "\(schedule) \(RunKey.digest(of: factors))"
    guard let result = try tuning.tune(schedule.description, identity: identity, factors: factors, in: &evaluation) else {
      left[schedule.description] = "it diverges at every learning rate"
      return
    }
    tuned.append(result)
    evaluation.best = min(evaluation.best ?? .infinity, result.score.value)
  }

  private mutating func refine(
    _ schedule: Schedule, prior: TunedSchedule?, _ seed: UInt64, _ tuning: RateTuning, in evaluation: inout SearchEvaluation
  ) throws {
    guard let prior, let norms = try evaluation.norms(of: prior.candidate.run, seed: seed) else {
      left[schedule.description] = "no gradient norms to refine"
      return
    }
    let steps = evaluation.training.steps
    let rising = stepCount(share: schedule.warmup, of: steps)
    var options = schedule.refinementOptions ?? RefinementOptions()
    if !schedule.gives("norm") { options.norm = evaluation.training.norm }
    options.points = steps - rising
    do {
      let refined = try RefinementResult(refining: norms, options: options)
      let rise = (0..<rising).map { Double($0 + 1) / Double(rising) }
      try add(schedule, rise + refined.factors, tuning, in: &evaluation)
    } catch let error as RefinementError {
      left[schedule.description] = "\(error)"
    }
  }
}
