/// A table before it is written as Markdown, LaTeX or HTML. All text is plain: the writers escape it.
public struct Table: Sendable {
  /// Unique in the report, usable as an anchor: `training-error-adam`.
  public let identifier: String
  public let title: String
  /// The first is above the row headings.
  public let headings: [String]
  /// The schedule of each column, for filtering; one per heading after the first.
  public let schedules: [String?]
  public let optimizer: String?
  public var rows: [Row]
  /// Shown under the table, each a sentence or more, without duplicates.
  public let notes: [String]

  public struct Row: Sendable {
    public let heading: String
    /// Marks of the heading.
    public let marks: [Mark]
    public let cells: [Cell]
    /// A row of averages or the like, set off from the problems.
    public let isSummary: Bool

    init(_ heading: String, marks: [Mark] = [], _ cells: [Cell], isSummary: Bool = false) {
      self.heading = heading
      self.marks = marks
      self.cells = cells
      self.isSummary = isSummary
    }
  }

  public struct Cell: Sendable {
    public let text: String
    /// The standard error.
    public let uncertainty: String?
    /// In parentheses after the number.
    public let detail: String?
    public let isBold: Bool
    public let marks: [Mark]
    /// The value that the column is sorted by; nil goes last.
    public let sortValue: Double?

    init(
      _ text: String, uncertainty: String? = nil, detail: String? = nil, isBold: Bool = false, marks: [Mark] = [],
      sortValue: Double? = nil
    ) {
      self.text = text
      self.uncertainty = uncertainty
      self.detail = detail
      self.isBold = isBold
      self.marks = marks
      self.sortValue = sortValue
    }
  }

  /// A mark after a number or a name, explained under every table that uses it.
  public enum Mark: Sendable, Hashable, CaseIterable {
    case upperEdge, lowerEdge, incomplete, separable, separableUnreached, separableProblem, notAttained, atResolution
    case belowReference, aboveReference

    public var symbol: String {
      switch self {
      case .upperEdge: "↑"
      case .lowerEdge: "↓"
      case .incomplete: "…"
      case .separable, .separableProblem: "†"
      case .separableUnreached: "§"
      case .notAttained: "‡"
      case .atResolution: "≤"
      case .belowReference: "<"
      case .aboveReference: ">"
      }
    }

    var explanation: String {
      switch self {
      case .upperEdge: "the best learning rate is the largest that was tried: the number may improve beyond the grid."
      case .lowerEdge: "the best learning rate is the smallest that was tried: the number may improve beyond the grid."
      case .incomplete:
        "not all learning rates and seeds have been run yet: the number may change; left out of tests, averages and ranks."
      case .separable:
        "separable: training ends without errors, larger rates are better for ever; left out of averages and ranks."
      case .separableUnreached:
        "separable: the classes can be separated (the smallest loss is 0), though training did not reach zero errors; left out of "
          + "averages and ranks."
      case .separableProblem: "separable: larger rates are better for ever; left out of averages and ranks."
      case .belowReference: "significantly below the reference method."
      case .aboveReference: "significantly above the reference method."
      case .notAttained: "no weights attain the smallest loss (some class can be separated); the distance is to the infimum."
      case .atResolution: "so near the optimum that the distance cannot be resolved with some seed; 1e-10 stands in for it."
      }
    }
  }

  init(
    identifier: String, title: String, headings: [String], schedules: [String?], optimizer: String? = nil, rows: [Row],
    notes: [String]
  ) {
    self.identifier = identifier
    self.title = title
    self.headings = headings
    self.schedules = schedules
    self.optimizer = optimizer
    self.rows = rows
    var seen: Set<String> = []
    self.notes = notes.filter { seen.insert($0).inserted }
  }

  /// What the marks of this table mean, one line each; shown below the notes.
  var legend: [String] {
    let used = Set(rows.flatMap { row in row.marks + row.cells.flatMap(\.marks) })
    return Mark.allCases.filter(used.contains).map { "\($0.symbol) \($0.explanation)" }
  }
}
