import ArgumentParser
import Sparse
import Training

/// What `train` and `search` train: the data, the optimizer, the objective and the batches.
struct TrainingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Training file in LIBSVM format (also .gz, .bz2, .xz, .zst; - for standard input).", valueName: "FILE"))
  var data: String
  @Option(help: ArgumentHelp("Test file, with the classes and features of the training file.", valueName: "FILE"))
  var test: String?
  @OptionGroup var optimizer: OptimizerOptions
  @Option(
    name: .customLong("l2"), parsing: .unconditional,
    help: ArgumentHelp(
      "Regularisation: X/2 times the squared weights, without the biases, is added to the objective.", valueName: "X"))
  var l2Text = "0"
  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs.", valueName: "N")) var epochs = 100
  @Option(parsing: .unconditional, help: ArgumentHelp("Mini-batch size.", valueName: "B")) var batchSize = 16
  @Flag(help: "Use the incomplete last batch of an epoch instead of dropping it.") var keepLastBatch = false
  @Option(parsing: .unconditional, help: ArgumentHelp("Threads (default: all cores).", valueName: "J")) var jobs: Int?

  func validate() throws {
    try CountLimits.check("--epochs", epochs, to: CountLimits.epochs)
    try CountLimits.check("--batch-size", batchSize, to: CountLimits.batchSize)
    if let jobs, jobs < 1 { throw ValidationError("--jobs: expected a number of at least 1, got \(jobs)") }
    _ = try optimizer.made()
    _ = try l2()
  }

  /// The settings, and the number of steps of a run on the problem.
  ///
  /// - Throws: `ValidationError` for options out of range.
  func settings(for problem: Problem) throws -> (settings: TrainingSettings, steps: Int) {
    let order = SampleOrder(
      rows: problem.training.rowCount, batchSize: batchSize, seed: 0, keepsLastBatch: keepLastBatch)
    try CountLimits.check(epochs: epochs, stepsPerEpoch: order.stepsPerEpoch)
    let settings = TrainingSettings(
      optimizer: try optimizer.made(), epochs: epochs, batchSize: batchSize, keepsLastBatch: keepLastBatch, l2: try l2())
    return (settings, epochs * order.stepsPerEpoch)
  }

  /// - Throws: `ValidationError` for what is not a number of at least 0.
  func l2() throws -> Double {
    guard let l2 = Double(l2Text), l2.isFinite, l2 >= 0 else {
      throw ValidationError("--l2: expected a number of at least 0, as in 0.001, got '\(l2Text)'")
    }
    return l2
  }
}
