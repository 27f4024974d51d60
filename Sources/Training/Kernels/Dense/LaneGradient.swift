import SIMDShims

/// The gradient of a batch: tiles of sums over its samples, folded into norms and update.
///
/// Tiles are of features by two classes: four features where there are 16 registers; eight where there are 32, or six where an update
/// divides: then a tile's updates and the next one's sums fit a processor's window together, and the divider works while the next tile
/// is summed. What is summed over features or classes is summed class by class in ascending order, so that the tiles do not show in
/// the result.
struct LaneGradient {
  let shape: LaneShape
  /// By sample and class, without their factors.
  let residuals: UnsafePointer<LaneVector>
  /// By sample.
  let factors: UnsafePointer<LaneVector>
  /// Residuals of a span of classes, by sample, with their factors: two vectors a sample.
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
  /// - Returns: l1 norm and squared l2 norm; zeros where they are not wanted.
  @inline(__always)
  func update<Rule: UpdateRule, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, continues: Bool, _: Choice.Type
  ) -> (l1: LaneVector, squared: LaneVector) {
    var l1 = lane_splat(0)
    var squared = lane_splat(0)
    var c = 0
    while c &+ 2 <= shape.classes {
      let norms = column(rule, samples, TwoClasses.self, c, continues, Choice.self)
      l1 = lane_add(lane_add(l1, norms.l1.a), norms.l1.b)
      squared = lane_add(lane_add(squared, norms.squared.a), norms.squared.b)
      c &+= 2
    }
    if c < shape.classes {
      let norms = column(rule, samples, OneClass.self, c, continues, Choice.self)
      l1 = lane_add(l1, norms.l1.a)
      squared = lane_add(squared, norms.squared.a)
    }
    return (l1, squared)
  }

  /// All features of a span of classes.
  @inline(__always)
  private func column<Rule: UpdateRule, Span: ClassSpan, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: Span.Type, _ firstClass: Int, _ continues: Bool, _: Choice.Type
  ) -> GradientNorms<Span, Choice> {
    var norms = GradientNorms<Span, Choice>()
    var block = GradientNorms<Span, Choice>()
    var feature = 0
    let step = lane_registers() == 16 ? 4 : Rule.usesDivider ? 6 : 8
    while feature &+ step < shape.features {
      if step == 8 {
        tile(rule, samples, EightRows<Span>.self, feature, firstClass, continues, &block)
      } else if step == 6 {
        tile(rule, samples, SixRows<Span>.self, feature, firstClass, continues, &block)
      } else {
        tile(rule, samples, FourRows<Span>.self, feature, firstClass, continues, &block)
      }
      feature &+= step
      if feature % Self.featuresPerBlock == 0 {
        norms.add(block)
        block = GradientNorms()
      }
    }
    let left = shape.features &- feature
    if lane_registers() == 32 && left > 4 {
      switch left {
      case 8: last(rule, samples, EightRows<Span>.self, feature, firstClass, continues, &block)
      case 7: last(rule, samples, SevenRows<Span>.self, feature, firstClass, continues, &block)
      case 6: last(rule, samples, SixRows<Span>.self, feature, firstClass, continues, &block)
      default: last(rule, samples, FiveRows<Span>.self, feature, firstClass, continues, &block)
      }
    } else {
      switch left {
      case 4: last(rule, samples, FourRows<Span>.self, feature, firstClass, continues, &block)
      case 3: last(rule, samples, ThreeRows<Span>.self, feature, firstClass, continues, &block)
      case 2: last(rule, samples, TwoRows<Span>.self, feature, firstClass, continues, &block)
      case 1: last(rule, samples, SingleRow<Span>.self, feature, firstClass, continues, &block)
      default: tile(rule, samples, BiasRow<Span>.self, feature, firstClass, continues, &block)
      }
    }
    norms.add(block)
    return norms
  }

  /// The last features of a column, and the bias.
  @inline(__always)
  private func last<Rule: UpdateRule, Rows: Tile, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: Rows.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ norms: inout GradientNorms<Rows.Span, Choice>
  ) {
    tile(rule, samples, RowPair<Rows, BiasRow<Rows.Span>>.self, feature, firstClass, continues, &norms)
  }

  /// Sums the gradients of neighbouring features and folds them. The next tile's sums do not wait for the divisions of an update:
  /// a tile is small enough for the processor to look ahead over.
  @inline(__always)
  private func tile<Rule: UpdateRule, T: Tile, Choice: NormsChoice>(
    _ rule: Rule, _ samples: SampleTile, _: T.Type, _ feature: Int, _ firstClass: Int, _ continues: Bool,
    _ norms: inout GradientNorms<T.Span, Choice>
  ) {
    let index = feature &* shape.classStride &+ firstClass
    var sums = T(repeating: T.Span(repeating: lane_splat(0)))
    if continues, let partial { sums = T(loading: partial + index, stride: shape.classStride) }
    if shape.vectorCount >= Self.largeVectorCount { prefetch(rule, T.self, at: index &+ T.Span.count) }
    add(samples, to: &sums, feature, firstClass)
    sums.fold(rule, at: index, stride: shape.classStride, into: &norms)
  }

  /// Asks for what the tile of the next column will read: a walk along a column is not one that a processor foresees.
  @inline(__always)
  private func prefetch<Rule: UpdateRule, T: Tile>(_ rule: Rule, _: T.Type, at index: Int) {
    for row in 0..<T.rows {
      for c in 0..<T.Span.count { rule.prefetch(at: index &+ row &* shape.classStride &+ c) }
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
        let span = T.Span(loading: r).mapped { lane_multiply($0, factor) }
        if !isOnly { span.store(to: scaled + row &* T.Span.count) }
        sums.add(x, stride: 1, times: span)
        x += samples.stride
        r += shape.classStride
        row &+= 1
      }
    } else {
      var r = UnsafePointer(scaled)
      while row < samples.paddedRows {
        for _ in 0..<2 {
          sums.add(x, stride: 1, times: T.Span(loading: r))
          x += samples.stride
          r += T.Span.count
        }
        row &+= 2
      }
    }
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
    add(samples, to: &sums, feature, firstClass)
    sums.store(to: target, stride: shape.classStride)
  }
}
