import SIMDShims

/// The gradient of a batch: tiles of sums over its samples, folded into norms and update.
///
/// A tile is a number of features by two classes: four features on machines with 16 registers; eight with 32, or six if the
/// update divides, so that a tile's updates and the next tile's sums fit the out-of-order window together and the divider works
/// while the next tile is summed. Sums over features or classes go class by class in ascending order, so the tile shape does
/// not affect the result.
struct DenseGradient {
  let shape: LaneShape
  /// [sample][class], without their factors.
  let residuals: UnsafePointer<LaneVector>
  /// Per sample.
  let factors: UnsafePointer<LaneVector>
  /// Residuals of a span of classes with their factors applied: two vectors per sample.
  let scaled: UnsafeMutablePointer<LaneVector>
  /// Sums of earlier chunks of the batch; nil if batches fit one chunk.
  let partial: UnsafeMutablePointer<LaneVector>?

  /// The norms of a class are summed over blocks of this many features, then over blocks, then over classes, because long sums
  /// lose accuracy. Tiles of four, six and eight features all end where a block does.
  private static var featuresPerBlock: Int { 48 }

  /// From this many weights on (1.5 MB with their moments, at 64 bytes per vector) they do not stay in the L2 cache.
  private static var largeVectorCount: Int { 8192 }

  /// Adds the sums of a chunk's samples to `partial`.
  @inline(__always)
  func accumulate(_ samples: SampleTile) {
    guard let partial else { return }
    _ = update(GradientStore(target: partial), samples, continues: true, WithoutNorms.self)
  }

  /// Completes the gradient with the samples of the last chunk, and updates the weights.
  ///
  /// - Parameter continues: whether `partial` holds earlier chunks.
  /// - Returns: norms; zeros if not wanted.
  @inline(__always)
  func update<Rule: LaneUpdate, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, continues: Bool, _: Choice.Type
  ) -> NormTotals {
    var totals = NormTotals()
    var c = 0
    while c &+ 2 <= shape.classes {
      totals.add(classesOf: column(rule, samples, Vectors2.self, c, continues, Choice.self))
      c &+= 2
    }
    if c < shape.classes {
      totals.add(classesOf: column(rule, samples, LaneVector.self, c, continues, Choice.self))
    }
    return totals
  }

  /// All features of a span of classes.
  @inline(__always)
  private func column<Rule: LaneUpdate, Columns: Vectors, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: Columns.Type, _ firstClass: Int, _ continues: Bool, _: Choice.Type
  ) -> GradientNorms<Columns, Choice> {
    var norms = GradientNorms<Columns, Choice>()
    var block = GradientNorms<Columns, Choice>()
    var feature = 0
    let step = lane_registers() == 16 ? 4 : Rule.usesDivider ? 6 : 8
    while feature &+ step < shape.features {
      if step == 8 {
        tile(rule, samples, Rows8<Columns>.self, feature, firstClass, continues, &block)
      } else if step == 6 {
        tile(rule, samples, Rows6<Columns>.self, feature, firstClass, continues, &block)
      } else {
        tile(rule, samples, Rows4<Columns>.self, feature, firstClass, continues, &block)
      }
      feature &+= step
      if feature % Self.featuresPerBlock == 0 {
        norms.add(block)
        block = GradientNorms()
      }
    }
    if shape.features &- feature == 8 {
      last(rule, samples, Rows8<Columns>.self, feature, firstClass, continues, &block)
    } else {
      if shape.features &- feature > 4 {
        tile(rule, samples, Rows4<Columns>.self, feature, firstClass, continues, &block)
        feature &+= 4
      }
      switch shape.features &- feature {
      case 4: last(rule, samples, Rows4<Columns>.self, feature, firstClass, continues, &block)
      case 3: last(rule, samples, Rows3<Columns>.self, feature, firstClass, continues, &block)
      case 2: last(rule, samples, Rows2<Columns>.self, feature, firstClass, continues, &block)
      case 1: last(rule, samples, Row<Columns>.self, feature, firstClass, continues, &block)
      default: tile(rule, samples, BiasRow<Columns>.self, feature, firstClass, continues, &block)
      }
    }
    norms.add(block)
    return norms
  }

  /// The last features of a span, and the bias.
  @inline(__always)
  private func last<Rule: LaneUpdate, Rows: Tile, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: Rows.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ norms: inout GradientNorms<Rows.Columns, Choice>
  ) {
    tile(rule, samples, RowPair<Rows, BiasRow<Rows.Columns>>.self, feature, firstClass, continues, &norms)
  }

  /// Sums the gradients of consecutive features and folds them. A tile is small enough for out-of-order execution to overlap
  /// the next tile's sums with the divisions of this one's update.
  @inline(__always)
  private func tile<Rule: LaneUpdate, T: Tile, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: T.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ norms: inout GradientNorms<T.Columns, Choice>
  ) {
    let index = feature &* shape.classStride &+ firstClass
    var sums = T(all: .zero)
    if continues, let partial { sums = T(loading: partial + index, stride: shape.classStride) }
    if shape.vectorCount >= Self.largeVectorCount { prefetch(rule, T.self, at: index &+ T.Columns.count) }
    add(samples, to: &sums, feature, firstClass)
    sums.fold(rule, at: index, stride: shape.classStride, into: &norms)
  }

  /// Prefetches what the tile of the next span will read: hardware prefetchers do not follow a walk along a column.
  @inline(__always)
  private func prefetch<Rule: LaneUpdate, T: Tile>(_ rule: Rule, _: T.Type, at index: Int) {
    for row in 0..<T.rows {
      for c in 0..<T.Columns.count { rule.prefetch(at: index &+ row &* shape.classStride &+ c) }
    }
  }

  /// Adds the samples' gradients. The first tile of a span also stores the scaled residuals for the others.
  @inline(__always)
  private func add<T: Tile>(_ samples: SampleTile, to sums: inout T, _ feature: Int, _ firstClass: Int) {
    var x = samples.values + feature
    var row = 0
    if feature == 0 {
      let isOnly = T.rows > shape.features
      var r = residuals + firstClass
      while row < samples.paddedRows {
        let factor = factors[row]
        let columns = T.Columns(loading: r).map { lane_multiply($0, factor) }
        if !isOnly { columns.store(to: scaled + row &* T.Columns.count) }
        sums.add(x, stride: 1, times: columns)
        x += samples.stride
        r += shape.classStride
        row &+= 1
      }
    } else {
      var r = UnsafePointer(scaled)
      while row < samples.paddedRows {
        for _ in 0..<2 {
          sums.add(x, stride: 1, times: T.Columns(loading: r))
          x += samples.stride
          r += T.Columns.count
        }
        row &+= 2
      }
    }
  }
}
