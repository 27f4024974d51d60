import Foundation
import Schedules
import Sparse
import Testing
import Training

@testable import Sweeps

@Suite struct RefinementBoundTests {
  /// All bounds of a problem are under one run's norms, l1 with Adam and l2 with SGD, whatever a refinement takes.
  @Test func boundsOfAllRefinementsAreUnderOneRunsNorms() throws {
    var configuration = TinySweep.configuration
    configuration.schedules = ["flat", "linear", "refined", "refined:warmup=0.1", "refined:norm=l1", "refined:norm=l2"]
    configuration.rounds = 2
    let results = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: configuration)
      return try TinySweep.results(in: folder)
    }
    #expect(results.refinements.count { $0.round == 2 && $0.failure == nil } > 4)
    for record in results.refinements where record.failure == nil {
      let optimizers = try Optimizer(parsing: record.optimizer).norm
      // Short runs: the record has every norm and every factor.
      let prior = try #require(
        results.refinements.first {
          ($0.problem, $0.optimizer, $0.round) == (record.problem, record.optimizer, 1) && $0.norm == optimizers
        })
      let norms = prior.norms.map(Double.init)
      let bound = try LastIterateBound(stepSizes: record.factors, norms: norms, norm: optimizers).valueAtBestScale
      #expect(record.bounds[record.schedule] == bound, "\(record.schedule), \(record.optimizer)")
      #expect(record.bounds["flat"] == prior.bounds["flat"])
      #expect(record.bounds["linear"] == prior.bounds["linear"])
    }
  }

  @Test func aRecordKnowsItsNorm() throws {
    let record = { (schedule: String, optimizer: String) in
      RefinementRecord(
        problem: "p", optimizer: optimizer, schedule: schedule, round: 1, priorSchedule: "linear", priorLearningRate: 1,
        priorSeed: 1, steps: 4
      ).norm
    }
    #expect(record("refined", "adam:beta2=0.9") == .l1)
    #expect(record("refined:warmup=0.1:round=2", "sgd") == .l2)
    #expect(record("refined:norm=l2:round=2", "adam") == .l2)
    #expect(record("refined:norm=l1", "sgd:momentum=0.9") == .l1)
  }

  @Test func aFolderWithoutDatasetsIsNoInput() throws {
    try TinySweep.withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let failure = try #require(throws: ReadingFailure.self) { try SweepData(reading: [folder]) }
      #expect(failure.kind == .noInput)
    }
  }
}
