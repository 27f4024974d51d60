/// The keys of a configuration file, in the order in which they are written.
enum SettingKey: String, CaseIterable {
  case data, schedules, optimizers
  case rates = "learning_rate_exponents"
  case extendedRates = "extended_exponents"
  case seeds, epochs
  case batchSize = "batch_size"
  case dropLast = "drop_last"
  case smoothing = "tau"
  case rounds, prior

  /// What the key means, for `--print-config`.
  var explanation: String {
    switch self {
    case .data: "folders, files or patterns such as datasets/*.scale"
    case .schedules: "NAME[:key=value]..., the columns of the tables; spellings of one schedule compete, its best is shown"
    case .optimizers: "adam[:beta1=:beta2=:epsilon=:weight-decay=:decoupled=] and sgd[:momentum=:weight-decay=]"
    case .rates: "learning rates 2^first ... 2^last by factors of 2"
    case .extendedRates: "how far the grid is extended while a best rate lies at its edge"
    case .seeds: "seeds 1 ... N, each an order of the samples"
    case .epochs: "passes over the training data"
    case .batchSize: "rows of a mini-batch"
    case .dropLast: "whether the incomplete last batch of an epoch is left out"
    case .smoothing: "smoothing fraction of the refinement"
    case .rounds: "how often to refine, each time from the norms of the schedule before"
    case .prior: "the schedule whose best run gives the norms"
    }
  }

  /// The key with the fewest edits from `text`.
  static func nearest(to text: String) -> SettingKey {
    allCases.min { editDistance(text, $0.rawValue) < editDistance(text, $1.rawValue) } ?? .data
  }
}

/// Levenshtein distance: insertions, deletions and substitutions from one text to the other.
///
/// - Complexity: O(m n).
func editDistance(_ first: String, _ second: String) -> Int {
  let second = Array(second)
  var row = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, b) in second.enumerated() {
      let substituted = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
    }
  }
  return row[second.count]
}
