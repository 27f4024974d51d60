import Schedules
import Testing
import Training

@testable import Sweeps

/// What is kept of a search in a sweep.
@Suite struct BestFoundRecordTests {
  private static func losses(_ outcomes: [Quantities]) -> [Double?] { outcomes.map { $0[.trainLoss] } }

  @Test func theRecordHoldsTheJudgement() throws {
    try TinySweep.withFolder { folder in
      var configuration = TinySweep.configuration
      configuration.schedules = ["linear"]
      configuration.optimizers = [.sgd()]
      configuration.search = BestFoundSearch(budget: 128, knots: 3)
      try TinySweep.run(in: folder, configuration: configuration)
      let found = try TinySweep.results(in: folder).bestFound
      #expect(found.map(\.record.problem) == ["clean", "noisy"])
      for record in found.map(\.record) {
        #expect(Set(record.compared.map(\.schedule)).isSuperset(of: ["linear", "cosine"]))
        #expect(record.outcomes.count == 16 && record.outcomes.allSatisfy { $0[.trainLoss] != nil })
        for compared in record.compared {
          #expect(compared.outcomes.count == 16 && compared.learningRate > 0)
          #expect(compared.factors.isEmpty == !compared.schedule.hasPrefix("refined"), "\(compared.schedule)")
        }
        // The same search by itself ends with the same judgement.
        let problem = try #require(TinySweep.data.problems.first { $0.summary.name == record.problem })
        let settings = try #require(configuration.searchSettings)
        let training = TrainingSettings(
          optimizer: .sgd(), epochs: configuration.epochs, batchSize: configuration.batchSize,
          keepsLastBatch: configuration.keepsLastBatch, l2: 0)
        let alone = try ScheduleSearch(SearchTraining(problem.problem, settings: training), settings: settings).run()
        #expect(alone.schedule == record.schedule && Self.losses(alone.outcomes) == Self.losses(record.outcomes))
        for (a, b) in zip(alone.compared, record.compared) {
          #expect(a.schedule == b.schedule && Self.losses(a.outcomes) == Self.losses(b.outcomes))
        }
        let first = try #require(alone.compared.first)
        let difference = PairedDifference(Self.losses(first.outcomes), less: Self.losses(alone.outcomes))
        let (a, b) = (try #require(difference), try #require(first.difference))
        #expect(abs(a.mean - b.mean) < 1e-12 && abs(a.standardError - b.standardError) < 1e-12)
      }
      let refined = found.flatMap(\.record.compared).filter { $0.schedule.hasPrefix("refined") }
      #expect(!refined.isEmpty && refined.allSatisfy { $0.factors.count <= 512 && ($0.factors.max() ?? 0) > 0 })
    }
  }
}
