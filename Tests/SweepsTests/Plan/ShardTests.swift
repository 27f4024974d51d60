import Foundation
import Testing

@testable import Sweeps

@Suite struct ShardTests {
  @Test func spelling() throws {
    let shard = try Shard(parsing: "2/4")
    #expect(shard.index == 2 && shard.count == 4 && shard.description == "2/4")
    for text in ["", "0/4", "5/4", "1", "a/b", "1/0", "-1/2", "1/2/3"] {
      #expect(throws: SpellingError.self) { try Shard(parsing: text) }
    }
  }

  @Test func everyPieceGoesToOneShardAndLoadsAreEven() {
    let costs = (0..<200).map { Double(($0 * 7919) % 101) + 1 }
    for count in [1, 2, 3, 7, 16] {
      let shards = Shard.assignments(of: costs, count: count)
      var loads = [Double](repeating: 0, count: count)
      for (cost, shard) in zip(costs, shards) { loads[shard - 1] += cost }
      let mean = costs.reduce(0, +) / Double(count)
      #expect(loads.allSatisfy { abs($0 - mean) < 0.02 * mean + 1 })
      #expect(shards == Shard.assignments(of: costs, count: count))
    }
    #expect(Shard.assignments(of: [5, 5], count: 4) == [1, 2])
  }

  @Test func theDefaultSweepsChainsCostNearlyTheSameOnEveryShard() throws {
    let configuration = SweepConfiguration()
    let chains = Chain.all(of: configuration)
    #expect(chains.count == 10)
    #expect(
      chains.filter { !$0.refined.isEmpty } == [
        Chain(schedule: "linear", refined: [Chain.Refined(schedule: "refined", rounds: 1)])
      ])
    // One problem that costs as much as all others, as letter does.
    let data = SweepData(
      problems: [TinySweep.problem("a", rows: 4000)] + (0..<9).map { TinySweep.problem("b\($0)", rows: 400) })
    let units = data.problems.flatMap { problem in
      configuration.optimizers.map {
        SweepUnit(
          problem: problem, optimizer: $0, configuration: configuration,
          parts: UnitPart.all(of: configuration, optimizer: $0), factors: FactorDigests())
      }
    }
    let costs = units.flatMap(SweepRunner.costs)
    let shards = Shard.assignments(of: costs, count: 4)
    let loads = (1...4).map { shard in zip(costs, shards).filter { $0.1 == shard }.map(\.0).reduce(0, +) }
    let (least, most) = (loads.min() ?? 0, loads.max() ?? 0)
    #expect(most < 1.1 * least)
  }

  /// Each shard trains alone, in a folder of its own; put together they are the sweep of one process.
  @Test(arguments: [2, 5])
  func shardsMerge(count: Int) throws {
    let expected = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      return try TinySweep.results(in: folder)
    }
    try TinySweep.withFolder { merged in
      try FileManager.default.createDirectory(atPath: merged, withIntermediateDirectories: true)
      var trained = 0
      for index in (1...count).reversed() {
        try TinySweep.withFolder { folder in
          trained += try TinySweep.run(in: folder, shard: Shard(index: index, count: count)).runsTrained
          for file in try JournalContents.files(in: folder) {
            try FileManager.default.copyItem(atPath: folder + "/" + file, toPath: merged + "/" + file)
          }
        }
      }
      #expect(trained == expected.runs.count)
      #expect(try TinySweep.results(in: merged).everything == expected.everything)
      #expect(try TinySweep.run(in: merged).runsTrained == 0)
      #expect(try TinySweep.results(in: merged).everything == expected.everything)
    }
  }

  @Test func shardsShareOneFolder() throws {
    try TinySweep.withFolder { folder in
      let first = try TinySweep.run(in: folder, shard: Shard(index: 1, count: 2)).runsTrained
      let second = try TinySweep.run(in: folder, shard: Shard(index: 2, count: 2)).runsTrained
      #expect(first > 0 && second > 0)
      #expect(try TinySweep.run(in: folder, shard: Shard(index: 1, count: 2)).runsTrained == 0)
      #expect(try TinySweep.results(in: folder).runs.count == first + second)
    }
  }
}
