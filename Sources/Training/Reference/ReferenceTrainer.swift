import Sparse

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The readable trainer: scalar, in Double, one run after the other, a line of code for a line of the definition.
public struct ReferenceTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  public init(problem: Problem, settings: TrainingSettings) {
    self.problem = problem
    self.settings = settings
  }

  /// Steps of a run: the length that the runs' factors must have.
  public var steps: Int { settings.epochs * order(seed: 0).stepsPerEpoch }

  /// Trains runs one after the other.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true; it is asked at every step.
  /// - Complexity: O(runs x steps x batch size x features x classes).
  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    try runs.map { run in
      precondition(run.factors.count == steps, "a run has one factor a step")
      return try train(run, order(seed: seed), recording, isCancelled)
    }
  }

  private func order(seed: UInt64) -> SampleOrder {
    SampleOrder(
      rows: problem.training.rowCount, batchSize: settings.batchSize, seed: seed, keepsLastBatch: settings.keepsLastBatch)
  }

  private func train(_ run: Run, _ order: SampleOrder, _ recording: Recording, _ isCancelled: () -> Bool) throws -> RunOutcome {
    var model = LogisticModel(features: problem.training.featureCount, classes: problem.training.classCount)
    var optimizer = ReferenceOptimizer(settings.optimizer, count: model.weights.count)
    var outcome = RunOutcome(trainError: 1, trainLoss: 0, diverged: false, steps: steps)
    var losses: [Double] = []
    var indices = [Int32](repeating: 0, count: order.rows)
    for epoch in 0..<settings.epochs {
      order.shuffle(epoch: epoch, into: &indices)
      for batch in 0..<order.stepsPerEpoch {
        if isCancelled() { throw CancellationError() }
        let start = batch * order.batchSize
        let (loss, gradient) = model.lossAndGradient(
          problem.training, rows: indices[start..<min(start + order.batchSize, order.rows)])
        if recording.norms {
          outcome.l1Norms.append(Float(gradient.reduce(0) { $0 + abs($1) }))
          outcome.l2Norms.append(Float(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()))
        }
        if recording.traceLength > 0 { losses.append(loss) }
        optimizer.step(&model.weights, gradient, rate: run.learningRate * run.factors[epoch * order.stepsPerEpoch + batch])
      }
    }
    outcome.trace = Self.windowedMeans(losses, length: recording.traceLength)
    (outcome.trainError, outcome.trainLoss) = model.errorAndLoss(problem.training)
    if let test = problem.test {
      let (error, loss) = model.errorAndLoss(test)
      outcome.testError = error
      outcome.testLoss = loss
    }
    outcome.diverged = !outcome.trainLoss.isFinite || !model.weights.allSatisfy { $0.isFinite }
    return outcome
  }

  /// Means over stretches of equal length, at most `length` of them; the last may be shorter.
  private static func windowedMeans(_ losses: [Double], length: Int) -> [Float] {
    guard length > 0 else { return [] }
    let window = max(1, (losses.count + length - 1) / length)
    return stride(from: 0, to: losses.count, by: window).map { start in
      let stretch = losses[start..<min(start + window, losses.count)]
      return Float(stretch.reduce(0, +) / Double(stretch.count))
    }
  }
}

/// Multinomial logistic regression in Double. Weight (feature, class) is entry `feature * classes + class`; the bias is the last
/// feature.
struct LogisticModel {
  let features: Int
  let classes: Int
  var weights: [Double]

  init(features: Int, classes: Int) {
    self.features = features
    self.classes = classes
    weights = [Double](repeating: 0, count: (features + 1) * classes)
  }

  /// The (feature, value) pairs of a row, with the constant 1 of the bias.
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

  /// Logarithm of the sum of the exponentials of `logits`, minus `logits[label]`.
  private func crossEntropy(_ logits: [Double], label: Int) -> Double {
    let others = logits.indices.filter { $0 != label }.map { logits[$0] - logits[label] }
    let largest = max(0, others.max() ?? 0)
    if largest == 0 { return log1p(others.reduce(0) { $0 + exp($1) }) }
    return largest + log(exp(-largest) + others.reduce(0) { $0 + exp($1 - largest) })
  }

  /// Mean cross-entropy of a batch, and its gradient by the weights.
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
      // The label's entry as minus the sum of the others: p - 1 loses its digits as p nears 1.
      var residuals = exponentials.map { $0 / total / Double(rows.count) }
      residuals[label] = 0
      residuals[label] = -residuals.reduce(0, +)
      for (feature, value) in entries {
        for c in 0..<classes { gradient[feature * classes + c] += value * residuals[c] }
      }
    }
    return (loss, gradient)
  }

  /// Share of wrong predictions, and mean cross-entropy over the rows with a known label.
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
      // The prediction is the first of the largest logits.
      let prediction = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
      if prediction != label { wrong += 1 }
      known += 1
      loss += crossEntropy(logits, label: label)
    }
    return (Double(wrong) / Double(data.rowCount), loss / Double(known))
  }
}

/// The optimizers as PyTorch's documentation states them.
struct ReferenceOptimizer {
  private let optimizer: Optimizer
  private var step = 0
  /// SGD's momentum buffer, or Adam's first moment.
  private var first: [Double]
  private var second: [Double]

  init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    first = [Double](repeating: 0, count: count)
    second = first
  }

  mutating func step(_ weights: inout [Double], _ gradient: [Double], rate: Double) {
    step += 1
    switch optimizer {
    case .sgd(let momentum, let weightDecay):
      for i in weights.indices {
        let g = gradient[i] + weightDecay * weights[i]
        first[i] = step == 1 ? g : momentum * first[i] + g
        weights[i] -= rate * first[i]
      }
    case .adam(let beta1, let beta2, let epsilon, let weightDecay, let decoupled):
      let correction1 = 1 - pow(beta1, Double(step))
      let correction2 = 1 - pow(beta2, Double(step))
      for i in weights.indices {
        if decoupled { weights[i] -= rate * weightDecay * weights[i] }
        let g = gradient[i] + (decoupled ? 0 : weightDecay * weights[i])
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        weights[i] -= rate * (first[i] / correction1) / ((second[i] / correction2).squareRoot() + epsilon)
      }
    }
  }
}
