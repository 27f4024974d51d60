import SIMDShims

/// The gradient of a batch: tiles of sums over its samples, folded into norms and update.
///
/// Square root and division of an update keep the divider busy about as long as a tile's sums keep the multipliers. So while a tile
/// is summed, the one before it is folded, row by row, and both units work at once; a processor's own window is too short for that.
///
/// Tiles are of four features (and the bias) by two classes on every machine: with what an update needs they fit 16 registers, and
/// the norms, which are summed tile by tile, have the same bits everywhere.
struct LaneGradient {
  let shape: LaneShape
  /// By sample and class.
  let residuals: UnsafePointer<LaneVector>
  /// What earlier chunks of the batch have added; nil where a batch is one chunk.
  let partial: UnsafeMutablePointer<LaneVector>?
  /// Sums of the tile that is to be folded next: `scratchCount` vectors.
  let scratch: UnsafeMutablePointer<LaneVector>
  /// Sums of |g| and of g^2, side by side: `2 * normCount` vectors, by block of features and class.
  let norms: UnsafeMutablePointer<LaneVector>

  static let scratchCount = 10
  /// |g| and g^2 are summed over a tile, then over so many features, then over all: long sums would lose digits.
  private static var featuresPerBlock: Int { 256 }

  static func normCount(_ shape: LaneShape) -> Int {
    (shape.features / featuresPerBlock + 1) * shape.classStride
  }

  /// Adds a chunk's samples to `partial`.
  @inline(__always)
  func accumulate(_ samples: SampleTile) {
    var c = 0
    while c + 2 <= shape.classes {
      accumulate(samples, TwoClasses.self, c)
      c += 2
    }
    if c < shape.classes { accumulate(samples, OneClass.self, c) }
  }

  /// Finishes the gradient with the last chunk's samples, and moves the weights.
  ///
  /// - Parameter continues: whether `partial` holds earlier chunks.
  /// - Returns: l1 norm and squared l2 norm.
  @inline(__always)
  func update<Rule: UpdateRule>(
    _ rule: Rule, _ samples: SampleTile, continues: Bool
  ) -> (l1: LaneVector, squared: LaneVector) {
    let normCount = Self.normCount(shape)
    for i in 0..<(2 * normCount) { norms[i] = lane_splat(0) }
    var pairs = Pending<TwoClasses>()
    var c = 0
    while c + 2 <= shape.classes {
      column(rule, samples, c, continues, &pairs)
      c += 2
    }
    for row in 0..<pairs.rows { foldRow(row, rule, pairs) }
    if c < shape.classes {
      var single = Pending<OneClass>()
      column(rule, samples, c, continues, &single)
      for row in 0..<single.rows { foldRow(row, rule, single) }
    }
    var l1 = lane_splat(0)
    var squared = lane_splat(0)
    for i in 0..<normCount {
      l1 = lane_add(l1, norms[2 * i])
      squared = lane_add(squared, norms[2 * i + 1])
    }
    return (l1, squared)
  }

  /// Rows of `scratch` whose gradients wait for the optimizer.
  private struct Pending<Span: ClassSpan> {
    var rows = 0
    /// Of the first row's first weight.
    var index = 0
  }

  @inline(__always)
  private func column<Rule: UpdateRule, Span: ClassSpan>(
    _ rule: Rule, _ samples: SampleTile, _ firstClass: Int, _ continues: Bool,
    _ pending: inout Pending<Span>
  ) {
    var feature = 0
    while feature &+ 4 < shape.features {
      tile(rule, samples, FourRows<Span>.self, feature, firstClass, continues, &pending)
      feature &+= 4
    }
    switch shape.features &- feature {
    case 4: tile(rule, samples, RowPair<FourRows<Span>, BiasRow<Span>>.self, feature, firstClass, continues, &pending)
    case 3: tile(rule, samples, RowPair<ThreeRows<Span>, BiasRow<Span>>.self, feature, firstClass, continues, &pending)
    case 2: tile(rule, samples, RowPair<TwoRows<Span>, BiasRow<Span>>.self, feature, firstClass, continues, &pending)
    case 1: tile(rule, samples, RowPair<SingleRow<Span>, BiasRow<Span>>.self, feature, firstClass, continues, &pending)
    default: tile(rule, samples, BiasRow<Span>.self, feature, firstClass, continues, &pending)
    }
  }

  /// Sums the gradients of neighbouring features, and meanwhile folds what is pending.
  @inline(__always)
  private func tile<Rule: UpdateRule, T: Tile>(
    _ rule: Rule, _ samples: SampleTile, _: T.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ pending: inout Pending<T.Span>
  ) {
    let index = feature &* shape.classStride &+ firstClass
    var sums = T(repeating: T.Span(repeating: lane_splat(0)))
    if continues, let partial { sums = T(loading: partial + index, stride: shape.classStride) }
    var x = samples.values + feature
    var r = residuals + firstClass
    // A row of what is pending, then four samples, and so on. (The other way round the compiler would move the sums behind the
    // branch, and their operands into memory.)
    var row = 0
    for _ in 0..<(samples.paddedRows / 4) {
      if row < pending.rows {
        foldRow(row, rule, pending)
        row &+= 1
      }
      for _ in 0..<4 {
        sums.add(x, stride: 1, times: T.Span(loading: r))
        x += samples.stride
        r += shape.classStride
      }
    }
    while row < pending.rows {
      foldRow(row, rule, pending)
      row &+= 1
    }
    let norm = norms + 2 &* (feature / Self.featuresPerBlock &* shape.classStride &+ firstClass)
    norm[0] = lane_add(norm[0], sums.sumOfAbsoluteValues)
    norm[1] = lane_add(norm[1], sums.sumOfSquares)
    if Rule.usesDivider {
      sums.store(to: scratch, stride: T.Span.count)
      pending = Pending(rows: T.rows, index: index)
    } else {
      sums.update(rule, at: index, stride: shape.classStride)
    }
  }

  @inline(__always)
  private func foldRow<Rule: UpdateRule, Span: ClassSpan>(_ row: Int, _ rule: Rule, _ pending: Pending<Span>) {
    Span(loading: scratch + row &* Span.count).update(rule, at: pending.index &+ row &* shape.classStride)
  }

  @inline(__always)
  private func accumulate<Span: ClassSpan>(_ samples: SampleTile, _: Span.Type, _ firstClass: Int) {
    var feature = 0
    while feature + 4 <= shape.features {
      accumulate(samples, FourRows<Span>.self, feature, firstClass)
      feature += 4
    }
    while feature < shape.features {
      accumulate(samples, SingleRow<Span>.self, feature, firstClass)
      feature += 1
    }
    accumulate(samples, BiasRow<Span>.self, feature, firstClass)
  }

  @inline(__always)
  private func accumulate<T: Tile>(_ samples: SampleTile, _: T.Type, _ feature: Int, _ firstClass: Int) {
    guard let partial else { return }
    let target = partial + feature * shape.classStride + firstClass
    var sums = T(loading: target, stride: shape.classStride)
    for row in 0..<samples.paddedRows {
      let x = samples.values + row * samples.stride + feature
      sums.add(x, stride: 1, times: T.Span(loading: residuals + row * shape.classStride + firstClass))
    }
    sums.store(to: target, stride: shape.classStride)
  }
}
