import ArgumentParser
import Foundation
import Platform
import Schedules
import Sparse
import Sweeps
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train on one file: every given schedule at every given learning rate, with one seed.",
    discussion: """
      Prints one record per schedule and learning rate, ordered by schedule: the error (a fraction of 1; per cent in the \
      table) and the mean cross-entropy of the last iterate, or of the result that the optimizer defines, on the whole \
      training file, and on the test file if there is one. On a terminal, without --json, the output is a table; otherwise \
      it is JSON.

      Example: refinery train --data datasets/vowel.scale.gz --optimizer adam --lr 0.03125,0.0625 --schedule flat,linear \
      --epochs 100 --norms norms.npy

      Optimizers, with their keys:
      \(Optimizer.help)
      """,
    version: Refinery.version)

  @Option(
    help: ArgumentHelp("Training file in LIBSVM format (also .gz, .bz2, .xz, .zst; - for standard input).", valueName: "FILE"))
  var data: String
  @Option(help: ArgumentHelp("Test file, with the classes and features of the training file.", valueName: "FILE"))
  var test: String?
  @OptionGroup var optimizerOptions: OptimizerOptions
  @Option(
    name: .customLong("lr"), parsing: .unconditional,
    help: ArgumentHelp("Base learning rates, separated by commas.", valueName: "X[,X...]"))
  var learningRates: String
  @Option(
    help: ArgumentHelp(
      "Schedules, separated by commas: NAME[:key=value]... (see `refinery schedule --help`).", valueName: "NAME[,NAME...]"))
  var schedule = "linear"
  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs.", valueName: "N")) var epochs = 100
  @Option(parsing: .unconditional, help: ArgumentHelp("Mini-batch size.", valueName: "B")) var batchSize = 16
  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the sample order.", valueName: "S")) var seed: UInt64 = 1
  @Flag(help: "Use the incomplete last batch of an epoch instead of dropping it.") var keepLastBatch = false
  @Option(parsing: .unconditional, help: ArgumentHelp("Threads (default: all cores).", valueName: "J")) var jobs: Int?
  @Option(
    help: ArgumentHelp(
      "Write the gradient norms of every step: float32, shape (steps, runs, 2), l1 then l2.", valueName: "OUT.npy"))
  var norms: String?
  @Option(
    help: ArgumentHelp(
      "Write what the optimizer computes for itself at every step, by name: float64, shape (steps, runs). d-adapt-*, prodigy: d; "
        + "dog, dowg: r, step_size; momo, momo-adam, ngn, sps: step_size; schedule-free-*: averaging_weight.",
      valueName: "OUT.npz"))
  var scalars: String?
  @Option(help: "lanes: the fast trainer, 16 runs at once in float32; reference: one run at a time in float64.")
  var engine = Engine.lanes
  @Option(help: "Kernels of the lanes engine; automatic: the cheapest; sparse: the cheaper of scatter and lists.")
  var path: TrainingSettings.Path = .automatic
  @Flag(help: "JSON also where standard output is a terminal.") var json = false

  enum Engine: String, ExpressibleByArgument, CaseIterable { case lanes, reference }

  func validate() throws {
    try CountLimits.check("--epochs", epochs, to: CountLimits.epochs)
    try CountLimits.check("--batch-size", batchSize, to: CountLimits.batchSize)
    if let jobs, jobs < 1 { throw ValidationError("--jobs: expected a number of at least 1, got \(jobs)") }
    if engine == .reference, path != .automatic { throw ValidationError("--path is for the lane trainer only") }
    _ = try rates()
    let optimizer = try optimizerOptions.made()
    if scalars != nil, optimizer.scalarNames.isEmpty {
      throw ValidationError("--scalars: \(optimizer.name) computes none; expected an optimizer that does, such as prodigy")
    }
    if path == .lists, !optimizer.hasListsForm {
      throw ValidationError("--path lists: there is no exact form of \(optimizer) for lists; expected dense or scatter")
    }
    _ = try schedules()
  }

  func run() throws {
    let problem = try Problem(path: data, testPath: test)
    try problem.checkTrainingMemory(path: data)
    let optimizer = try optimizerOptions.made()
    let settings = TrainingSettings(
      optimizer: optimizer, epochs: epochs, batchSize: batchSize, keepsLastBatch: keepLastBatch, path: path)
    let schedules = try schedules()
    let rates = try rates()
    let order = SampleOrder(
      rows: problem.training.rowCount, batchSize: batchSize, seed: seed, keepsLastBatch: keepLastBatch)
    try CountLimits.check(epochs: epochs, stepsPerEpoch: order.stepsPerEpoch)
    let steps = epochs * order.stepsPerEpoch
    var pairs: [(schedule: Schedule, learningRate: Double)] = []
    var runs: [Run] = []
    for schedule in schedules {
      let factors = try schedule.factors(steps: steps, unspecifiedNorm: optimizer.norm)
      for rate in rates {
        pairs.append((schedule, rate))
        runs.append(Run(learningRate: rate, factors: factors))
      }
    }
    let interruption = Interruption()
    let recording = Recording(norms: norms != nil, scalars: scalars != nil)
    let outcomes: [RunOutcome]
    switch engine {
    case .reference:
      outcomes = try ReferenceTrainer(problem: problem, settings: settings)
        .train(runs, seed: seed, recording: recording, isCancelled: { interruption.isRaised })
    case .lanes:
      outcomes = try LaneTrainer(problem: problem, settings: settings)
        .trainInParallel(
          runs, seed: seed, jobs: jobs ?? availableCoreCount, recording: recording,
          isCancelled: { interruption.isRaised })
    }
    if let norms {
      try Output.write(Data(NumPyArrayFile(shape: [steps, runs.count, 2], float32: normsArray(outcomes)).bytes), to: norms)
    }
    if let scalars {
      let arrays = optimizer.scalarNames.map { name in
        (name: name, array: NumPyArrayFile(shape: [steps, runs.count], float64: Self.array(outcomes, of: name, steps: steps)))
      }
      try Output.write(Data(NumPyArchiveFile(arrays).bytes(path: scalars)), to: scalars)
    }
    let records = zip(pairs, outcomes).map {
      Record(
        schedule: $0.schedule.description, learningRate: $0.learningRate, seed: seed, steps: $1.steps,
        quantities: $1.quantities,
        diverged: $1.diverged)
    }
    if json || isatty(STDOUT_FILENO) == 0 {
      try Output.write(Output.json(["records": records]), to: nil)
    } else {
      try Output.write(Self.table(records), to: nil)
    }
  }

  private func schedules() throws -> [Schedule] {
    let list = try Schedule.list(parsing: schedule)
    if let bare = list.first(where: \.needsNorms) {
      throw ValidationError("--schedule \(bare): outside a sweep there is no prior run; expected refined:norms=FILE")
    }
    return list
  }

  private func rates() throws -> [Double] {
    try commaSeparated(learningRates).map { text in
      guard let rate = Double(text), rate.isFinite, rate >= 0 else {
        throw ValidationError("--lr: expected a number of at least 0, as in 0.0625, got '\(text)'")
      }
      return rate
    }
  }

  /// One of the optimizer's scalars as (steps, runs).
  private static func array(_ outcomes: [RunOutcome], of name: String, steps: Int) -> [Double] {
    (0..<steps).flatMap { step in outcomes.map { $0.scalars[name]?[step] ?? .nan } }
  }

  /// Norms as (steps, runs, 2).
  private func normsArray(_ outcomes: [RunOutcome]) -> [Float] {
    var values: [Float] = []
    let steps = outcomes.first?.l1Norms.count ?? 0
    values.reserveCapacity(steps * outcomes.count * 2)
    for step in 0..<steps {
      for outcome in outcomes {
        values.append(outcome.l1Norms[step])
        values.append(outcome.l2Norms[step])
      }
    }
    return values
  }

  private static func table(_ records: [Record]) -> String {
    let headings = Quantity.allCases.map { $0.isFraction ? "\($0.title) %" : $0.title }
    var table = TextTable(header: ["schedule", "learning rate"] + headings)
    for record in records {
      let values = Quantity.allCases.map { quantity in
        record.quantities[quantity].map { String(format: "%.4f", quantity.isFraction ? 100 * $0 : $0) }
          ?? (record.diverged ? "diverged" : "-")
      }
      table.append([record.schedule, "\(record.learningRate)"] + values)
    }
    return table.text
  }

  private struct Record: Encodable {
    var schedule: String
    var learningRate: Double
    var seed: UInt64
    var steps: Int
    var quantities: Quantities
    var diverged: Bool

    enum CodingKeys: String, CodingKey {
      case schedule
      case learningRate = "learning_rate"
      case seed, steps, diverged
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(schedule, forKey: .schedule)
      try container.encode(learningRate, forKey: .learningRate)
      try container.encode(seed, forKey: .seed)
      try container.encode(steps, forKey: .steps)
      try quantities.encode(to: encoder)
      try container.encode(diverged, forKey: .diverged)
    }
  }
}

extension TrainingSettings.Path: ExpressibleByArgument {}
