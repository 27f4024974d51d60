import ArgumentParser
import Foundation
import Platform
import Schedules
import Sparse
import Sweeps
import Training

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train every schedule at every learning rate on every dataset, and keep the results.",
    discussion: """
      Without a configuration file, the sweep follows the paper's protocol on all datasets in datasets/. --print-config prints \
      that configuration, as a start for your own; studies/ has more. Options given here override the file.

      Every finished batch of runs is written to a journal in the results folder before it is reported as done. Ctrl-C, a \
      crash or a power cut loses only the unfinished batches; the same command continues the sweep. A finished run is not \
      trained again unless something that determines its result changes. `refinery report` writes the tables.

      If a dataset cannot be read, it is reported, the others are swept, and the exit code is 65.
      """,
    version: Refinery.version)

  @OptionGroup var options: SweepOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Threads (default: all cores).", valueName: "J")) var jobs: Int?
  @Option(help: ArgumentHelp("Folder of the journal.", valueName: "DIR")) var results = "results"
  @Option(
    help: ArgumentHelp(
      "Train only part I of N parts of about equal cost; to merge them, put the journals in one folder.", valueName: "I/N"))
  var shard: String?
  @Flag(help: "Print the effective configuration as YAML, and exit.") var printConfig = false
  @Flag(help: "Print what would be trained, and exit.") var dryRun = false
  @Flag(help: "Show no progress, only errors and warnings.") var quiet = false
  @Flag(help: "Print what was done, or with --dry-run what would be, as JSON.") var json = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs: expected a number of at least 1, got \(jobs)") }
  }

  func run() throws {
    let configuration = try options.configuration()
    if printConfig {
      try Output.write(configuration.yaml, to: nil)
      return
    }
    let shard = try shard.map { try Shard(parsing: $0) }
    let data = try SweepData(reading: configuration.data)
    for failure in data.failures { report(lines: failure) }
    for warning in data.warnings + data.batchNotes(of: configuration) { report(warning) }
    reportInputs(of: configuration)
    do {
      let runner = try SweepRunner(
        configuration: configuration, data: data, results: results,
        jobs: jobs ?? availableCoreCount, shard: shard, version: Refinery.version)
      if dryRun {
        try show(runner.plan())
      } else {
        try train(runner)
      }
    } catch let error as ScheduleError {
      throw options.located(error)
    }
    if !data.failures.isEmpty { Foundation.exit(ExitStatus.badData.rawValue) }
  }

  /// Says how the files were read that schedules name. Errors in them are the runner's to report.
  private func reportInputs(of configuration: SweepConfiguration) {
    var lines: [String] = []
    for schedule in configuration.schedules.compactMap({ try? Schedule(parsing: $0) }) where !schedule.paths.isEmpty {
      for norm in Set(configuration.optimizers.map(\.norm)) {
        _ = try? schedule.factors(steps: 10_000, unspecifiedNorm: norm) { path, message in lines.append("\(path): \(message)") }
      }
    }
    for (index, line) in lines.enumerated() where !lines[..<index].contains(line) { report(line) }
  }

  private func train(_ runner: SweepRunner) throws {
    let interruption = Interruption()
    var display = ProgressDisplay(quiet: quiet)
    let outcome = try runner.run(progress: { display.show($0) }, isCancelled: { interruption.isRaised })
    display.end()
    for warning in outcome.warnings where !runner.data.warnings.contains(warning) { report(warning) }
    if json {
      try Output.write(Output.json(Summary(outcome)), to: nil)
    } else if !quiet {
      report(
        "\(counted(outcome.runsTrained, "run")) trained in \(ProgressDisplay.duration(outcome.seconds)), \(outcome.runsReused) "
          + "\(outcome.runsReused == 1 ? "was" : "were") there; results in \(results)")
    }
    guard outcome.wasCancelled else { return }
    throw Failure("interrupted: nothing that was finished is lost; the same command continues", .interrupted)
  }

  private func show(_ plan: SweepPlanSummary) throws {
    guard !json else {
      try Output.write(Output.json(plan), to: nil)
      return
    }
    // One condition needs no column.
    let hasConditions = plan.parts.contains { !$0.condition.isEmpty }
    var table = TextTable(
      header: ["problem", "optimizer"] + (hasConditions ? ["condition"] : [])
        + ["schedules", "runs", "done", "core seconds left"], leftAligned: hasConditions ? [0, 1, 2] : [0, 1])
    func append(_ names: [String], _ condition: String, _ counts: [String], _ seconds: Double) {
      table.append(names + (hasConditions ? [condition] : []) + counts + [String(format: "%.1f", seconds)])
    }
    for part in plan.parts {
      append(
        [part.problem, part.optimizer], part.condition, ["\(part.schedules)", "\(part.runs)", "\(part.runsDone)"],
        part.estimatedSeconds)
    }
    for search in plan.bestSchedules {
      append(
        [search.problem, "\(search.optimizer), best schedule"], search.condition, ["-", "-", search.isDone ? "yes" : "no"],
        search.estimatedSeconds)
    }
    for loss in plan.smallestLosses {
      append(
        [loss.problem, "smallest loss"], loss.l2 > 0 ? "l2 \(shortText(loss.l2))" : "", ["-", "-", loss.isDone ? "yes" : "no"],
        loss.estimatedSeconds)
    }
    append(["total", ""], "", ["", "\(plan.runs)", "\(plan.runsDone)"], plan.estimatedSeconds)
    try Output.write(table.text, to: nil)
  }

  private struct Summary: Encodable {
    var runsTrained: Int
    var runsReused: Int
    var seconds: Double
    var interrupted: Bool
    var failures: [String]
    var warnings: [String]

    init(_ outcome: SweepOutcome) {
      runsTrained = outcome.runsTrained
      runsReused = outcome.runsReused
      seconds = outcome.seconds
      interrupted = outcome.wasCancelled
      failures = outcome.failures
      warnings = outcome.warnings
    }

    enum CodingKeys: String, CodingKey {
      case runsTrained = "runs_trained"
      case runsReused = "runs_reused"
      case seconds, interrupted, failures, warnings
    }
  }
}
