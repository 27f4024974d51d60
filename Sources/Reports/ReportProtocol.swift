import Foundation
import Schedules
import Sweeps
import Training

extension SweepConfiguration {
  /// How everything was trained, in one line.
  var protocolSentence: String {
    let parts = [
      "\(axisText(epochsAxis.map(String.init))) \(epochsAxis == [1] ? "epoch" : "epochs")",
      "batch size \(axisText(batchSizeAxis.map(String.init)))\(keepsLastBatch ? " (incomplete last batch kept)" : "")",
      counted(seeds, "seed"), ratesText,
    ]
    let regularisation =
      l2Axis == [0]
      ? "not regularised" : "l2 \(axisText(l2Axis.map { significant($0, 6) })) (ranked by the objective where it is above 0)"
    let searched = search.map { ["best schedules searched for with \($0.budget) runs each"] } ?? []
    return
      ([parts.joined(separator: ", ") + (racing.map { racingText($0) } ?? ""), regularisation] + searched + optimizersText)
      .joined(separator: "; ") + "."
  }

  /// The constants of the first optimizers, the names of the next.
  private var optimizersText: [String] {
    let entries = allOptimizerEntries
    guard entries.count > 4 else { return entries.map(\.constantsText) }
    var names = entries.prefix(3).map(\.plainName)
    let known = names.count
    for entry in entries where names.count < known + 4 && !names.contains(entry.plainName) { names.append(entry.plainName) }
    let others = entries.count - names.count
    let further = names.dropFirst(known) + (others > 0 ? [counted(others, "other")] : [])
    return entries.prefix(known).map(\.constantsText) + ["also \(listed(Array(further)))"]
  }

  private var allOptimizerEntries: [OptimizerEntry] {
    methods.map { OptimizerEntry($0.optimizer) }.reduce(into: optimizerEntries) { entries, entry in
      if !entries.contains(where: { $0.optimizer == entry.optimizer }) { entries.append(entry) }
    }
  }

  private func axisText(_ values: [String]) -> String {
    values.count <= 4 ? listed(values) : "\(values[0]) to \(values[values.count - 1]) (\(values.count) values)"
  }

  private var ratesText: String {
    if let learningRates {
      let rates = learningRates.sorted().map(rateText)
      return "learning rate\(rates.count == 1 ? "" : "s") \(axisText(rates))"
    }
    let step = learningRateStep == 1 ? "2" : "2^\(significant(learningRateStep, 4))"
    return
      "learning rates \(rateText(exp2(Double(minimumExponent)))) to \(rateText(exp2(Double(maximumExponent)))) by factors of "
      + "\(step), further where the best is at an edge"
  }

  /// Fewer runs where a rate has no chance.
  private func racingText(_ seeds: Int) -> String {
    " (raced: the whole grid with \(counted(seeds, "seed")), all only for rates within 10 % of a column's best by error or loss"
      + "\(checkpoints.isEmpty ? "" : ", at the end or at a checkpoint"))"
  }
}

extension OptimizerEntry {
  /// `Adam (beta1 0.9, beta2 0.95, epsilon 1e-08)`: the constants that are neither zero nor off.
  fileprivate var constantsText: String {
    let constants = optimizer.fullSpelling.split(separator: ":").dropFirst().map {
      $0.split(separator: "=", maxSplits: 1).map(String.init)
    }
    let shown = constants.filter { $0.count == 2 && !["0", "false"].contains($0[1]) }.map { $0.joined(separator: " ") }
    return shown.isEmpty ? plainName : "\(plainName) (\(shown.joined(separator: ", ")))"
  }

  /// Without parameters, unless the configuration's name has some.
  fileprivate var plainName: String { name ?? optimizer.title.split(separator: " (").first.map(String.init) ?? optimizer.title }
}
