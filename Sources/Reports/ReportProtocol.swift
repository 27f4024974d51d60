import Sweeps
import Training

extension SweepConfiguration {
  /// How everything was trained, one sentence per part, for the first screen of a report.
  var protocolSentence: String {
    let rates =
      "learning rates 2^\(minimumExponent) to 2^\(maximumExponent) by factors of 2, extended to at most 2^\(minimumExtendedExponent) "
      + "and 2^\(maximumExtendedExponent) while the best rate is at an edge"
    let last = keepsLastBatch ? "the incomplete last batch kept" : "the incomplete last batch dropped"
    return "Protocol: \(counted(epochs, "epoch")), mini-batches of \(batchSize), \(last); \(counted(seeds, "seed")); \(rates); "
      + "no regularisation beyond an optimizer's own; results are those of the last iterate. "
      + "Optimizers: \(optimizers.map(\.constantsSentence).joined(separator: "; "))."
  }
}

extension Optimizer {
  /// "Adam with beta1 0.9, beta2 0.95 (PyTorch's default is 0.999), epsilon 1e-08": the constants that are neither zero nor
  /// off.
  fileprivate var constantsSentence: String {
    let constants = fullSpelling.split(separator: ":").dropFirst().map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    let shown = constants.filter { $0.count == 2 && !["0", "false"].contains($0[1]) }.map { part in
      "\(part[0]) \(part[1])"
        + (name == "adam" && part == ["beta2", "0.95"] ? " as in the paper (PyTorch's default is 0.999)" : "")
    }
    let base = title.split(separator: " (").first.map(String.init) ?? title
    return shown.isEmpty ? base : "\(base) with \(listed(shown))"
  }
}
