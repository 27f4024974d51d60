import Schedules

/// The keys of a configuration file, in the order in which they are written.
enum SettingKey: String, CaseIterable {
  case name, data, schedules, optimizers, methods, reference
  case referenceMethod = "reference_method"
  case learningRates = "learning_rates"
  case exponents = "learning_rate_exponents"
  case step = "learning_rate_step"
  case extendedExponents = "extended_exponents"
  case seeds, racing, epochs
  case batchSize = "batch_size"
  case l2
  case dropLast = "drop_last"
  case checkpoints
  case smoothing = "tau"
  case rounds, prior, search

  /// What the key means, for `--print-config`.
  var explanation: String {
    switch self {
    case .name: "title of the report"
    case .data: "folders, files or patterns such as datasets/*.scale"
    case .schedules: "the columns: NAME[:key=value]..., {name:, schedule:} or {name:, best_of: [...]}, which shows the best"
    case .optimizers: "NAME[:key=value]... or {name:, optimizer:}; refinery train --help lists them"
    case .methods: "further columns of the table across optimizers: {name:, optimizer:, schedule:, learning_rates:}"
    case .reference: "the column that stands for each optimizer in the table across optimizers"
    case .referenceMethod: "the method that the others are compared with"
    case .learningRates: "exactly these, in place of learning_rate_exponents"
    case .exponents: "learning rates 2^first ... 2^last"
    case .step: "distance of the exponents: 1 for factors of 2"
    case .extendedExponents: "limits to which these exponents are extended while a best rate is at the edge of the grid"
    case .seeds: "seeds 1 ... N, each an order of the samples"
    case .racing: "the whole grid with this many seeds, then all seeds only for rates within 10 % of a column's best"
    case .epochs: "passes over the training data; one or a list"
    case .batchSize: "rows of a mini-batch; one or a list"
    case .l2: "x of the penalty x/2 times the squared weights, bias left out; one or a list"
    case .dropLast: "whether the incomplete last batch of an epoch is left out"
    case .checkpoints: "fractions of a run after which training loss and error are recorded too"
    case .smoothing: "refinement: window of the running median of gradient norms, as a fraction of the run"
    case .rounds: "refinements in a row, each from the gradient norms of the previous schedule's best run"
    case .prior: "schedule of the prior run, whose gradient norms are refined"
    case .search: "search for the best schedule too, on seeds of its own: true, or {budget: RUNS, knots: K}"
    }
  }

  /// A value, for a key that a configuration need not have.
  var example: String? {
    switch self {
    case .name: "my study"
    case .methods: "[{name: Prodigy, optimizer: prodigy, schedule: cosine, learning_rates: [1]}]"
    case .reference: "linear"
    case .referenceMethod: "Adam"
    case .learningRates: "[0.001, 0.01, 0.1]"
    case .racing: "3"
    case .checkpoints: "[0.1, 0.25, 0.5]"
    case .search: "true"
    default: nil
    }
  }

  /// For a key that does not exist: what was probably meant.
  static func suggestion(for text: String) -> String {
    let word = String(text.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " })
    if let keys = synonyms.first(where: { $0.words.contains(word) })?.keys { return "; did you mean \(keys)?" }
    if let key = nearestName(to: text, among: allCases.map(\.rawValue)) { return "; did you mean '\(key)'?" }
    return "; expected one of: \(allCases.map(\.rawValue).joined(separator: ", "))"
  }

  /// What other programs call it.
  private static let synonyms: [(words: [String], keys: String)] = [
    (["weightdecay", "wd"], "'l2', or an optimizer's key as in 'adam:weight-decay=0.1:decoupled=true'"),
    (["lr", "lrs", "rate", "rates", "learningrate", "stepsize", "stepsizes", "eta", "grid"], "'learning_rates'"),
    (["lrexponents", "exponents"], "'learning_rate_exponents'"),
    (["c", "lambda", "reg", "regularization", "regularisation", "regularizer", "penalty", "ridge"], "'l2'"),
    (["bs", "batch", "batches", "minibatch", "minibatchsize"], "'batch_size'"),
    (["numepochs", "nepochs", "maxepochs", "passes", "maxiter", "horizon", "horizons"], "'epochs'"),
    (["repeats", "repetitions", "trials", "numseeds", "nseeds", "randomstate", "runs"], "'seeds'"),
    (["dataset", "datasets", "problem", "problems", "files", "path"], "'data'"),
    (["title", "study"], "'name'"),
    (["baseline", "referenceschedule"], "'reference'"),
    (["columns", "lrscheduler", "lrschedule"], "'schedules'"),
    (["solver", "solvers", "algorithm", "algorithms"], "'optimizers'"),
    (["smoothing"], "'tau'"),
    (["halving", "successivehalving"], "'racing'"),
    (
      ["momentum", "nesterov", "beta", "beta1", "beta2", "betas", "epsilon", "eps", "decoupled", "amsgrad", "average"],
      "an optimizer's key, as in 'optimizers: [adam:beta2=0.999]'"
    ),
    (
      ["warmup", "cooldown", "offset", "power", "milestones", "gamma"],
      "a schedule's key, as in 'schedules: [linear:warmup=0.05]'"
    ),
    (["window", "powers", "norm", "method"], "a key of refined, as in 'schedules: [refined:powers=1/2]'"),
  ]
}
