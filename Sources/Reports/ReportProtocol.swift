import Schedules
import Sweeps
import Training

extension SweepConfiguration {
  /// How everything was trained, for the first screen of a report.
  var protocolSentence: String {
    let rates =
      "learning rates 2^\(minimumExponent) to 2^\(maximumExponent) by factors of 2 (extended up to 2^\(minimumExtendedExponent) and "
      + "2^\(maximumExtendedExponent) while the best is at an edge)"
    return "Protocol: \(counted(epochs, "epoch")), mini-batches of \(batchSize) (incomplete last batch "
      + "\(keepsLastBatch ? "kept" : "dropped")), \(counted(seeds, "seed")), \(rates), unregularised objective, last iterates. "
      + "\(optimizers.map(\.constantsSentence).joined(separator: "; "))."
  }
}

extension Optimizer {
  /// "Adam with beta1 0.9, beta2 0.95 and epsilon 1e-08": the constants that are neither zero nor off.
  fileprivate var constantsSentence: String {
    let constants = fullSpelling.split(separator: ":").dropFirst().map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    let shown = constants.filter { $0.count == 2 && !["0", "false"].contains($0[1]) }.map { part in
      "\(part[0]) \(part[1])" + (name == "adam" && part == ["beta2", "0.95"] ? " (the paper's; PyTorch's is 0.999)" : "")
    }
    let base = title.split(separator: " (").first.map(String.init) ?? title
    return shown.isEmpty ? base : "\(base) with \(listed(shown))"
  }
}
