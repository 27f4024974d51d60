import Schedules
import Training

/// Everything that a results folder holds, in memory, as the report reads it.
///
/// Reports are byte-identical only because the order of every array is fixed: problems by name, optimizers and schedules in
/// the configuration's order, learning rates and seeds ascending.
public struct SweepResults: Sendable {
  /// Eight digits that identify the plan, or several such keys; empty for results that do not come from a folder.
  public var planKey = ""
  /// The effective configuration, as canonical YAML.
  public var protocolYAML: String
  public var version: String
  public var configuration: SweepConfiguration
  public var problems: [ProblemSummary]
  public var runs: [RunRecord]
  public var refinements: [RefinementRecord]
  public var traces: [TraceRecord]
  /// By problem, then optimizer; empty where nothing was searched for. Their runs are not among `runs`.
  public var bestFound: [BestFound] = []
  /// The columns of the table across optimizers, as `comparedMethods` of the configuration.
  public var methods: [MethodResults] = []
  /// Schedules with missing runs, in the order of `runs`: their means may still change.
  public var incomplete: [IncompleteSchedule] = []
  /// Unreadable files, bad journal lines and other things that a reader of the report must know.
  public var warnings: [String]
  /// What may differ between two runs of one configuration: shown in the report's closing section only.
  public var sessions: [SessionRecord]
  /// The other plans that the folder holds runs of, one line each: the key and how the plan differs from the newest.
  public var otherPlans: [String] = []
  /// A sentence about plans that hold more than this one, with the option that shows them.
  public var morePlans: String?

  public init(
    protocolYAML: String, version: String, configuration: SweepConfiguration, problems: [ProblemSummary] = [],
    runs: [RunRecord] = [], refinements: [RefinementRecord] = [], traces: [TraceRecord] = [], warnings: [String] = [],
    sessions: [SessionRecord] = []
  ) {
    self.protocolYAML = protocolYAML
    self.version = version
    self.configuration = configuration
    self.problems = problems
    self.runs = runs
    self.refinements = refinements
    self.traces = traces
    self.warnings = warnings
    self.sessions = sessions
  }
}

/// A schedule of one problem and optimizer with missing runs: learning rates or seeds of the plan, including an extension of
/// the grid that follows from the results.
public struct IncompleteSchedule: Sendable, Hashable {
  public var problem: String
  public var optimizer: String
  /// As `tableColumns` of the configuration spell it.
  public var schedule: String
  public var runs: Int
  /// Runs that are known to be missing; their results may call for more.
  public var missingRuns: Int

  public init(problem: String, optimizer: String, schedule: String, runs: Int, missingRuns: Int) {
    self.problem = problem
    self.optimizer = optimizer
    self.schedule = schedule
    self.runs = runs
    self.missingRuns = missingRuns
  }
}

/// One dataset of a sweep, with what is known about it before and after training.
public struct ProblemSummary: Sendable, Codable, Hashable {
  public var name: String
  public var rows: Int
  public var testRows: Int?
  public var features: Int
  public var classes: Int
  public var nonzeros: Int
  /// CRC-32 of the uncompressed text, as eight hexadecimal digits.
  public var checksum: String
  public var testChecksum: String?
  /// The minimum of the training loss, where it was computed.
  public var optimum: Optimum?

  public init(
    name: String, rows: Int, testRows: Int? = nil, features: Int, classes: Int, nonzeros: Int, checksum: String,
    testChecksum: String? = nil, optimum: Optimum? = nil
  ) {
    self.name = name
    self.rows = rows
    self.testRows = testRows
    self.features = features
    self.classes = classes
    self.nonzeros = nonzeros
    self.checksum = checksum
    self.testChecksum = testChecksum
    self.optimum = optimum
  }
}

/// One finished run, as a line of the journal.
public struct RunRecord: Sendable, Decodable, Hashable {
  /// Hash of everything that determines the run.
  public var key: String
  public var problem: String
  /// "adam" or "sgd", with constants where they are not the defaults, as the configuration spells it.
  public var optimizer: String
  /// The schedule in its canonical spelling, as in `inverse:offset=0.1`; `refined` for the sweep's own.
  public var schedule: String
  public var learningRate: Double
  public var seed: UInt64
  public var steps: Int
  /// Results of the last iterate.
  public var quantities: Quantities
  public var diverged: Bool
  /// By ascending step; empty where none were asked for.
  public var checkpoints: [Checkpoint] = []

  public init(
    key: String, problem: String, optimizer: String, schedule: String, learningRate: Double, seed: UInt64, steps: Int,
    quantities: Quantities, diverged: Bool, checkpoints: [Checkpoint] = []
  ) {
    self.key = key
    self.problem = problem
    self.optimizer = optimizer
    self.schedule = schedule
    self.learningRate = learningRate
    self.seed = seed
    self.steps = steps
    self.quantities = quantities
    self.diverged = diverged
    self.checkpoints = checkpoints
  }

  public subscript(quantity: Quantity) -> Double? {
    get { quantities[quantity] }
    set { quantities[quantity] = newValue }
  }
}

extension RunRecord {
  private enum CodingKeys: String, CodingKey {
    case key, problem, optimizer, schedule
    case learningRate = "learning_rate"
    case seed, steps, diverged, checkpoints
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      key: try container.decode(String.self, forKey: .key), problem: try container.decode(String.self, forKey: .problem),
      optimizer: try container.decode(String.self, forKey: .optimizer),
      schedule: try container.decode(String.self, forKey: .schedule),
      learningRate: try container.decode(Double.self, forKey: .learningRate),
      seed: try container.decode(UInt64.self, forKey: .seed), steps: try container.decode(Int.self, forKey: .steps),
      quantities: try Quantities(from: decoder), diverged: try container.decode(Bool.self, forKey: .diverged),
      checkpoints: try container.decodeIfPresent([Checkpoint].self, forKey: .checkpoints) ?? [])
  }
}

/// A refined schedule of one problem and optimizer, with the norms of the prior run that it came from.
public struct RefinementRecord: Sendable, Codable, Hashable {
  public var problem: String
  public var optimizer: String
  /// The refined schedule, as `tableColumns` of the configuration and the run records spell it.
  public var schedule: String
  /// 1 for norms of the prior run, 2 for norms of the refined run, and so on.
  public var round: Int
  public var priorSchedule: String
  public var priorLearningRate: Double
  public var priorSeed: UInt64
  /// Steps of the run.
  public var steps: Int
  /// At most 512 points, evenly spaced over the steps, ends included: raw norms (those that the refinement uses: l2 for
  /// SGD, l1 for Adam), smoothed norms, and the refined factors. Empty where there is no refinement.
  public var norms: [Float]
  public var smoothedNorms: [Float]
  public var factors: [Double]
  /// Why there is none, such as "a smoothed norm of zero at step 812".
  public var failure: String?
  /// The last-iterate bound of each schedule at its best scale, by canonical spelling (D = 1), for the norms of the first
  /// round's prior run, l2 for SGD and l1 for Adam.
  public var bounds: [String: Double]

  public init(
    problem: String, optimizer: String, schedule: String = "refined", round: Int, priorSchedule: String,
    priorLearningRate: Double, priorSeed: UInt64, steps: Int, norms: [Float] = [], smoothedNorms: [Float] = [],
    factors: [Double] = [], failure: String? = nil,
    bounds: [String: Double] = [:]
  ) {
    self.problem = problem
    self.optimizer = optimizer
    self.schedule = schedule
    self.round = round
    self.priorSchedule = priorSchedule
    self.priorLearningRate = priorLearningRate
    self.priorSeed = priorSeed
    self.steps = steps
    self.norms = norms
    self.smoothedNorms = smoothedNorms
    self.factors = factors
    self.failure = failure
    self.bounds = bounds
  }
}

extension RefinementRecord {
  /// Which norm `norms` holds: the spelling's `norm`, or the one for the optimizer.
  public var norm: GradientNorm {
    let schedule = schedule.split(separator: ":").filter { !$0.hasPrefix("round=") }.joined(separator: ":")
    if let parsed = try? Schedule(parsing: schedule), parsed.gives("norm"), let options = parsed.refinementOptions {
      return options.norm
    }
    return (try? Optimizer(parsing: optimizer))?.norm ?? .l2
  }
}

/// The mini-batch losses along one run, as means over at most 512 equal windows of steps.
public struct TraceRecord: Sendable, Codable, Hashable {
  public var key: String
  public var problem: String
  public var optimizer: String
  public var schedule: String
  public var learningRate: Double
  public var seed: UInt64
  public var steps: Int
  public var losses: [Float]

  public init(
    key: String, problem: String, optimizer: String, schedule: String, learningRate: Double, seed: UInt64, steps: Int,
    losses: [Float]
  ) {
    self.key = key
    self.problem = problem
    self.optimizer = optimizer
    self.schedule = schedule
    self.learningRate = learningRate
    self.seed = seed
    self.steps = steps
    self.losses = losses
  }
}

/// One invocation of a sweep on the results folder.
public struct SessionRecord: Sendable, Codable, Hashable {
  public var started: String
  public var seconds: Double
  public var machine: String
  public var threads: Int
  public var shard: String?
  public var runs: Int
  public var path: String

  public init(started: String, seconds: Double, machine: String, threads: Int, shard: String?, runs: Int, path: String) {
    self.started = started
    self.seconds = seconds
    self.machine = machine
    self.threads = threads
    self.shard = shard
    self.runs = runs
    self.path = path
  }
}
