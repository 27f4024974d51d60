import Foundation
import Testing
import Training

@testable import Sweeps

/// Sweeps that search for the best schedule too.
@Suite struct BestFoundTests {
  private static var configuration: SweepConfiguration {
    var configuration = TinySweep.configuration
    configuration.schedules = ["linear", "refined"]
    configuration.optimizers = [.sgd()]
    configuration.methods = [Method(name: "flat", optimizer: .adam(), column: Column("flat"), learningRates: [0.01])]
    configuration.search = BestFoundSearch(budget: 256, knots: 3)
    return configuration
  }

  /// The lines of the runs and of what was found, sorted.
  private func lines(in folder: String) throws -> [String] {
    try JournalContents.files(in: folder).flatMap { file in
      try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n").map(String.init)
        .filter { file.hasSuffix(JournalContents.runsSuffix) || $0.contains(#""kind":"best_found""#) }
    }.sorted()
  }

  private func whole() throws -> (lines: [String], results: SweepResults) {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: Self.configuration)
      return (try lines(in: folder), try TinySweep.results(in: folder))
    }
  }

  @Test func theBestFoundIsTrainedWithSeedsOfTheSweep() throws {
    try TinySweep.withFolder { folder in
      let first = try TinySweep.run(in: folder, configuration: Self.configuration)
      let results = try TinySweep.results(in: folder)
      #expect(results.bestFound.map(\.record.problem) == ["clean", "noisy"])
      for found in results.bestFound {
        #expect(found.record.optimizer == "sgd" && found.record.failure == nil && found.isComplete)
        #expect(found.record.schedule.hasPrefix("piecewise:knots=") && found.record.schedule.hasSuffix(":scale=log"))
        #expect(found.record.band.count == 3 && found.record.runs >= 256)
        #expect(found.runs.map(\.seed) == [1, 2, 3])
        #expect(found.runs.allSatisfy { $0.schedule == found.record.schedule && $0.learningRate == found.record.learningRate })
        // The search started from linear decay at its best rate.
        let linear = results.runs.filter { $0.problem == found.record.problem && $0.schedule == "linear" }
        let best = try #require(BestRate.select(from: linear, by: .trainLoss)).meanTrainLoss
        let mean = found.runs.reduce(0) { $0 + ($1[.trainLoss] ?? .infinity) } / 3
        #expect(mean < best * 1.02, "\(found.record.problem): \(mean), linear \(best)")
      }
      #expect(results.runs.allSatisfy { !$0.schedule.hasPrefix("piecewise") })
      // What is found does not depend on the columns, and is not searched for again.
      var further = Self.configuration
      further.schedules.append("flat")
      let added = try TinySweep.run(in: folder, configuration: further)
      #expect(added.runsReused == first.runsTrained)
      #expect(try TinySweep.results(in: folder).bestFound == results.bestFound)
      let found = try lines(in: folder).filter { $0.contains(#""kind":"best_found""#) }
      #expect(found.count == 2)
    }
  }

  /// Everything but the plan's text and what was found is as without the search.
  @Test func theColumnsAreAsWithoutTheSearch() throws {
    var plain = Self.configuration
    plain.search = nil
    #expect(!plain.protocolYAML.contains("search"))
    let without = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: plain)
      return try TinySweep.results(in: folder)
    }
    let with = try whole().results
    #expect(with.runs == without.runs && with.refinements == without.refinements && with.traces == without.traces)
    #expect(with.methods == without.methods && without.bestFound.isEmpty)
  }

  @Test func interruptionsDoNotMatter() throws {
    let expected = try whole()
    try TinySweep.withFolder { folder in
      var interruptions = 0
      var haveGenerations = false
      func generations() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(SearchJournal.suffix) }
      }
      // The last ones fall into the searches.
      for patience in [3, 20, 60, 100, 150] {
        let countdown = Countdown(patience)
        let outcome = try TinySweep.run(in: folder, configuration: Self.configuration) { countdown.isOver() }
        interruptions += outcome.wasCancelled ? 1 : 0
        haveGenerations = try haveGenerations || !generations().isEmpty
      }
      // What an interrupted search has trained is on disk, until its outcome is.
      #expect(interruptions > 3 && haveGenerations)
      try TinySweep.run(in: folder, configuration: Self.configuration)
      #expect(try generations().isEmpty)
      #expect(try lines(in: folder) == expected.lines)
      #expect(try TinySweep.results(in: folder).bestFound == expected.results.bestFound)
    }
  }

  @Test func twoShardsFindWhatOneSweepFinds() throws {
    let expected = try whole()
    try TinySweep.withFolder { folder in
      for index in [2, 1] {
        try TinySweep.run(in: folder, configuration: Self.configuration, shard: Shard(index: index, count: 2))
      }
      #expect(try lines(in: folder) == expected.lines)
      #expect(try TinySweep.results(in: folder).bestFound == expected.results.bestFound)
    }
  }

  @Test func theEstimateCountsTheSearches() throws {
    try TinySweep.withFolder { folder in
      func plan() throws -> SweepPlanSummary {
        try SweepRunner(configuration: Self.configuration, data: TinySweep.data, results: folder, version: "test").plan()
      }
      let before = try plan()
      #expect(before.bestSchedules.map(\.isDone) == [false, false])
      #expect(before.bestSchedules.allSatisfy { $0.estimatedSeconds > 0 })
      #expect(before.estimatedSeconds > before.parts.map(\.estimatedSeconds).reduce(0, +))
      try TinySweep.run(in: folder, configuration: Self.configuration)
      let after = try plan()
      #expect(after.bestSchedules.map(\.isDone) == [true, true] && after.estimatedSeconds == 0)
      #expect(after.runs == after.runsDone)
    }
  }

  /// Nothing to search with is no reason to stop a sweep.
  @Test func runsWithFewerStepsThanKnotsHaveNoBestFound() throws {
    try TinySweep.withFolder { folder in
      var configuration = Self.configuration
      configuration.search?.knots = 16
      configuration.epochs = 1
      configuration.methods = []
      try TinySweep.run(in: folder, configuration: configuration)
      let results = try TinySweep.results(in: folder)
      #expect(results.bestFound.count == 2)
      #expect(results.bestFound.allSatisfy { $0.record.failure?.contains("knots") == true && $0.runs.isEmpty && $0.isComplete })
      #expect(try TinySweep.run(in: folder, configuration: configuration).runsTrained == 0)
    }
  }

  @Test(arguments: [
    ("search: true\n", BestFoundSearch(), "search: true\n"), ("search: false\n", nil, ""),
    ("search: {budget: 4000}\n", BestFoundSearch(budget: 4000), "search: {budget: 4000, knots: 8}\n"),
    ("search: {knots: 4}\n", BestFoundSearch(knots: 4), "search: {budget: 8000, knots: 4}\n"),
  ])
  func theSettingReadsBack(text: String, search: BestFoundSearch?, written: String) throws {
    let configuration = try SweepConfiguration(yaml: text, file: "x")
    #expect(configuration.search == search)
    #expect(configuration.protocolYAML.hasSuffix("prior: linear\n" + written))
    #expect(try SweepConfiguration(yaml: configuration.yaml, file: "x") == configuration)
  }

  @Test(arguments: [
    ("search: maybe\n", "found 'maybe', expected true, false or"), ("search: {budget: 10}\n", "budget: expected at least 128"),
    ("search: {knots: 1}\n", "knots: expected a number from 2 to 64"), ("search: {knot: 9}\n", "did you mean 'knots'"),
  ])
  func wrongSettingsAreErrors(text: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try SweepConfiguration(yaml: text, file: "x") }
    #expect(error.map { "\($0)" }?.contains(message) == true)
  }

  /// The sweep's own seeds are none of the search's.
  @Test func seedsOfTheSearchAreItsOwn() {
    for seeds in [1, 10, 1000, 5000] {
      let settings = BestFoundSearch().settings(besideSeeds: seeds)
      #expect((settings.searchSeeds + settings.unseenSeeds).allSatisfy { $0 > UInt64(seeds) })
    }
  }
}
