import Foundation
import Testing

@testable import Sweeps

/// Sweeps with several conditions.
@Suite struct ConditionTests {
  static var configuration: SweepConfiguration {
    var configuration = TinySweep.configuration
    configuration.schedules = ["linear", "refined"]
    configuration.optimizers = [.sgd()]
    configuration.methods = [
      Method(name: "flat, low", optimizer: .adam(), column: Column("flat"), learningRates: [0.01]),
      Method(name: "linear, two rates", optimizer: .sgd(), column: Column("linear"), learningRates: [0.5, 0.3]),
    ]
    configuration.seeds = 2
    configuration.epochsAxis = [2, 4]
    return configuration
  }

  private func lines(in folder: String) throws -> [String] {
    try JournalContents.files(in: folder).filter { $0.hasSuffix(JournalContents.runsSuffix) }.flatMap { file in
      try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n").map(String.init)
    }.sorted()
  }

  @Test func twoShardsTrainWhatOneSweepTrains() throws {
    let whole = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: Self.configuration)
      return (try lines(in: folder), try StudyResults.load(folder: folder))
    }
    #expect(Set(whole.0).count == whole.0.count)
    try TinySweep.withFolder { folder in
      for index in [2, 1] {
        let trained = try TinySweep.run(
          in: folder, configuration: Self.configuration, shard: Shard(index: index, count: 2)
        ).runsTrained
        #expect(trained > 0 && trained < whole.0.count)
      }
      let trained = try Set(lines(in: folder))
      #expect(trained == Set(whole.0))
      let merged = try StudyResults.load(folder: folder)
      for (a, b) in zip(merged.conditions, whole.1.conditions) {
        #expect(a.condition == b.condition && a.results.runs == b.results.runs && a.results.methods == b.results.methods)
        #expect(a.results.incomplete.isEmpty)
      }
    }
  }

  /// Each condition's results are those of a sweep of that condition alone.
  @Test func aConditionIsASweepOfItsOwn() throws {
    let study = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: Self.configuration)
      return try StudyResults.load(folder: folder)
    }
    #expect(study.conditions.map(\.condition.epochs) == [2, 4] && study.axes == [.epochs])
    for part in study.conditions {
      let alone = try TinySweep.withFolder { folder in
        try TinySweep.run(in: folder, configuration: Self.configuration.at(part.condition))
        return try TinySweep.results(in: folder)
      }
      #expect(part.results.configuration == alone.configuration && part.results.runs == alone.runs)
      #expect(part.results.refinements == alone.refinements && part.results.traces == alone.traces)
      #expect(part.results.methods == alone.methods && part.results.problems == alone.problems)
    }
  }

  @Test func methodsHaveTheirOwnRates() throws {
    try TinySweep.withFolder { folder in
      var configuration = Self.configuration.at(Condition(epochs: 2, batchSize: 8, l2: 0))
      configuration.methods.append(Method(name: "refined", optimizer: .sgd(), column: Column("refined")))
      try TinySweep.run(in: folder, configuration: configuration)
      let results = try TinySweep.results(in: folder)
      #expect(results.methods.map(\.method.name) == ["SGD", "flat, low", "linear, two rates", "refined"])
      #expect(Set(results.methods[1].runs.map(\.learningRate)) == [0.01])
      #expect(Set(results.methods[1].runs.map(\.optimizer)) == ["adam"])
      #expect(Set(results.methods[2].runs.map(\.learningRate)) == [0.3, 0.5])
      #expect(results.runs.allSatisfy { $0.optimizer == "sgd" && $0.learningRate != 0.3 })
      // 0.5 is a rate of the tables too, and trained once.
      let own = results.runs.filter { $0.problem == "clean" && $0.schedule == "linear" }
      let refined = results.methods[3].runs.filter { $0.problem == "clean" }
      #expect(results.methods[3].tuningRuns["clean"] == own.count + refined.count)
      #expect(results.methods[1].tuningRuns == ["clean": 2, "noisy": 2])
      let trained = try lines(in: folder)
      #expect(Set(trained).count == trained.count)
      #expect(results.methods.allSatisfy { $0.incomplete.isEmpty })
    }
  }

  @Test func regularisedRunsAreChosenByTheObjective() throws {
    try TinySweep.withFolder { folder in
      var configuration = TinySweep.configuration
      configuration.schedules = ["linear"]
      configuration.optimizers = [.sgd()]
      configuration.l2Axis = [0, 0.1]
      try TinySweep.run(in: folder, configuration: configuration)
      let study = try StudyResults.load(folder: folder)
      let (plain, regularised) = (study.conditions[0].results, study.conditions[1].results)
      #expect(plain.configuration.criterion == .trainError && regularised.configuration.criterion == .trainObjective)
      #expect(plain.runs.allSatisfy { $0[.trainObjective] == $0[.trainLoss] })
      #expect(Set(plain.runs.map(\.key)).isDisjoint(with: regularised.runs.map(\.key)))
      for (a, b) in zip(plain.problems, regularised.problems) {
        let (first, second) = (try #require(a.optimum), try #require(b.optimum))
        #expect(second.loss > first.loss && !second.separable)
        let runs = regularised.runs.filter { $0.problem == b.name }
        #expect(runs.allSatisfy { ($0[.trainObjective] ?? 0) >= second.loss - 1e-6 })
        let best = try #require(BestRate.select(from: runs, by: .trainObjective))
        #expect(best.meanTrainObjective - second.loss < 0.05)
        // "clean" is separable: without regularisation its grid is not extended.
        #expect(!best.isHighestTried)
      }
    }
  }

  @Test func checkpointsAreRecordedWhereTheyAreAskedFor() throws {
    try TinySweep.withFolder { folder in
      var configuration = TinySweep.configuration
      configuration.schedules = ["linear"]
      configuration.optimizers = [.sgd()]
      try TinySweep.run(in: folder, configuration: configuration)
      let plain = try TinySweep.results(in: folder)
      configuration.checkpoints = [0.25, 0.5]
      let first = try TinySweep.run(in: folder, configuration: configuration)
      #expect(first.runsTrained == plain.runs.count && first.runsReused == 0)
      let results = try TinySweep.results(in: folder)
      #expect(zip(results.runs, plain.runs).allSatisfy { $0.agrees(with: $1) })
      for run in results.runs {
        #expect(run.checkpoints.map(\.step) == [0.25, 0.5].map { Int((Double(run.steps) * $0).rounded(.toNearestOrEven)) })
        #expect(run.diverged || run.checkpoints.allSatisfy { $0.trainLoss != nil && $0.trainError != nil })
      }
      // What is there is enough for fewer checkpoints, or none.
      configuration.checkpoints = [0.5]
      #expect(try TinySweep.run(in: folder, configuration: configuration).runsTrained == 0)
      configuration.checkpoints = []
      #expect(try TinySweep.run(in: folder, configuration: configuration).runsTrained == 0)
    }
  }
}
