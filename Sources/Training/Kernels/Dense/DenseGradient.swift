import SIMDShims

/// The gradient of a batch: tiles of sums over its samples, folded into norms and update.
///
/// Tiles are of features by two classes: four features where there are 16 registers; eight where there are 32, or six where an update
/// divides: then a tile's updates and the next one's sums fit a processor's window together, and the divider works while the next tile
/// is summed. What is summed over features or classes is summed class by class in ascending order, so that the tiles do not show in
/// the result.
struct DenseGradient {
  let shape: LaneShape
  /// By sample and class, without their factors.
  let residuals: UnsafePointer<LaneVector>
  /// By sample.
  let factors: UnsafePointer<LaneVector>
  /// Residuals of a column of classes, by sample, with their factors: two vectors a sample.
  let scaled: UnsafeMutablePointer<LaneVector>
  /// What earlier chunks of the batch have added; nil where a batch is one chunk.
  let partial: UnsafeMutablePointer<LaneVector>?

  /// |g| and g^2 of a class are summed over so many features, then over all, then over the classes: long sums would lose digits. Tiles
  /// of four, six and eight features all end where a block does.
  private static var featuresPerBlock: Int { 48 }

  /// From so many weights on, 1.5 MB of them and their moments in a 64-byte vector each, they do not stay in a level-2 cache.
  private static var largeVectorCount: Int { 8192 }

  /// Adds a chunk's samples to `partial`.
  @inline(__always)
  func accumulate(_ samples: SampleTile) {
    guard let partial else { return }
    _ = update(GradientStore(target: partial), samples, continues: true, WithoutNorms.self)
  }

  /// Finishes the gradient with the last chunk's samples, and moves the weights.
  ///
  /// - Parameter continues: whether `partial` holds earlier chunks.
  /// - Returns: norms; zeros where they are not wanted.
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

  /// All features of neighbouring classes.
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

  /// The last features of a column, and the bias.
  @inline(__always)
  private func last<Rule: LaneUpdate, Rows: Tile, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: Rows.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ norms: inout GradientNorms<Rows.Columns, Choice>
  ) {
    tile(rule, samples, RowPair<Rows, BiasRow<Rows.Columns>>.self, feature, firstClass, continues, &norms)
  }

  /// Sums the gradients of neighbouring features and folds them. The next tile's sums do not wait for the divisions of an update:
  /// a tile is small enough for the processor to look ahead over.
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

  /// Asks for what the tile of the next column will read: a walk along a column is not one that a processor foresees.
  @inline(__always)
  private func prefetch<Rule: LaneUpdate, T: Tile>(_ rule: Rule, _: T.Type, at index: Int) {
    for row in 0..<T.rows {
      for c in 0..<T.Columns.count { rule.prefetch(at: index &+ row &* shape.classStride &+ c) }
    }
  }

  /// Adds the samples' gradients. The first tile of a column multiplies the residuals by their factors for the others.
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
