import Foundation
import Training

/// A schedule at the learning rate that is best on the seeds of a search.
struct TunedSchedule: Sendable {
  var schedule: String
  var candidate: Candidate
  var score: SearchScore
}

/// The tuning of a schedule's learning rate: octaves first, then eighths of an octave about the best of them.
///
/// Every schedule gets its best rate in steps as small as that, since a factor of two is worth as much as what sets schedules
/// apart.
struct RateTuning {
  let objective: SearchObjective
  let seeds: [UInt64]

  /// Exponents of two: the sweep's grid, and how far it is extended while the best is at its edge.
  private static let grid = -12...3
  private static let extendedGrid = -20...10
  private static let stepsOfOctave = 8

  /// Runs for each seed, unless the grid is extended.
  static let runsPerSeed = grid.count + 2 * (stepsOfOctave - 1)

  /// - Parameters:
  ///   - schedule: the spelling, for messages.
  ///   - identity: see `Candidate`.
  /// - Returns: nil if the schedule diverges at every rate.
  func tune(
    _ schedule: String, identity: String, factors: [Double], in evaluation: inout SearchEvaluation
  ) throws -> TunedSchedule? {
    var tried: [Int: (candidate: Candidate, score: SearchScore)] = [:]
    /// Tries rates of 2^(position/8).
    func attempt(_ positions: [Int], _ evaluation: inout SearchEvaluation) throws {
      let candidates = positions.map {
        let rate = ElementaryFunctions.exp2(Double($0) / Double(Self.stepsOfOctave))
        return Candidate(identity: identity, run: Run(learningRate: rate, factors: factors))
      }
      let results = try evaluation.results(of: candidates, seeds: seeds, stage: "tuning \(schedule)")
      for (index, position) in positions.enumerated() {
        tried[position] = (candidates[index], objective.score(results[index]))
      }
    }
    /// The best rate; of equal ones the smallest.
    func best() -> Int? {
      tried.filter { $0.value.score.value.isFinite }.min { ($0.value.score, $0.key) < ($1.value.score, $1.key) }?.key
    }

    let octave = Self.stepsOfOctave
    var octaves = Self.grid
    try attempt(octaves.map { $0 * octave }, &evaluation)
    while true {
      let best = best()
      if best == octaves.upperBound * octave, octaves.upperBound < Self.extendedGrid.upperBound {
        octaves = octaves.lowerBound...octaves.upperBound + 1
        try attempt([octaves.upperBound * octave], &evaluation)
      } else if best == nil || best == octaves.lowerBound * octave, octaves.lowerBound > Self.extendedGrid.lowerBound {
        octaves = octaves.lowerBound - 1...octaves.upperBound
        try attempt([octaves.lowerBound * octave], &evaluation)
      } else {
        break
      }
    }
    guard let middle = best() else { return nil }
    try attempt((1 - octave..<octave).filter { $0 != 0 }.map { middle + $0 }, &evaluation)
    return best().flatMap { tried[$0] }.map {
      TunedSchedule(schedule: schedule, candidate: $0.candidate, score: $0.score)
    }
  }
}
