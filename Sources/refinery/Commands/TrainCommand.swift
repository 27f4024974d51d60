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
      training file, and on the test file if there is one, and the objective, which is the training loss unless --l2 is given. \
      On a terminal, without --json, the output is a table; otherwise it is JSON.

      Example: refinery train --data datasets/vowel.scale.gz --optimizer adam --lr 0.03125,0.0625 --schedule flat,linear \
      --epochs 100 --norms norms.npy

      Optimizers, with their keys:
      \(Optimizer.help)
      """,
    version: Refinery.version)

  @OptionGroup var options: TrainingOptions
  @Option(
    name: .customLong("lr"), parsing: .unconditional,
    help: ArgumentHelp("Base learning rates, separated by commas.", valueName: "X[,X...]"))
  var learningRates: String
  @Option(
    help: ArgumentHelp(
      "Schedules, separated by commas: NAME[:key=value]... (see `refinery schedule --help`).", valueName: "NAME[,NAME...]"))
  var schedule = "linear"
  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the sample order.", valueName: "S")) var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp(
      "Write the gradient norms of every step: float32, shape (steps, runs, 2), l1 then l2.", valueName: "OUT.npy"))
  var norms: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fractions of the steps, separated by commas, as in 0.1,0.5: training error and loss are recorded there too.",
      valueName: "X[,X...]"))
  var checkpoints: String?
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
    if engine == .reference, path != .automatic { throw ValidationError("--path is for the lane trainer only") }
    _ = try rates()
    _ = try shares()
    let l2 = try options.l2()
    let optimizer = try options.optimizer.made()
    if scalars != nil, optimizer.scalarNames.isEmpty {
      throw ValidationError("--scalars: \(optimizer.name) computes none; expected an optimizer that does, such as prodigy")
    }
    if path == .lists, !optimizer.hasListsForm {
      throw ValidationError("--path lists: there is no exact form of \(optimizer) for lists; expected dense or scatter")
    }
    if path == .lists, l2 > 0 {
      throw ValidationError("--path lists: --l2 moves every weight at every step; expected dense or scatter")
    }
    _ = try schedules()
  }

  func run() throws {
    let problem = try Problem(path: options.data, testPath: options.test)
    try problem.checkTrainingMemory(path: options.data)
    let schedules = try schedules()
    let rates = try rates()
    var (settings, steps) = try options.settings(for: problem)
    let points = try shares().map { (share: $0, step: stepCount(share: $0, of: steps)) }
    settings.checkpoints = Set(points.map(\.step)).sorted()
    settings.path = path
    let optimizer = settings.optimizer
    var pairs: [(schedule: Schedule, learningRate: Double)] = []
    var runs: [Run] = []
    for schedule in schedules {
      let factors = try schedule.factors(steps: steps, unspecifiedNorm: optimizer.norm) { report([$1], of: $0) }
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
          runs, seed: seed, jobs: options.jobs ?? availableCoreCount, recording: recording,
          isCancelled: { interruption.isRaised })
    }
    if let norms {
      try NormsFile.write(outcomes, steps: steps, to: norms)
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
        quantities: $1.quantities, diverged: $1.diverged, checkpoints: checkpoints == nil ? nil : $1.checkpoints(at: points))
    }
    if json || isatty(STDOUT_FILENO) == 0 {
      try Output.write(Output.json(["records": records]), to: nil)
    } else {
      try Output.write(Self.table(records, isRegularised: settings.l2 > 0), to: nil)
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

  private func shares() throws -> [Double] {
    try (checkpoints.map(commaSeparated) ?? []).map { text in
      guard let share = Double(text), share > 0, share <= 1 else {
        throw ValidationError("--checkpoints: expected fractions above 0 and at most 1, as in 0.1,0.5, got '\(text)'")
      }
      return share
    }
  }

  /// One of the optimizer's scalars as (steps, runs).
  private static func array(_ outcomes: [RunOutcome], of name: String, steps: Int) -> [Double] {
    (0..<steps).flatMap { step in outcomes.map { $0.scalars[name]?[step] ?? .nan } }
  }

  private static func table(_ records: [Record], isRegularised: Bool) -> String {
    let shown = Quantity.allCases.filter { $0 != .trainObjective || isRegularised }
    let points = records.first?.checkpoints ?? []
    var table = TextTable(
      header: ["schedule", "learning rate"] + shown.map { $0.isFraction ? "\($0.title) %" : $0.title }
        + points.flatMap { ["error % at \($0.share)", "loss at \($0.share)"] })
    for record in records {
      func text(_ value: Double?, isFraction: Bool) -> String {
        value.map { String(format: "%.4f", isFraction ? 100 * $0 : $0) } ?? (record.diverged ? "diverged" : "-")
      }
      table.append(
        [record.schedule, "\(record.learningRate)"]
          + shown.map { text(record.quantities[$0], isFraction: $0.isFraction) }
          + (record.checkpoints ?? []).flatMap {
            [text($0.trainError, isFraction: true), text($0.trainLoss, isFraction: false)]
          })
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
    /// nil unless requested.
    var checkpoints: [CheckpointRecord]?

    enum CodingKeys: String, CodingKey {
      case schedule
      case learningRate = "learning_rate"
      case seed, steps, diverged, checkpoints
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(schedule, forKey: .schedule)
      try container.encode(learningRate, forKey: .learningRate)
      try container.encode(seed, forKey: .seed)
      try container.encode(steps, forKey: .steps)
      try quantities.encode(to: encoder)
      try container.encode(diverged, forKey: .diverged)
      try container.encodeIfPresent(checkpoints, forKey: .checkpoints)
    }
  }
}

/// What a run had reached after a share of its steps.
private struct CheckpointRecord: Encodable {
  var share: Double
  var step: Int
  /// nil if not finite.
  var trainLoss: Double?
  var trainError: Double?

  enum CodingKeys: String, CodingKey {
    case share, step
    case trainLoss = "train_loss"
    case trainError = "train_error"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(share, forKey: .share)
    try container.encode(step, forKey: .step)
    try container.encode(trainLoss, forKey: .trainLoss)
    try container.encode(trainError, forKey: .trainError)
  }
}

extension RunOutcome {
  /// The checkpoints in the order in which their shares were given.
  fileprivate func checkpoints(at points: [(share: Double, step: Int)]) -> [CheckpointRecord] {
    points.compactMap { share, step in
      checkpoints.first { $0.step == step }.map { point in
        let isFinite = point.trainLoss.isFinite
        return CheckpointRecord(
          share: share, step: step, trainLoss: isFinite ? point.trainLoss : nil, trainError: isFinite ? point.trainError : nil)
      }
    }
  }
}

extension TrainingSettings.Path: ExpressibleByArgument {}
