import Training

/// A column of the table across optimizers: an optimizer with a schedule.
public struct Method: Sendable, Hashable {
  /// The title.
  public var name: String
  public var optimizer: Optimizer
  /// One schedule, or several of which the best is shown.
  public var column: Column
  /// The base learning rates, exactly these; nil for those of the configuration.
  public var learningRates: [Double]?

  public init(name: String, optimizer: Optimizer, column: Column, learningRates: [Double]? = nil) {
    self.name = name
    self.optimizer = optimizer
    self.column = column
    self.learningRates = learningRates
  }
}

extension SweepConfiguration {
  /// The column that stands for an optimizer that is swept with several schedules: the one that `reference` names or spells,
  /// `linear` by default, else the first.
  public var referenceColumn: Column? {
    let asked = reference ?? "linear"
    return tableColumns.first { $0.name == asked } ?? tableColumns.first { $0.schedules == [asked] } ?? tableColumns.first
  }

  /// The columns of the table across optimizers: every optimizer with the reference schedule, then `methods`. The reference
  /// method, which the others are compared with, is the one that `referenceMethod` names, else the first.
  public var comparedMethods: [Method] {
    let own = referenceColumn.map { column in
      optimizerEntries.map { Method(name: $0.title, optimizer: $0.optimizer, column: column) }
    }
    return (own ?? []) + methods
  }

  /// Whether a column has the name or the spelling that `reference` gives.
  public var namesReference: Bool {
    tableColumns.contains { $0.name == reference || $0.schedules == [reference] }
  }

  /// Whether a method has the name that `referenceMethod` gives.
  public var namesReferenceMethod: Bool { comparedMethods.contains { $0.name == referenceMethod } }

  /// What one of `methods` trains, as a configuration of its own. To be asked of the configuration at one condition.
  func alone(_ method: Method) -> SweepConfiguration {
    var configuration = self
    configuration.columns = [method.column]
    configuration.optimizerEntries = [OptimizerEntry(method.optimizer)]
    configuration.methods = []
    configuration.search = nil
    configuration.learningRates = method.learningRates ?? learningRates
    return configuration
  }

  /// Whether the tables of the optimizers hold every run of a method.
  func contains(_ method: Method) -> Bool {
    let isTuned = method.learningRates == nil || method.learningRates == learningRates
    return isTuned && optimizers.contains(method.optimizer) && method.column.schedules.allSatisfy(schedules.contains)
  }

  /// The optimizers of the tables, then those of methods alone.
  var allOptimizers: [Optimizer] {
    methods.map(\.optimizer).reduce(into: optimizers) { if !$0.contains($1) { $0.append($1) } }
  }
}
