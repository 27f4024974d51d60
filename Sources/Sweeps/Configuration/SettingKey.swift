import Schedules

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
    case .schedules: "NAME[:key=value]..., one table column per schedule, which shows the best of its variants"
    case .optimizers: "NAME[:key=value]..., such as adam:beta2=0.999 or sgd:momentum=0.9; `refinery train --help` lists them"
    case .rates: "learning rates 2^first ... 2^last by factors of 2"
    case .extendedRates: "limits to which these exponents are extended while a best rate is at the edge of the grid"
    case .seeds: "seeds 1 ... N, each an order of the samples"
    case .epochs: "passes over the training data"
    case .batchSize: "rows of a mini-batch"
    case .dropLast: "whether the incomplete last batch of an epoch is left out"
    case .smoothing: "refinement: window of the running median of gradient norms, as a fraction of the run"
    case .rounds: "refinements in a row, each from the gradient norms of the previous schedule's best run"
    case .prior: "schedule of the prior run, whose gradient norms are refined"
    }
  }

  /// The key with the fewest edits from `text`.
  static func nearest(to text: String) -> SettingKey {
    allCases.min { editDistance(text, $0.rawValue) < editDistance(text, $1.rawValue) } ?? .data
  }
}
