import Schedules
import Training

/// What a sweep trains: the contents of a configuration file, with the paper's protocol as defaults.
public struct SweepConfiguration: Sendable, Hashable {
  /// The title of the report; nil for its usual one.
  public var name: String?
  /// Where the problems are: folders (every dataset in them), files and glob patterns, relative to the working directory. Not
  /// part of the protocol: two runs of one configuration may find the same data in different places.
  public var data: [String] = ["datasets"]
  /// In the order of the tables.
  public var columns: [Column] = [
    Column("flat"),
    Column(name: "1/t", schedules: ["inverse:offset=0.001", "inverse", "inverse:offset=0.1"]),
    Column(name: "1/sqrt(t)", schedules: ["inverse-sqrt:offset=0.001", "inverse-sqrt", "inverse-sqrt:offset=0.1"]),
    Column("stepwise"), Column("cosine"), Column("linear"), Column("refined"),
  ]
  public var optimizerEntries = [OptimizerEntry(.adam()), OptimizerEntry(.sgd())]
  /// Pairs of optimizer and schedule that stand in the table across optimizers only.
  public var methods: [Method] = []
  /// The name or spelling of the column that stands for an optimizer in the table across optimizers; nil for `linear`.
  public var reference: String?
  /// The title of the method that others are compared with; nil for the first.
  public var referenceMethod: String?
  /// Base learning rates in place of the grid of exponents, exactly these; nil for the grid.
  public var learningRates: [Double]?
  /// Base learning rates 2^minimum ... 2^maximum, by factors of 2^step.
  public var minimumExponent = -12
  public var maximumExponent = 3
  public var learningRateStep = 1.0
  /// How far the grid may be extended when a best rate is at its edge.
  public var minimumExtendedExponent = -20
  public var maximumExtendedExponent = 10
  public var seeds = 10
  /// Number of seeds with which the whole grid is trained, before the promising rates are with all seeds; nil for all seeds.
  public var racing: Int?
  /// Each combination of these three is a condition.
  public var epochsAxis = [100]
  public var batchSizeAxis = [16]
  public var l2Axis = [0.0]
  public var keepsLastBatch = false
  /// Shares of a run, above 0 and below 1, after which the training loss and error are recorded too.
  public var checkpoints: [Double] = []
  /// Smoothing fraction tau of refinement.
  public var smoothing = 0.1
  /// Rounds of refinement, each from the norms of the previous round's best run. `tableColumns` has one column per round.
  public var rounds = 1
  /// The schedule whose best run provides the norms.
  public var priorSchedule = "linear"
  /// Whether, and how, the best schedule is searched for beside the columns.
  public var search: BestFoundSearch?

  public init() {}

  /// The spellings of all columns, without duplicates. Set, each is a column of its own.
  public var schedules: [String] {
    get {
      var seen: Set<String> = []
      return columns.flatMap(\.schedules).filter { seen.insert($0).inserted }
    }
    set { columns = newValue.map { Column($0) } }
  }

  /// Set, they have their own titles.
  public var optimizers: [Optimizer] {
    get { optimizerEntries.map(\.optimizer) }
    set { optimizerEntries = newValue.map { OptimizerEntry($0) } }
  }

  /// The value of the first condition; set, the only one.
  public var epochs: Int {
    get { epochsAxis.first ?? 1 }
    set { epochsAxis = [newValue] }
  }

  /// The value of the first condition; set, the only one.
  public var batchSize: Int {
    get { batchSizeAxis.first ?? 1 }
    set { batchSizeAxis = [newValue] }
  }

  /// The value of the first condition; set, the only one.
  public var l2: Double {
    get { l2Axis.first ?? 0 }
    set { l2Axis = [newValue] }
  }
}
