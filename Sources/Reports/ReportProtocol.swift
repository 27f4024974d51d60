import Foundation
import Schedules
import Sweeps
import Training

extension SweepConfiguration {
  /// How everything was trained, in one line.
  var protocolSentence: String {
    let constants = optimizers.map(\.constantsText)
    let named = constants.count <= 4 ? constants : constants.prefix(3) + ["\(constants.count - 3) more optimizers"]
    return "\(counted(epochs, "epoch")), batch size \(batchSize)\(keepsLastBatch ? " (incomplete last batch kept)" : ""), "
      + "\(counted(seeds, "seed")), learning rates \(rateText(exp2(Double(minimumExponent)))) to "
      + "\(rateText(exp2(Double(maximumExponent)))) by factors of 2, further where the best is at an edge; not regularised; "
      + "\(named.joined(separator: "; "))."
  }
}

extension Optimizer {
  /// `Adam (beta1 0.9, beta2 0.95, epsilon 1e-08)`: the constants that are neither zero nor off.
  fileprivate var constantsText: String {
    let constants = fullSpelling.split(separator: ":").dropFirst().map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    let shown = constants.filter { $0.count == 2 && !["0", "false"].contains($0[1]) }.map { $0.joined(separator: " ") }
    let base = title.split(separator: " (").first.map(String.init) ?? title
    return shown.isEmpty ? base : "\(base) (\(shown.joined(separator: ", ")))"
  }
}
