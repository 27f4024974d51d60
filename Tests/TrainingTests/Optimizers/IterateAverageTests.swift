import Sparse
import Testing

@testable import Training

@Suite struct IterateAverageTests {
  @Test(arguments: [
    ("sgd:average=uniform", "sgd:average=uniform", "sgd:momentum=0:weight-decay=0:average=uniform"),
    ("sgd:average-start=0.50:average=tail", "sgd:average=tail", "sgd:momentum=0:weight-decay=0:average=tail"),
    ("dowg:average=ema:average-decay=0.9", "dowg:average=ema:average-decay=0.9", "dowg:reps=1e-06:average=ema:average-decay=0.9"),
  ]) func spellingsAreCanonical(text: String, spelling: String, full: String) throws {
    let optimizer = try Optimizer(parsing: text)
    #expect(optimizer.spelling == spelling && optimizer.fullSpelling == full)
    #expect(try Optimizer(parsing: spelling) == optimizer)
  }

  @Test(arguments: [
    ("sgd:average=mean", "uniform or tail or ema or polynomial"), ("sgd:average-gamma=2", "average=polynomial"),
    ("sgd:average=ema:average-start=0.2", "average=tail"), ("sgd:average=tail:average-start=1", "to below 1"),
    ("schedule-free-sgd:average=tail", "no key 'average'"), ("schedule-free-adamw:average=ema", "no key 'average'"),
  ]) func whatIsWrongIsRefused(text: String, message: String) throws {
    let error = #expect(throws: OptimizerError.self) { try Optimizer(parsing: text) }
    #expect(try "\(#require(error))".contains(message), "\(String(describing: error))")
  }

  /// The average of a given sequence, as its formula says.
  @Test func averages() throws {
    let iterates = [1.0, 4, -2, 8, 16, 0, 3, 7]
    func result(_ average: String) throws -> Double {
      let kind = try #require(try Optimizer(parsing: "sgd:" + average).average)
      return iterates.enumerated().reduce(0) { $0 + kind.share(step: $1.offset, of: 8) * ($1.element - $0) }
    }
    #expect(abs(try result("average=uniform") - 37.0 / 8) < 1e-14)
    #expect(abs(try result("average=tail") - 26.0 / 4) < 1e-14)
    #expect(try result("average=tail:average-start=0.99") == 7)
    #expect(abs(try result("average=tail:average-start=0") - 37.0 / 8) < 1e-14)
    let ema = iterates.dropFirst().reduce(iterates[0]) { 0.75 * $0 + 0.25 * $1 }
    #expect(abs(try result("average=ema:average-decay=0.75") - ema) < 1e-14)
    // Of gamma 1: weights proportional to t.
    let linear = zip(1..., iterates).reduce(0) { $0 + Double($1.0) * $1.1 } / 36
    #expect(abs(try result("average=polynomial:average-gamma=1") - linear) < 1e-14)
  }

  /// What is averaged does not change what is trained: norms and traces are the same, bit by bit.
  @Test(arguments: ["sgd", "adam", "dog:reps=0.01", "lion"], [TrainingSettings.Path.dense, .scatter])
  func theIteratesStayTheSame(optimizer: String, path: TrainingSettings.Path) throws {
    var made = MadeUp(stream: 13)
    let problem = made.problem(rows: 100, features: 6, classes: 3)
    let outcomes = try ["", ":average=uniform"].map { average in
      let settings = TrainingSettings(optimizer: try Optimizer(parsing: optimizer + average), epochs: 4, path: path)
      let trainer = LaneTrainer(problem: problem, settings: settings)
      return try trainer.train(
        [.linear(0.1, steps: trainer.steps)], seed: 4, recording: Recording(norms: true, traceLength: 100))[0]
    }
    #expect(outcomes[0].l2Norms == outcomes[1].l2Norms && outcomes[0].trace == outcomes[1].trace)
    #expect(outcomes[0].trainLoss != outcomes[1].trainLoss)
  }
}
