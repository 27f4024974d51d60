import Foundation
import Schedules
import Testing
import Training

@testable import Sweeps

@Suite struct ScheduleSearchTests {
  /// SGD on f(w) = |w|^2 / 2 in many dimensions from w = 1, with gradient noise of variance `noise` in each coordinate.
  ///
  /// The expected square V of a coordinate follows V <- (1 - eta)^2 V + eta^2 noise; the best eta is V / (V + noise), for which
  /// 1/V grows by 1/noise a step: the best schedule is 1/(1 + noise + t), and V ends at noise / (noise + T).
  private enum NoisyQuadratic {
    static let steps = 40
    static let dimensions = 60
    static let noise = 20.0
    static let bestLoss = noise / (noise + Double(steps)) / 2

    static func expectedLoss(_ rates: [Double]) -> Double {
      rates.reduce(1) { v, eta in (1 - eta) * (1 - eta) * v + eta * eta * noise } / 2
    }

    static func loss(_ rates: [Double], seed: UInt64) -> Double {
      var numbers = NormalNumbers(seed: seed, stream: 77)
      var weights = [Double](repeating: 1, count: dimensions)
      for eta in rates {
        for i in weights.indices { weights[i] -= eta * (weights[i] + noise.squareRoot() * numbers.next()) }
      }
      return weights.reduce(0) { $0 + $1 * $1 } / Double(2 * dimensions)
    }

    static let training = SearchTraining(steps: steps, identity: "noisy quadratic") { runs, seed, _ in
      runs.map { run in [.trainLoss: loss(run.factors.map { $0 * run.learningRate }, seed: seed)] }
    }
  }

  @Test func findsTheBestScheduleOfANoisyQuadratic() throws {
    var settings = SearchSettings()
    settings.budget = 4_000
    settings.schedules = ["flat", "linear", "cosine"]
    let found = try ScheduleSearch(NoisyQuadratic.training, settings: settings).run(jobs: 2)
    let rates = found.factors.map { $0 * found.learningRate }
    #expect(NoisyQuadratic.expectedLoss(rates) < 1.03 * NoisyQuadratic.bestLoss)
    // Beside the schedule of theory, with the same noise.
    let best = (0..<NoisyQuadratic.steps).map { 1 / (1 + NoisyQuadratic.noise + Double($0)) }
    let pairs = found.unseenSeeds.map { seed in
      (NoisyQuadratic.loss(rates, seed: seed), NoisyQuadratic.loss(best, seed: seed))
    }
    let difference = try #require(PairedDifference(pairs.map(\.0), less: pairs.map(\.1)))
    #expect(abs(difference.mean) < max(2 * difference.standardError, 0.02 * NoisyQuadratic.bestLoss))
    let mean = pairs.reduce(0) { $0 + $1.0 } / Double(pairs.count)
    #expect(abs(try #require(found.means[.trainLoss]) - mean) < 1e-12)
    for named in found.compared { #expect(try #require(named.difference).mean > 0, "\(named.schedule)") }
    // A knot stands between its limits.
    for knot in found.band {
      #expect((knot.lower ?? 0) <= knot.factor * 1.001 && knot.factor <= (knot.upper ?? .infinity) * 1.001)
    }
    #expect(found.band.contains { $0.lower != nil && $0.upper != nil })
  }

  /// A problem of logistic regression, small enough for a debug build.
  /// Where no schedule is better than the start, the start is found, however short the search.
  @Test func theStartIsInTheFirstGeneration() throws {
    let training = SearchTraining(steps: 20, identity: "flat is best") { runs, _, _ in
      runs.map { run in
        [.trainLoss: run.factors.reduce(0) { $0 + pow(log2($1 * run.learningRate) + 3, 2) }]
      }
    }
    var settings = SearchSettings()
    settings.schedules = ["flat"]
    settings.budget = settings.leastBudget
    let found = try ScheduleSearch(training, settings: settings).run()
    #expect(found.searchValue == 0 && found.learningRate == 0.125 && found.factors == [Double](repeating: 1, count: 20))
  }

  private static func training() -> SearchTraining {
    let settings = TrainingSettings(optimizer: .adam(), epochs: 4, batchSize: 8)
    return SearchTraining(TinySweep.problem("noisy", spread: 2).problem, settings: settings)
  }

  private static var settings: SearchSettings {
    var settings = SearchSettings()
    settings.knots = 4
    settings.seeds = 2
    settings.budget = 1_000
    settings.schedules = ["flat", "linear", "refined"]
    return settings
  }

  @Test func theSpellingReproducesTheSchedule() throws {
    let found = try ScheduleSearch(Self.training(), settings: Self.settings).run(jobs: 2)
    let parsed = try Schedule(parsing: found.schedule)
    #expect(parsed.description == found.schedule)
    #expect(found.schedule.hasPrefix("piecewise:knots=") && found.schedule.hasSuffix(":scale=log"))
    #expect(try parsed.factors(steps: found.factors.count) == found.factors)
    #expect(found.factors.max() == 1 && found.factors.allSatisfy { $0 > 0 })
    #expect(Set(found.compared.map(\.schedule)) == ["flat", "linear", "refined"] && found.left.isEmpty)
    // What the trainer makes of the spelling on unseen seeds is what was reported.
    let run = Run(learningRate: found.learningRate, factors: found.factors)
    let outcomes = try found.unseenSeeds.map { try Self.training().train([run], $0, { false })[0] }
    #expect(Quantities(meansOf: outcomes) == found.means)
  }

  /// Wherever the largest knot lies, and however few the steps.
  @Test(arguments: [3, 10, 1000]) func theLargestFactorIsOne(steps: Int) throws {
    let space = KnotSchedules(count: 8)
    for largest in 0..<8 {
      let point = (0..<8).map { $0 == largest ? -1.5 : -3 - Double($0) / 7 }
      let candidate = try space.candidate(point, steps: steps)
      #expect(candidate.run.factors.max() == 1, "\(candidate.identity)")
      #expect(candidate.identity.count < 180)
      #expect(abs(log2(candidate.run.learningRate) + 1.5) < 1e-3)
    }
  }

  @Test func threadsChangeNothing() throws {
    let search = ScheduleSearch(Self.training(), settings: Self.settings)
    #expect(try search.run(jobs: 1) == search.run(jobs: 3))
  }

  /// However often it is interrupted, and with a torn last line, the search ends with the same bits.
  @Test func anInterruptedSearchEndsWithTheSameBits() throws {
    let search = ScheduleSearch(Self.training(), settings: Self.settings)
    let whole = try search.run(jobs: 2)
    try TinySweep.withFolder { folder in
      var interruptions = 0
      var trained = 0
      while true {
        let journal = try SearchJournal(folder: folder, identity: Self.training().identity)
        let countdown = Countdown(40 + 10 * interruptions)
        do {
          let found = try search.run(
            jobs: 2, journal: journal, progress: { trained = $0.runsTrained }, isCancelled: { countdown.isOver() })
          #expect(found == whole)
          break
        } catch is CancellationError {
          interruptions += 1
          // As a crash in the middle of a write leaves it.
          let file = try #require(FileHandle(forUpdatingAtPath: journal.path))
          let length = try file.seekToEnd()
          if length > 100 { try file.truncate(atOffset: length - 20) }
          try file.close()
        }
        try #require(interruptions < 100)
      }
      #expect(interruptions > 2)
      #expect(trained < whole.runs)
      // All is there now.
      let journal = try SearchJournal(folder: folder, identity: Self.training().identity)
      #expect(try search.run(journal: journal, progress: { trained = $0.runsTrained }) == whole)
      #expect(trained == 0)
    }
  }

  /// Runs of the judgement: the schedules, and 16 places of each knot.
  private func judged(_ found: FoundSchedule) -> Int {
    found.unseenSeeds.count * (1 + found.compared.count + 16 * found.band.count)
  }

  /// A larger budget goes on from the same generations.
  @Test func aLargerBudgetContinues() throws {
    try TinySweep.withFolder { folder in
      var settings = Self.settings
      settings.budget = 320
      func run(progress: @escaping (SearchProgress) -> Void = { _ in }) throws -> FoundSchedule {
        let journal = try SearchJournal(folder: folder, identity: Self.training().identity)
        return try ScheduleSearch(Self.training(), settings: settings).run(journal: journal, progress: progress)
      }
      let first = try run()
      settings.budget = 640
      var trained = 0
      let again = try run { trained = $0.runsTrained }
      #expect(trained <= again.runs - (first.runs - judged(first)))
      #expect(again.generations == 20 && first.generations == 10)
      #expect(again.searchValue <= first.searchValue)
    }
  }

  @Test func anotherSearchInTheFolderIsRefused() throws {
    try TinySweep.withFolder { folder in
      let journal = try SearchJournal(folder: folder, identity: "one")
      #expect(throws: JournalError.self) { try SearchJournal(folder: folder, identity: "two") }
      #expect(journal.path.hasSuffix(SearchJournal.suffix))
      // A sweep's journal does not take it for one of its own.
      #expect(try JournalContents.files(in: folder).isEmpty)
    }
  }

  @Test func whatDivergesEverywhereIsAnError() throws {
    let training = SearchTraining(steps: 10, identity: "diverges") { runs, _, _ in runs.map { _ in [:] } }
    #expect(throws: SearchError.self) { try ScheduleSearch(training, settings: Self.settings).run() }
  }

  @Test func errorsAreRankedByErrorThenLoss() {
    let low = SearchObjective.error.score([[.trainError: 0.1, .trainLoss: 0.9], [.trainError: 0.3, .trainLoss: 0.9]])
    let tied = SearchObjective.error.score([[.trainError: 0.2, .trainLoss: 0.5], [.trainError: 0.2, .trainLoss: 0.5]])
    let worse = SearchObjective.error.score([[.trainError: 0.3, .trainLoss: 0.1], [.trainError: 0.3, .trainLoss: 0.1]])
    #expect(tied < low && low < worse)
    #expect(SearchObjective.loss.score([[.trainLoss: 1], [:]]).value == .infinity)
  }
}
