import Foundation
import SIMDShims
import Sparse

/// One call's training loop over the lists of its batches.
struct SparseLanePass {
  private let rows: RowPointers
  private let shape: LaneShape
  private let vectors: Int
  /// Vectors in a feature's row.
  private let entries: Int
  private let settings: TrainingSettings
  private let corrections: BiasCorrection
  private let order: SampleOrder
  private let kernel: SparseLaneKernel
  private let method: Method
  private let batch: SparseLaneBatch
  private let lookAhead: SparseLaneLookAhead
  private let terms: SparseLaneTerms?
  /// b1^k (or the momentum's) and b2^k, up to where they vanish.
  private let decays1: [Float]
  private let decays2: [Float]
  private let epsilons: [Float]
  private let memory: [LaneBuffer]
  private let vectorOfEntry: [Int32]

  enum Method: Hashable {
    case sgd, momentum, adam, adamLookingAhead
  }

  init(
    rows: RowPointers, shape: LaneShape, vectors: Int, settings: TrainingSettings, corrections: BiasCorrection,
    order: SampleOrder, weights: UnsafeMutablePointer<LaneVector>
  ) {
    self.rows = rows
    self.shape = shape
    self.vectors = vectors
    self.settings = settings
    self.corrections = corrections
    self.order = order
    entries = SparseLaneTrainer.storedClasses(shape) * vectors
    let sizes = Self.sizes(rows, order)
    method = Self.method(settings.optimizer, shape, typical: sizes.typical)
    batch = SparseLaneBatch(
      features: shape.features, largest: sizes.largest, batchSize: order.batchSize, listsAll: method == .adam)
    let count = (shape.features + 1) * entries
    let first = LaneBuffer(count: method == .sgd ? 0 : count, cacheLineOffset: 21)
    let second = LaneBuffer(count: method == .adam || method == .adamLookingAhead ? count : 0, cacheLineOffset: 42)
    let logits = LaneBuffer(count: order.batchSize * entries, cacheLineOffset: 11)
    let scratch = LaneBuffer(count: 5 * entries + vectors)
    memory = [first, second, logits, scratch]
    kernel = SparseLaneKernel(
      entries: entries, weights: weights, first: first.pointer, second: second.pointer, logits: logits.pointer,
      norms: SparseLaneNorms(memory: scratch.pointer, entries: entries), prefetches: count > 8192)
    vectorOfEntry = (0..<entries).map { Int32($0 % vectors) }
    let steps = order.stepsPerEpoch * settings.epochs
    lookAhead = Self.lookAhead(settings.optimizer, vectors: vectors)
    switch settings.optimizer {
    case .sgd(let momentum, _):
      terms = nil
      decays1 = Self.powers(momentum, steps)
      decays2 = [0]
      epsilons = []
    case .adam(let beta1, let beta2, let epsilon, _, _):
      terms = SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon)
      decays1 = Self.powers(beta1, steps)
      decays2 = Self.powers(beta2, steps)
      epsilons = (0..<SparseLaneTerms.replayedSteps).map { corrections[$0].epsilon }
    }
  }

  private static func lookAhead(_ optimizer: Optimizer, vectors: Int) -> SparseLaneLookAhead {
    switch optimizer {
    case .sgd(let momentum, _):
      return SparseLaneLookAhead(
        momentum: momentum, horizon: SparseLaneTrainer.horizon(momentum: momentum), vectors: vectors)
    case .adam(let beta1, let beta2, let epsilon, _, _):
      if let terms = SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) {
        return SparseLaneLookAhead(terms, vectors: vectors)
      }
      return SparseLaneLookAhead(momentum: 0, horizon: 1, vectors: vectors)
    }
  }

  /// base^0, base^1, ... up to `most` or to where a Float is zero.
  private static func powers(_ base: Double, _ most: Int) -> [Float] {
    var powers: [Float] = [1]
    var power = base
    while powers.count <= most, power > 1e-37 {
      powers.append(Float(power))
      power *= base
    }
    if powers.count <= most { powers.append(0) }
    return powers
  }

  /// The most nonzeros that a batch can have, and the mean.
  private static func sizes(_ rows: RowPointers, _ order: SampleOrder) -> (largest: Int, typical: Int) {
    let counts = (0..<rows.rowCount).map { rows.offsets[$0 + 1] - rows.offsets[$0] }
    return (
      counts.sorted(by: >).prefix(order.batchSize).reduce(0, +),
      rows.offsets[rows.rowCount] * order.batchSize / max(1, rows.rowCount)
    )
  }

  private static func method(_ optimizer: Optimizer, _ shape: LaneShape, typical: Int) -> Method {
    switch optimizer {
    case .sgd(momentum: 0, _): .sgd
    case .sgd: .momentum
    case .adam:
      Double(typical) < SparseLaneTrainer.lookAheadShare * Double(shape.features) ? .adamLookingAhead : .adam
    }
  }

  /// Trains, and notes norms and trace in `lanes`.
  mutating func run(
    _ runs: ArraySlice<Run>, _ recording: Recording, _ lanes: inout TrainedLanes, _ cancellation: inout Cancellation
  ) throws {
    let steps = order.stepsPerEpoch * settings.epochs
    let looksAhead = method == .momentum || method == .adamLookingAhead
    let ahead = looksAhead ? lookAhead.horizon + SparseLaneTerms.replayedSteps : 0
    let rates = SparseLaneRates(
      runs, vectors: vectors, capacity: order.stepsPerEpoch + ahead, steps: steps,
      corrections: method == .adam || method == .adamLookingAhead ? corrections : nil)
    if method == .adamLookingAhead { prepareReplay(runs, ahead: ahead, steps: steps) }
    var trace = LossTrace(length: recording.traceLength, steps: steps, lanes: vectors * laneWidth)
    let l1 = LaneBuffer(count: recording.norms ? steps * vectors : 0)
    let l2 = LaneBuffer(count: recording.norms ? steps * vectors : 0)
    let gaps = looksAhead ? SparseLaneGaps(rows: rows, order: order, epochs: settings.epochs) : nil
    let row = memory[3].pointer + 4 * entries
    var indices = [Int32](repeating: 0, count: order.rows)
    var step = 0
    for epoch in 0..<settings.epochs {
      if let gaps {
        gaps.advance(to: epoch)
        indices = gaps.indices
      } else {
        order.shuffle(epoch: epoch, into: &indices)
      }
      rates.fill(from: step)
      try indices.withUnsafeBufferPointer { indices in
        try (gaps?.absent ?? []).withUnsafeBufferPointer { absent in
          for index in 0..<order.stepsPerEpoch {
            let start = index * order.batchSize
            let count = min(order.batchSize, order.rows - start)
            let rows = indices.baseAddress.unsafelyUnwrapped + start
            batch.fill(
              self.rows, rows, count: count, gaps: gaps.map { UnsafePointer($0.gaps) },
              absent: index == 0 ? absent : UnsafeBufferPointer(start: nil, count: 0))
            try cancellation.check(work: 2 * (batch.nonzeros + batch.recordCount) * entries)
            forward(rows, count: count, wantsLoss: trace.isWanted, losses: row + entries)
            update(step: step, rates: UnsafePointer(rates.vectors.pointer) + index * vectors, row: row)
            if recording.norms { note(step, l1.pointer, l2.pointer) }
            if trace.isWanted {
              let scale = lane_splat(1 / Float(count))
              for v in 0..<vectors { trace.add(lane_multiply(scale, row[entries + v]), vector: v) }
            }
            step += 1
          }
        }
      }
    }
    trace.close()
    lanes.trace = trace.means
    if recording.norms {
      lanes.l1Norms = l1.allFloats()
      lanes.l2Norms = l2.allFloats()
    }
  }

  private func prepareReplay(_ runs: ArraySlice<Run>, ahead: Int, steps: Int) {
    let rates = SparseLaneRates(runs, vectors: vectors, capacity: ahead, steps: steps, corrections: corrections)
    rates.fill(from: SparseLaneTerms.replayedSteps)
    lookAhead.setStep(SparseLaneTerms.replayedSteps)
    lookAhead.prepareAfterReplay(rates: rates.vectors.pointer)
  }

  /// Logits, and residuals in their place.
  @inline(__always)
  private func forward(
    _ indices: UnsafePointer<Int32>, count: Int, wantsLoss: Bool, losses: UnsafeMutablePointer<LaneVector>
  ) {
    if wantsLoss { for v in 0..<vectors { losses[v] = lane_splat(0) } }
    let scale = lane_splat(1 / Float(count))
    let classes = SparseLaneTrainer.storedClasses(shape)
    let softmax = SparseLaneSoftmax(logits: kernel.logits, classes: classes, vectors: vectors)
    for i in 0..<count {
      let index = Int(indices[i])
      kernel.forward(rows.sparse(index), bias: shape.features, sample: i)
      let label = Int(rows.classes[index])
      if classes == 1, shape.classes == 2 {
        softmax.makeResidualsOfTwo(sample: i, label: label, scale: scale, wantsLoss: wantsLoss, losses)
      } else {
        softmax.makeResiduals(sample: i, label: label, scale: scale, wantsLoss: wantsLoss, losses)
      }
    }
  }

  /// Moves the weights of the listed features.
  ///
  /// - Parameters:
  ///   - rates: of this step and those after it, [step][vector of lanes].
  ///   - row: room for a row.
  @inline(__always)
  private func update(step: Int, rates: UnsafePointer<LaneVector>, row: UnsafeMutablePointer<LaneVector>) {
    kernel.norms.clear()
    for entry in 0..<entries { row[entry] = rates[Int(kernelVector(entry))] }
    switch method {
    case .sgd:
      kernel.updateAll(batch, SparseSGDRule(weights: kernel.weights, rates: row))
    case .adam:
      guard case .adam(let beta1, let beta2, _, _, _) = settings.optimizer else { return }
      let rule = SparseAdamRule(
        weights: kernel.weights, first: kernel.first, second: kernel.second, beta1: lane_splat(Float(beta1)),
        beta2: lane_splat(Float(beta2)), rates: row, epsilon: lane_splat(corrections[step].epsilon))
      kernel.updateAll(batch, rule)
    case .momentum:
      lookAhead.prepare(batch.records, count: batch.recordCount, rates: rates)
      updateWithMomentum()
    case .adamLookingAhead:
      updateLookingAhead(step: step, rates: rates)
    }
    kernel.norms.closeBlock()
  }

  @inline(__always)
  private func kernelVector(_ entry: Int) -> Int32 { vectorOfEntry[entry] }

  @inline(__always)
  private func updateWithMomentum() {
    vectorOfEntry.withUnsafeBufferPointer { vectorOfEntry in
      decays1.withUnsafeBufferPointer { decays in
        for i in 0..<batch.recordCount {
          let gap = Int(batch.records[i].gap)
          let rule = SparseMomentumRule(
            weights: kernel.weights, buffer: kernel.first, sums: lookAhead.coefficients(gap: gap),
            vectorOfEntry: vectorOfEntry.baseAddress.unsafelyUnwrapped,
            decay: lane_splat(decays[min(gap, decays.count - 1)]))
          kernel.update(batch, record: i, rule)
        }
      }
    }
  }

  @inline(__always)
  private func updateLookingAhead(step: Int, rates: UnsafePointer<LaneVector>) {
    guard let terms else { return }
    let replays = step < SparseLaneTerms.replayedSteps
    if !replays {
      if !terms.isSettled(step: step - 1) || step == SparseLaneTerms.replayedSteps { lookAhead.setStep(step) }
      lookAhead.prepare(batch.records, count: batch.recordCount, rates: rates)
    }
    let epsilon = corrections[replays ? SparseLaneTerms.replayedSteps : step].epsilon
    vectorOfEntry.withUnsafeBufferPointer { vectorOfEntry in
      decays1.withUnsafeBufferPointer { decays1 in
        decays2.withUnsafeBufferPointer { decays2 in
          let vectorOfEntry = vectorOfEntry.baseAddress.unsafelyUnwrapped
          for i in 0..<batch.recordCount {
            let gap = Int(batch.records[i].gap)
            let decay1 = lane_splat(decays1[min(gap, decays1.count - 1)])
            let decay2 = lane_splat(decays2[min(gap, decays2.count - 1)])
            if replays {
              replay(i, gap, step, rates, decay1, decay2, vectorOfEntry, epsilon * Float(terms.bands[2].c))
            } else if min(gap, terms.horizon) <= terms.bands[0].longest {
              kernel.update(
                batch, record: i,
                rule(SparseLaneDegree4.self, gap, decay1, decay2, vectorOfEntry, epsilon * Float(terms.bands[0].c)))
            } else if min(gap, terms.horizon) <= terms.bands[1].longest {
              kernel.update(
                batch, record: i,
                rule(SparseLaneDegree6.self, gap, decay1, decay2, vectorOfEntry, epsilon * Float(terms.bands[1].c)))
            } else {
              kernel.update(
                batch, record: i,
                rule(SparseLaneDegree8.self, gap, decay1, decay2, vectorOfEntry, epsilon * Float(terms.bands[2].c)))
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func rule<P: SparseLanePolynomial>(
    _: P.Type, _ gap: Int, _ decay1: LaneVector, _ decay2: LaneVector, _ vectorOfEntry: UnsafePointer<Int32>, _ offset: Float
  ) -> SparseLookAheadRule<P> {
    SparseLookAheadRule<P>(
      weights: kernel.weights, first: kernel.first, second: kernel.second, coefficients: lookAhead.coefficients(gap: gap),
      vectors: vectors, vectorOfEntry: vectorOfEntry, offset: lane_splat(offset), decay1: decay1, decay2: decay2)
  }

  @inline(never)
  private func replay(
    _ record: Int, _ gap: Int, _ step: Int, _ rates: UnsafePointer<LaneVector>, _ decay1: LaneVector,
    _ decay2: LaneVector, _ vectorOfEntry: UnsafePointer<Int32>, _ offset: Float
  ) {
    guard case .adam(let beta1, let beta2, _, _, _) = settings.optimizer else { return }
    let replayed = min(gap, SparseLaneTerms.replayedSteps - step)
    epsilons.withUnsafeBufferPointer { epsilons in
      let rule = SparseReplayRule(
        weights: kernel.weights, first: kernel.first, second: kernel.second, rates: rates,
        epsilons: epsilons.baseAddress.unsafelyUnwrapped + step, steps: replayed,
        coefficients: gap > replayed ? lookAhead.coefficientsAfterReplay(gap: gap - replayed) : nil,
        offset: lane_splat(offset), vectors: vectors, vectorOfEntry: vectorOfEntry, beta1: lane_splat(Float(beta1)),
        root: lane_splat(Float(beta2.squareRoot())), decay1: decay1, decay2: decay2)
      kernel.update(batch, record: record, rule)
    }
  }

  /// Two classes count twice: the first has the second's gradient turned round.
  @inline(__always)
  private func note(_ step: Int, _ l1: UnsafeMutablePointer<LaneVector>, _ l2: UnsafeMutablePointer<LaneVector>) {
    let copies = lane_splat(shape.classes == 2 ? 2 : 1)
    for v in 0..<vectors {
      let total = kernel.norms.total(vector: v, vectors: vectors)
      l1[step * vectors + v] = lane_multiply(copies, total.l1)
      l2[step * vectors + v] = lane_sqrt(lane_multiply(copies, total.squared))
    }
  }
}

/// Minus the learning rates of all lanes, step by step, for Adam times the bias correction's scale; 0 beyond the last step.
struct SparseLaneRates {
  /// [step][vector of lanes].
  let vectors: LaneBuffer
  private let runs: ArraySlice<Run>
  private let vectorsPerStep: Int
  private let capacity: Int
  private let steps: Int
  private let corrections: BiasCorrection?

  init(_ runs: ArraySlice<Run>, vectors: Int, capacity: Int, steps: Int, corrections: BiasCorrection?) {
    self.runs = runs
    vectorsPerStep = vectors
    self.capacity = capacity
    self.steps = steps
    self.corrections = corrections
    self.vectors = LaneBuffer(count: capacity * vectors)
  }

  func fill(from start: Int) {
    let lanes = vectorsPerStep * laneWidth
    let floats = UnsafeMutableRawPointer(vectors.pointer).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      run.factors.withUnsafeBufferPointer { factors in
        for i in 0..<capacity {
          let step = start + i
          let scale = corrections?[step].scale ?? 1
          floats[i * lanes + lane] = step < steps ? Float(run.learningRate * factors[step]) * -scale : 0
        }
      }
    }
  }
}

extension LaneBuffer {
  fileprivate func allFloats() -> [Float] {
    let source = UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
    return Array(UnsafeBufferPointer(start: source, count: count * laneWidth))
  }
}
