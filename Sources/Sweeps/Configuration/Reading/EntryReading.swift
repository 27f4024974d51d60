import Schedules
import Training
import Yams

extension SettingReader {
  func schedule() throws -> String { try text { spelling(try Schedule(parsing: $0)) } }

  func optimizer() throws -> Optimizer { try text { try Optimizer(parsing: $0) } }

  /// Entries of `schedules`.
  func columns() throws -> [Column] {
    var names = UniqueNames()
    return try values { entry in
      let column = try entry.column()
      try names.take(column, at: entry)
      return column
    }
  }

  private func column() throws -> Column {
    guard let fields = try fields(["name", "schedule", "best_of"]) else { return Column(try schedule()) }
    return Column(name: try fields["name"]?.title(), schedules: try schedules(in: fields))
  }

  /// What `schedule` or `best_of` gives: exactly one of them must be there.
  private func schedules(in fields: [String: SettingReader]) throws -> [String] {
    switch (fields["schedule"], fields["best_of"]) {
    case (let single?, nil): return [try single.schedule()]
    case (nil, let several?):
      var places: [String: Node] = [:]
      let schedules = try several.values { entry in
        let schedule = try entry.schedule()
        if let first = places.updateValue(entry.node, forKey: schedule) {
          throw entry.error("'\(schedule)' is listed twice, first at \(first.place)")
        }
        return schedule
      }
      guard !schedules.isEmpty else { throw several.error("is empty, expected at least one schedule") }
      return schedules
    case (nil, nil): throw error("found neither schedule nor best_of, expected one of them")
    case (_?, let both?): throw both.error("schedule and best_of are both given, expected one of them")
    }
  }

  /// Entries of `optimizers`.
  func optimizerEntries() throws -> [OptimizerEntry] {
    var names = UniqueNames()
    return try values { entry in
      let found: OptimizerEntry
      if let fields = try entry.fields(["name", "optimizer"]) {
        guard let optimizer = fields["optimizer"] else { throw entry.error("found no optimizer, expected {name:, optimizer:}") }
        found = OptimizerEntry(name: try fields["name"]?.title(), try optimizer.optimizer())
      } else {
        found = OptimizerEntry(try entry.optimizer())
      }
      try names.take(found, at: entry)
      return found
    }
  }

  /// Entries of `methods`.
  func methods() throws -> [Method] {
    var names = UniqueNames()
    return try values { entry in
      guard let fields = try entry.fields(["name", "optimizer", "schedule", "best_of", "learning_rates"]),
        let optimizer = fields["optimizer"]
      else { throw entry.wrong("{name:, optimizer:, schedule:} and perhaps learning_rates:") }
      let column = Column(name: nil, schedules: try entry.schedules(in: fields))
      let parsed = try optimizer.optimizer()
      let method = Method(
        name: try fields["name"]?.title() ?? "\(parsed.title), \(column.title)", optimizer: parsed, column: column,
        learningRates: try fields["learning_rates"]?.learningRates())
      try names.take(method.name, kind: "name", at: entry)
      return method
    }
  }

  /// Base learning rates: at least one, positive, none twice.
  func learningRates() throws -> [Double] {
    var places: [Double: Node] = [:]
    let rates = try values { entry in
      let rate = try entry.number()
      // Trainers compute in float32.
      guard Float(rate) > 0, Float(rate).isFinite else { throw entry.wrong("a learning rate above 0") }
      if let first = places.updateValue(entry.node, forKey: rate) {
        throw entry.error("\(shortText(rate)) is listed twice, first at \(first.place)")
      }
      return rate
    }
    guard !rates.isEmpty else { throw error("is empty, expected at least one learning rate") }
    return rates
  }

  /// `true`, `false` or `{budget:, knots:}`; nil for no search.
  func search() throws -> BestFoundSearch? {
    guard let fields = try fields(["budget", "knots"]) else {
      guard let text = node.scalar?.string, let value = Bool(text) else {
        throw wrong("true, false or {budget: 8000, knots: 8}")
      }
      return value ? BestFoundSearch() : nil
    }
    var search = BestFoundSearch()
    if let budget = fields["budget"] { search.budget = try budget.whole() }
    if let knots = fields["knots"] { search.knots = try knots.whole() }
    return search
  }

  /// The values of an axis: at least one, none twice.
  func axis<Value: Hashable>(_ read: (SettingReader) throws -> Value) throws -> [Value] {
    var places: [Value: Node] = [:]
    let values = try values { entry in
      let value = try read(entry)
      if let first = places.updateValue(entry.node, forKey: value) {
        throw entry.error("\(value) is listed twice, first at \(first.place)")
      }
      return value
    }
    guard !values.isEmpty else { throw error("is empty, expected at least one value") }
    return values
  }
}

/// Names and spellings of the entries of a list, each of which must differ from all others.
private struct UniqueNames {
  private var places: [String: Node] = [:]

  mutating func take(_ text: String, kind: String = "", at entry: SettingReader) throws {
    if let first = places.updateValue(entry.node, forKey: text) {
      throw entry.error("\(kind.isEmpty ? "" : kind + " ")'\(text)' is listed twice, first at \(first.place)")
    }
  }

  mutating func take(_ column: Column, at entry: SettingReader) throws {
    if column.schedules.count == 1 { try take(column.schedules[0], at: entry) }
    if let name = column.name, column.schedules != [name] { try take(name, kind: "name", at: entry) }
  }

  mutating func take(_ optimizer: OptimizerEntry, at entry: SettingReader) throws {
    try take(optimizer.optimizer.spelling, at: entry)
    if let name = optimizer.name, optimizer.optimizer.spelling != name { try take(name, kind: "name", at: entry) }
  }
}
