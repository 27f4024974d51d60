import Sweeps
import Testing
import Training

@testable import Reports

/// The line on how everything was trained.
@Suite struct ReportProtocolTests {
  private static func sentence(_ optimizers: [String]) throws -> String {
    var configuration = SweepConfiguration()
    configuration.optimizerEntries = try optimizers.map { OptimizerEntry(try Optimizer(parsing: $0)) }
    return configuration.protocolSentence
  }

  @Test func fourOptimizersHaveTheirConstants() throws {
    #expect(
      try Self.sentence(["adam", "sgd", "sgd:momentum=0.9", "ngn"]).hasSuffix(
        "; Adam (beta1 0.9, beta2 0.95, epsilon 1e-08); SGD; SGD (momentum 0.9); NGN."))
  }

  @Test func furtherOnesAreNamedOnce() throws {
    let first = ["sgd", "adam", "ngn"]
    #expect(try Self.sentence(first + ["lion", "lion:beta2=0.9", "dog"]).hasSuffix("; NGN; also Lion, DoG and 1 other."))
    #expect(
      try Self.sentence(first + ["lion", "dog", "dowg", "rmsprop", "prodigy", "sps"]).hasSuffix(
        "; NGN; also Lion, DoG, DoWG, RMSprop and 2 others."))
    // Other constants of what has been named.
    #expect(try Self.sentence(first + ["sgd:momentum=0.9", "sgd:momentum=0.5"]).hasSuffix("; NGN; also 2 others."))
  }
}
