import ArgumentParser
import Foundation
import Platform
import Reports
import Schedules
import Sparse
import Sweeps
import Training

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Search for the best schedule for a problem, and tell how far named schedules are from it.",
    discussion: """
      Schedules are lines in log scale between knots, and the learning rate is part of them. Every named schedule is tuned in \
      steps of an eighth of an octave; from the best one, covariance matrix adaptation searches with --budget runs. The schedule \
      that is best on the seeds of the search is judged on other seeds, beside every named one.

      With --results, finished generations are kept: after Ctrl-C the same command continues, and so does one with a larger budget.

      Example: refinery search --data datasets/glass.scale.gz --optimizer adam --results results --out best.txt

      Optimizers, with their keys:
      \(Optimizer.help)
      """,
    version: Refinery.version)

  @OptionGroup var options: TrainingOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Knots of a schedule.", valueName: "K")) var knots = 8
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seeds of the search; it is judged on twice as many others, at least 16.", valueName: "N"))
  var seeds = 8
  @Option(parsing: .unconditional, help: ArgumentHelp("First seed, also of the search's random numbers.", valueName: "S"))
  var seed: UInt64 = 1
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Runs of the search; those that tune and judge named schedules are not counted.", valueName: "RUNS"))
  var budget = 8_000
  @Option(help: "What is minimised, as a mean over the seeds at the end of the run.") var objective = SearchObjective.loss
  @Option(
    help: ArgumentHelp("Schedules to compare, the best of which is the start (default: all).", valueName: "NAME[,NAME...]"))
  var schedule: String?
  @Option(help: ArgumentHelp("Folder where finished generations are kept.", valueName: "DIR")) var results: String?
  @Option(
    help: ArgumentHelp("Write the schedule's factors to a file: .txt, .csv, .json or .npy by extension.", valueName: "FILE"))
  var out: String?
  @Option(help: ArgumentHelp("Write a plot of the schedule beside the best named ones.", valueName: "FILE.svg"))
  var plot: String?
  @Flag(help: "Show no progress, only errors and warnings.") var quiet = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if objective == .testLoss, options.test == nil {
      throw ValidationError("--objective test-loss: expected a test file, --test FILE")
    }
    _ = try settings()
    for (option, path) in [("--out", out), ("--plot", plot)] where path == "-" {
      throw ValidationError("\(option): expected the name of a file, got -")
    }
    if let out { try Self.checkForm(out) }
  }

  func run() throws {
    for path in [out, plot] { try path.map(Self.checkWritable) }
    let data = options.data
    let problem = try Problem(path: data, testPath: options.test)
    try problem.checkTrainingMemory(path: data)
    guard problem.training.classCount > 1 else {
      throw Failure(
        "\(data): error: every row has the same label, expected at least two classes: there is nothing to learn", .badData)
    }
    let training = try options.settings(for: problem).settings
    let found = try search(SearchTraining(problem, settings: training))
    if let out { try FactorFile.write(found.factors, to: out) }
    if let plot { try Output.write(svg(found), to: plot) }
    let output = json ? try Output.json(Record(problem: problem.name, training, found)) : text(problem, training, found)
    try Output.write(output, to: nil)
  }

  private func search(_ training: SearchTraining) throws -> FoundSchedule {
    let journal = try results.map { try SearchJournal(folder: $0, identity: training.identity) }
    let interruption = Interruption()
    var display = ProgressDisplay(quiet: quiet)
    defer { display.end() }
    do {
      return try ScheduleSearch(training, settings: settings()).run(
        jobs: options.jobs ?? availableCoreCount, journal: journal, progress: { display.show($0) },
        isCancelled: { interruption.isRaised })
    } catch is CancellationError {
      display.end()
      let consequence =
        results == nil
        ? "nothing is kept without --results DIR" : "no finished generation is lost; the same command continues"
      throw Failure("interrupted: \(consequence)", .interrupted)
    } catch let error as SearchError {
      throw Failure("\(options.data): error: \(error)", .badData)
    }
  }

  private func settings() throws -> SearchSettings {
    var settings = SearchSettings()
    settings.objective = objective
    settings.knots = knots
    settings.seeds = seeds
    settings.firstSeed = seed
    settings.budget = budget
    if let schedule { settings.schedules = try Schedule.list(parsing: schedule).map(\.description) }
    do {
      try settings.validate()
    } catch let error as SettingError {
      throw ValidationError("--\(error.key): \(error.message)")
    }
    return settings
  }

  /// Before the search rather than after it.
  private static func checkWritable(_ path: String) throws {
    let folder = InputPath(path).folder
    guard InputPath(folder).isFolder, access(folder, W_OK) == 0, !InputPath(path).isFolder else {
      throw Failure("\(path): error: cannot write here, expected a file in a folder that can be written to", .cannotCreate)
    }
  }

  private static func checkForm(_ path: String) throws {
    let forms = ["txt", "csv", "json", "npy"]
    let form = URL(fileURLWithPath: path).pathExtension.lowercased()
    guard form.isEmpty || forms.contains(form) else {
      throw ValidationError("--out: the extension '.\(form)' is not supported; expected .csv, .json, .npy or .txt")
    }
  }

  private func text(_ problem: Problem, _ training: TrainingSettings, _ found: FoundSchedule) -> String {
    // Without regularisation the objective is the loss.
    let shown = Quantity.allCases.filter { $0 != .trainObjective || training.l2 > 0 }
    let quantity = shown.contains(found.objective.quantity) ? found.objective.quantity : .trainLoss
    func number(_ value: Double?, _ quantity: Quantity) -> String {
      value.map { quantity.isFraction ? String(format: "%.3f %%", 100 * $0) : String(format: "%.6f", $0) } ?? "diverged"
    }
    var lines = [
      "\(problem.name), \(training.optimizer.title), \(counted(training.epochs, "epoch")), batch size \(training.batchSize)"
        + (training.l2 > 0 ? ", l2 \(shortText(training.l2)): " : ": ")
        + "\(found.factors.count) steps, \(counted(found.runs, "run"))",
      "", "Best found, at a learning rate of \(found.learningRate):", "  \(found.schedule)", "",
      "On \(counted(found.unseenSeeds.count, "seed")) that the search has not seen: "
        + shown.compactMap { q in found.means[q].map { "\(q.title) \(number($0, q))" } }.joined(separator: ", ")
        + "; \(quantity.title) on the search's \(counted(found.seeds.count, "seed")): \(number(found.searchValue, quantity))",
      "",
    ]
    var named = TextTable(header: ["schedule", "learning rate", quantity.title, "headroom", "s.e.", "train error"])
    for row in found.compared {
      named.append([
        row.schedule, String(format: "%.5g", row.learningRate), number(row.means[quantity], quantity),
        row.difference.map { number($0.mean, quantity) } ?? "-",
        row.difference.map { number($0.standardError, quantity) } ?? "-", number(row.means[.trainError], .trainError),
      ])
    }
    lines.append(named.text)
    var band = TextTable(header: ["share of run", "factor", "from", "to"], leftAligned: [])
    for knot in found.band {
      band.append(
        [String(format: "%.4f", knot.share)]
          + [knot.factor, knot.lower, knot.upper].map { $0.map { String(format: "%.4g", $0) } ?? "open" })
    }
    lines += [
      "Factor at each knot, and how far it may move before the \(quantity.title) is worse by two standard errors:", band.text,
    ]
    return lines.joined(separator: "\n")
      + found.left.sorted { $0.key < $1.key }.map { "Not compared: \($0.key): \($0.value)\n" }.joined()
  }

  /// The schedule found, and the three named ones that come nearest.
  private func svg(_ found: FoundSchedule) throws -> String {
    let named = try found.compared.map { try Schedule(parsing: $0.schedule) }.filter { !$0.needsNorms }.prefix(3)
    let factors = try named.map { ($0.description, try $0.factors(steps: found.factors.count)) }
    return SchedulePlot([(found.schedule, found.factors)] + factors).svg
  }

  private struct Record: Encodable {
    var problem: String
    var optimizer: String
    var epochs: Int
    var batchSize: Int
    var l2: Double
    var found: FoundSchedule

    init(problem: String, _ training: TrainingSettings, _ found: FoundSchedule) {
      self.problem = problem
      optimizer = training.optimizer.spelling
      epochs = training.epochs
      batchSize = training.batchSize
      l2 = training.l2
      self.found = found
    }

    private enum CodingKeys: String, CodingKey {
      case problem, optimizer, epochs
      case batchSize = "batch_size"
      case l2
    }

    func encode(to encoder: any Encoder) throws {
      try found.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(problem, forKey: .problem)
      try container.encode(optimizer, forKey: .optimizer)
      try container.encode(epochs, forKey: .epochs)
      try container.encode(batchSize, forKey: .batchSize)
      try container.encode(l2, forKey: .l2)
    }
  }
}

extension SearchObjective: ExpressibleByArgument {}
