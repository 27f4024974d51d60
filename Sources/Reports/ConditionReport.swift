import Sweeps
import Training

/// What the report says about one condition of a study.
struct ConditionReport: Sendable {
  let results: SweepResults
  let condition: Condition
  /// The values of the axes, as in "epochs 10"; empty where the study has one condition.
  let title: String
  /// Of anchors and file names: as in "-epochs-10".
  let suffix: String
  /// One per optimizer, in the configuration's order.
  let comparisons: [Comparison]
  /// nil for a single method.
  let methods: MethodComparison?
  /// nil where no methods are configured beside the optimizers.
  let tuning: Tuning?
  /// One per optimizer whose best schedules were searched for.
  let bestFound: [BestFoundComparison]

  init(_ results: SweepResults, condition: Condition, axes: [SweepConfiguration.Axis], added: [RunRecord]) {
    self.results = results
    self.condition = condition
    title = condition.description(on: axes)
    let configured = results.configuration.tableColumns
    let columns = ScheduleColumn.columns(of: configured, further: Set(results.runs.map(\.schedule)).sorted())
    let optimizers = Self.optimizers(of: results)
    suffix = title.isEmpty ? "" : "-" + identifiers(of: [title])[0]
    let titles = Dictionary(
      results.configuration.optimizerEntries.map { ($0.optimizer.spelling, $0.title) }, uniquingKeysWith: { first, _ in first })
    let (text, suffix) = (title, suffix)
    comparisons = zip(optimizers, identifiers(of: optimizers)).map { optimizer, identifier in
      let name = titles[optimizer] ?? (try? Optimizer(parsing: optimizer))?.title ?? optimizer
      return Comparison(
        results, optimizer: optimizer, name: name, condition: text, identifier: identifier + suffix, columns: columns)
    }
    methods = MethodComparison(
      results, comparisons: comparisons, added: added, identifier: suffix, title: text.isEmpty ? "" : ", " + text)
    tuning = results.configuration.methods.isEmpty ? nil : methods.flatMap { Tuning($0, results: results) }
    bestFound = comparisons.compactMap { BestFoundComparison($0, results: results) }
  }

  /// The configured optimizers in their order, then any others in the journal.
  private static func optimizers(of results: SweepResults) -> [String] {
    let present = Set(results.runs.map(\.optimizer)).union(results.refinements.map(\.optimizer)).sorted()
    var seen: Set<String> = []
    return (results.configuration.optimizers.map(\.spelling) + present).filter { seen.insert($0).inserted }
  }
}

/// `sgd-momentum-0-9` for `sgd:momentum=0.9`; numbered where two would be equal, also on a case-insensitive file system.
func identifiers(of names: [String]) -> [String] {
  var taken: Set<String> = []
  return names.map { name in
    let plain = name.replacingScalars { $0.isWordOfASCII ? nil : "-" }
    var identifier = plain
    var number = 1
    while !taken.insert(identifier.lowercased()).inserted {
      number += 1
      identifier = "\(plain)-\(number)"
    }
    return identifier
  }
}
