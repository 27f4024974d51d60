import SIMDShims

/// The regularisation of a vector of runs: half of l2 times the squared weights, without those of the bias.
struct Penalty {
  private let l2: LaneVector

  init(l2: Double) { self.l2 = lane_splat(Float(l2)) }

  /// Adds the penalty's gradient to a batch's.
  ///
  /// - Parameters:
  ///   - gradient: of the mean cross-entropy, in the layout of the weights.
  ///   - loss: the mean cross-entropy.
  /// - Returns: the norms of the sum, and the objective.
  /// - Complexity: O(features x classes).
  @inline(never)
  func add(
    to gradient: UnsafeMutablePointer<LaneVector>, loss: LaneVector, _ memory: RuleMemory
  ) -> BatchTotals {
    var norms = BlockedNorms()
    var squares = lane_splat(0)
    var block = lane_splat(0)
    let shape = memory.shape
    for feature in 0...shape.features {
      let row = feature &* memory.featureStride
      let strength = feature < shape.features ? l2 : lane_splat(0)
      var c = 0
      while c &+ 4 <= shape.classes {
        let square = add(Vectors4.self, to: gradient + (row &+ c), memory.weights + (row &+ c), strength, &norms)
        block = lane_add(block, square)
        c &+= 4
      }
      while c < shape.classes {
        let square = add(LaneVector.self, to: gradient + (row &+ c), memory.weights + (row &+ c), strength, &norms)
        block = lane_add(block, square)
        c &+= 1
      }
      // Sum over blocks first: long sums lose accuracy.
      if feature % BlockedNorms.partsPerBlock == 0 || feature == shape.features {
        norms.closeBlock()
        squares = lane_add(squares, block)
        block = lane_splat(0)
      }
    }
    let half = lane_splat(0.5 * memory.copies)
    return BatchTotals(norms: norms.totals.times(memory.copies), loss: lane_fma(half, squares, loss))
  }

  /// - Returns: `strength` times the sum of the squared weights.
  @inline(__always)
  private func add<Columns: Vectors>(
    _: Columns.Type, to gradient: UnsafeMutablePointer<LaneVector>, _ weights: UnsafeMutablePointer<LaneVector>,
    _ strength: LaneVector, _ norms: inout BlockedNorms
  ) -> LaneVector {
    let weights = Columns(loading: UnsafePointer(weights))
    var sum = Columns(loading: UnsafePointer(gradient))
    sum.add(strength, times: weights)
    sum.store(to: gradient)
    norms.add(sum)
    return lane_multiply(strength, weights.squared.reduce { lane_add($0, $1) })
  }
}
