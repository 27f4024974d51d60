import Schedules
import Training

/// The judgement of a search's winner on seeds that the search has not seen.
struct SearchJudgement {
  let settings: SearchSettings

  /// How far a knot is moved in either direction, in octaves.
  private static let offsets = [0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8]

  func runs(schedules: Int) -> Int {
    settings.unseenSeeds.count * (1 + schedules + settings.knots * 2 * Self.offsets.count)
  }

  func judge(
    _ winner: ScheduleSearch.Winner, beside named: NamedSchedules, in evaluation: inout SearchEvaluation
  ) throws -> FoundSchedule {
    let seeds = settings.unseenSeeds
    let quantity = settings.objective.quantity
    let results = try evaluation.results(
      of: [winner.candidate] + named.tuned.map(\.candidate), seeds: seeds, stage: "judging")
    let own = results[0]
    var compared = zip(named.tuned, results.dropFirst()).map { tuned, results in
      func difference(_ quantity: Quantity) -> PairedDifference? {
        PairedDifference(results.map { $0[quantity] }, less: own.map { $0[quantity] })
      }
      return FoundSchedule.Compared(
        schedule: tuned.schedule, learningRate: tuned.candidate.run.learningRate, factors: tuned.candidate.run.factors,
        outcomes: results, means: Quantities(meansOf: results), difference: difference(quantity),
        errorDifference: difference(.trainError))
    }
    compared.sort {
      ($0.means[quantity] ?? .infinity, $0.schedule) < ($1.means[quantity] ?? .infinity, $1.schedule)
    }
    let band = try band(winner, own.map { $0[quantity] }, in: &evaluation)
    return FoundSchedule(
      schedule: winner.candidate.identity, learningRate: winner.candidate.run.learningRate,
      factors: winner.candidate.run.factors, outcomes: own, means: Quantities(meansOf: own), searchValue: winner.score.value,
      objective: settings.objective, seeds: settings.searchSeeds, unseenSeeds: seeds, runs: evaluation.runs,
      generations: winner.generations, restarts: winner.restarts, compared: compared, left: named.left, band: band)
  }

  /// For each knot, the limits within which it may move.
  private func band(
    _ winner: ScheduleSearch.Winner, _ values: [Double?], in evaluation: inout SearchEvaluation
  ) throws -> [FoundSchedule.BandKnot] {
    let space = KnotSchedules(count: settings.knots)
    let top = winner.point.max() ?? 0
    return try space.shares.indices.map { knot in
      let offsets = Self.offsets.map { -$0 } + Self.offsets
      let candidates = try offsets.map { offset in
        var moved = winner.point
        moved[knot] += offset
        return try space.candidate(moved, steps: evaluation.training.steps)
      }
      let results = try evaluation.results(
        of: candidates, seeds: settings.unseenSeeds, stage: "band at \(shortText(space.shares[knot]))")
      /// What the mean loses beyond two standard errors; nil if a run diverged.
      let losses = results.map { results -> Double? in
        PairedDifference(results.map { $0[settings.objective.quantity] }, less: values)
          .map { $0.mean - 2 * $0.standardError }
      }
      let count = Self.offsets.count
      let down = Self.limit(Array(losses[..<count]))
      let up = Self.limit(Array(losses[count...]))
      let exponent = winner.point[knot] - top
      return FoundSchedule.BandKnot(
        share: space.shares[knot], factor: ElementaryFunctions.exp2(exponent),
        lower: down.map { ElementaryFunctions.exp2(exponent - $0) }, upper: up.map { ElementaryFunctions.exp2(exponent + $0) })
    }
  }

  /// The offset at which the loss becomes positive, interpolated between those tried; nil if it does not.
  static func limit(_ losses: [Double?]) -> Double? {
    var (last, lastLoss) = (0.0, 0.0)
    for (offset, loss) in zip(offsets, losses) {
      guard let loss else { return last }
      if loss > 0 { return last + (offset - last) * (-lastLoss) / (loss - lastLoss) }
      (last, lastLoss) = (offset, loss)
    }
    return nil
  }
}
