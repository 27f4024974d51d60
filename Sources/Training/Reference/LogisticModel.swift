import Foundation
import Sparse

/// Multinomial logistic regression in Double, with half of `l2` times the squared weights, bias left out, as the penalty. Weight
/// (feature, class) is entry `feature * classes + class`; the bias is the last feature.
struct LogisticModel {
  let features: Int
  let classes: Int
  let l2: Double
  var weights: [Double]

  init(features: Int, classes: Int, l2: Double) {
    self.l2 = l2
    self.features = features
    self.classes = classes
    weights = [Double](repeating: 0, count: (features + 1) * classes)
  }

  /// The (feature, value) pairs of a row, including the bias's constant 1.
  private func entries(_ data: LabelledSparseData, _ row: Int) -> [(feature: Int, value: Double)] {
    let matrix = data.matrix
    let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
    return range.map { (Int(matrix.columns[$0]), Double(matrix.values[$0])) } + [(features, 1)]
  }

  private func logits(_ entries: [(feature: Int, value: Double)]) -> [Double] {
    var logits = [Double](repeating: 0, count: classes)
    for (feature, value) in entries {
      for c in 0..<classes { logits[c] += value * weights[feature * classes + c] }
    }
    return logits
  }

  /// log(sum exp(logits)) - logits[label].
  private func crossEntropy(_ logits: [Double], label: Int) -> Double {
    let others = logits.indices.filter { $0 != label }.map { logits[$0] - logits[label] }
    let largest = max(0, others.max() ?? 0)
    if largest == 0 { return log1p(others.reduce(0) { $0 + exp($1) }) }
    return largest + log(exp(-largest) + others.reduce(0) { $0 + exp($1 - largest) })
  }

  private var penalty: Double { l2 / 2 * weights.prefix(features * classes).reduce(0) { $0 + $1 * $1 } }

  /// The objective of a batch, mean cross-entropy and penalty, and its gradient with respect to the weights.
  func lossAndGradient(_ data: LabelledSparseData, rows: ArraySlice<Int32>) -> (loss: Double, gradient: [Double]) {
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: weights.count)
    for row in rows {
      let label = Int(data.classes[Int(row)])
      let entries = entries(data, Int(row))
      let logits = logits(entries)
      loss += crossEntropy(logits, label: label) / Double(rows.count)
      let largest = logits.max() ?? 0
      let exponentials = logits.map { exp($0 - largest) }
      let total = exponentials.reduce(0, +)
      // The label's entry is minus the sum of the others: p - 1 would cancel as p nears 1.
      var residuals = exponentials.map { $0 / total / Double(rows.count) }
      residuals[label] = 0
      residuals[label] = -residuals.reduce(0, +)
      for (feature, value) in entries {
        for c in 0..<classes { gradient[feature * classes + c] += value * residuals[c] }
      }
    }
    guard l2 > 0 else { return (loss, gradient) }
    for i in 0..<features * classes { gradient[i] += l2 * weights[i] }
    return (loss + penalty, gradient)
  }

  /// Fraction of wrong predictions, and mean cross-entropy over the rows with a known label.
  func errorAndLoss(_ data: LabelledSparseData) -> (error: Double, loss: Double) {
    var wrong = 0
    var known = 0
    var loss = 0.0
    for row in 0..<data.rowCount {
      let label = Int(data.classes[row])
      guard label >= 0 else {
        wrong += 1
        continue
      }
      let logits = logits(entries(data, row))
      // The prediction is the first class with the largest logit.
      let prediction = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
      if prediction != label { wrong += 1 }
      known += 1
      loss += crossEntropy(logits, label: label)
    }
    return (Double(wrong) / Double(data.rowCount), loss / Double(known))
  }

  /// What a run has reached on the training file after `step` steps.
  func outcome(_ data: LabelledSparseData, after step: Int) -> CheckpointOutcome {
    let (error, loss) = errorAndLoss(data)
    return CheckpointOutcome(
      step: step, trainError: error, trainLoss: loss, trainObjective: l2 > 0 ? loss + penalty : nil)
  }
}
