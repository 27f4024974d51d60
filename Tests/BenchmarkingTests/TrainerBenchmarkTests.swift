import Benchmarking
import Sparse
import Testing
import Training

@Suite struct TrainerBenchmarkTests {
  @Test func timingsFitTogether() throws {
    let problem = MadeUpProblem.iris.problem()
    let timing = try TrainerBenchmark.time(
      problem, optimizer: .sgd(), path: .dense, peakFlops: 1e11, repetitions: 1, seconds: 0)
    #expect(timing.problem == "iris-shaped" && timing.optimizer == "sgd" && timing.path == "dense" && timing.runs == 16)
    #expect(timing.steps == 9)
    #expect(timing.microsecondsPerRunAndStep > 0)
    // 64 (d+1) C operations in that time.
    let flops = 64 * 5 * 3 / (timing.microsecondsPerRunAndStep * 1e-6)
    #expect(abs(timing.fractionOfPeak / (flops / 1e11) - 1) < 1e-9)
    #expect(abs(timing.nanosecondsPerNonzero / (timing.microsecondsPerRunAndStep * 1e3 * 9 / 600) - 1) < 1e-9)
  }

  @Test(arguments: [MadeUpProblem.iris, .vowel, .a9a, .pendigits])
  func madeUpProblemsAreMatrices(_ shape: MadeUpProblem) {
    let data = shape.problem().training
    let matrix = data.matrix
    #expect(data.classes.allSatisfy { (0..<Int32(data.classCount)).contains($0) })
    #expect(Set(data.classes).count == data.classCount)
    for row in 0..<data.rowCount {
      let columns = matrix.columns[matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]]
      #expect(zip(columns, columns.dropFirst()).allSatisfy { $0 < $1 })
      #expect(columns.allSatisfy { (0..<Int32(matrix.columnCount)).contains($0) })
    }
    #expect(matrix.values.allSatisfy { abs($0) <= 1 })
  }

  @Test func madeUpProblemsCanBeLearnt() throws {
    let trainer = LaneTrainer(
      problem: MadeUpProblem.vowel.problem(), settings: TrainingSettings(optimizer: .adam(), epochs: 20))
    let factors = (0..<trainer.steps).map { 1 - Double($0) / Double(trainer.steps) }
    let outcome = try trainer.train([Run(learningRate: 0.1, factors: factors)], seed: 0)[0]
    #expect(outcome.trainError < 0.5)
  }
}
