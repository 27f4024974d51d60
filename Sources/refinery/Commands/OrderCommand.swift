import ArgumentParser
import Foundation
import Schedules
import Training

struct OrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order",
    abstract: "Write the order in which a run sees the samples.",
    discussion: """
      The order is a pure function of (seed, epoch, number of rows): SplitMix64 and a Fisher-Yates shuffle; \
      Sources/Training/API/SampleOrder.swift has it in ten lines of Python. All learning rates and schedules with the same seed \
      see the same order. Rows are numbered from 0. The incomplete last batch of an epoch is dropped; a problem with fewer rows \
      than the batch size uses one batch of all rows.
      """,
    version: Refinery.version)

  @Option(parsing: .unconditional, help: ArgumentHelp("Rows of the training file.", valueName: "N")) var rows: Int
  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs.", valueName: "E")) var epochs = 1
  @Option(parsing: .unconditional, help: ArgumentHelp("Mini-batch size.", valueName: "B")) var batchSize = 16
  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the order.", valueName: "S")) var seed: UInt64 = 1
  @Option(help: ArgumentHelp("NumPy file to write, - for standard output: int32, shape (steps, B).", valueName: "O.npy"))
  var out: String
  @Flag(help: "Print a summary as JSON.") var json = false

  func validate() throws {
    guard (1...Int(Int32.max)).contains(rows) else {
      throw ValidationError("--rows: expected a number from 1 to 2147483647, got \(rows)")
    }
    try CountLimits.check("--epochs", epochs, to: CountLimits.epochs)
    guard batchSize >= 1 else { throw ValidationError("--batch-size: expected a number of at least 1, got \(batchSize)") }
    if out == "-", json {
      throw ValidationError("--out - and --json: standard output takes one of the two; expected a file for --out")
    }
  }

  func run() throws {
    let order = SampleOrder(rows: rows, batchSize: batchSize, seed: seed)
    try CountLimits.check(epochs: epochs, stepsPerEpoch: order.stepsPerEpoch * order.batchSize)
    let used = order.stepsPerEpoch * order.batchSize
    var epochOrder = [Int32](repeating: 0, count: rows)
    var all: [Int32] = []
    all.reserveCapacity(used * epochs)
    for epoch in 0..<epochs {
      order.shuffle(epoch: epoch, into: &epochOrder)
      all.append(contentsOf: epochOrder.prefix(used))
    }
    let shape = [order.stepsPerEpoch * epochs, order.batchSize]
    try Output.write(Data(NumPyArrayFile(shape: shape, int32: all).bytes), to: out)
    if json { try Output.write(Output.json(["shape": shape]), to: nil) }
  }
}
