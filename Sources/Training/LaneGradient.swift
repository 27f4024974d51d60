import SIMDShims

/// The gradient of a batch: tiles of sums over its samples, started from what earlier chunks of the batch have left in `partial`.
struct LaneGradient {
  let shape: LaneShape
  /// By sample and class.
  let residuals: UnsafePointer<LaneVector>
  /// The shape of the weights; nil where a batch is one chunk.
  let partial: UnsafeMutablePointer<LaneVector>?

  /// Features whose |g| and g^2 are summed before they join the sum of their column: long sums lose digits.
  static var featuresPerBlock: Int { 64 }

  /// Adds a chunk's samples to `partial`.
  @inline(__always)
  func accumulate(_ samples: SampleTile) {
    shape.forEachSpan(
      three: { accumulate(samples, ThreeClasses.self, $0) },
      two: { accumulate(samples, TwoClasses.self, $0) },
      one: { accumulate(samples, OneClass.self, $0) })
  }

  /// Finishes the gradient with a last chunk's samples, and moves the weights.
  ///
  /// - Returns: l1 norm and squared l2 norm.
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, _ samples: SampleTile, continues: Bool) -> SpanNorms<OneClass> {
    var total = SpanNorms(l1: OneClass(repeating: lane_splat(0)), squared: OneClass(repeating: lane_splat(0)))
    shape.forEachSpan(
      three: { update(rule, samples, ThreeClasses.self, $0, continues).add(to: &total) },
      two: { update(rule, samples, TwoClasses.self, $0, continues).add(to: &total) },
      one: { update(rule, samples, OneClass.self, $0, continues).add(to: &total) })
    return total
  }

  /// The gradients of neighbouring features.
  @inline(__always)
  private func sums<T: Tile>(_ samples: SampleTile, _: T.Type, _ feature: Int, _ firstClass: Int, continues: Bool) -> T {
    var sums = T(repeating: T.Span(repeating: lane_splat(0)))
    if continues, let partial {
      sums = T(loading: partial + feature * shape.classStride + firstClass, stride: shape.classStride)
    }
    var x = samples.values + feature
    var r = residuals + firstClass
    for _ in 0..<samples.paddedRows {
      sums.add(x, stride: 1, times: T.Span(loading: r))
      x += samples.stride
      r += shape.classStride
    }
    return sums
  }

  /// The gradient of the bias.
  @inline(__always)
  private func biasSums<Span: ClassSpan>(_ samples: SampleTile, _: Span.Type, _ firstClass: Int, continues: Bool) -> Span {
    var sums = Span(repeating: lane_splat(0))
    if continues, let partial { sums = Span(loading: partial + shape.features * shape.classStride + firstClass) }
    var r = residuals + firstClass
    for _ in 0..<samples.paddedRows {
      sums.add(Span(loading: r))
      r += shape.classStride
    }
    return sums
  }

  @inline(__always)
  private func update<Rule: UpdateRule, Span: ClassSpan>(
    _ rule: Rule, _ samples: SampleTile, _: Span.Type, _ firstClass: Int, _ continues: Bool
  ) -> SpanNorms<Span> {
    let stride = shape.classStride
    var total = SpanNorms(l1: Span(repeating: lane_splat(0)), squared: Span(repeating: lane_splat(0)))
    var feature = 0
    while feature < shape.features {
      let end = min(feature + Self.featuresPerBlock, shape.features)
      var block = SpanNorms(l1: Span(repeating: lane_splat(0)), squared: Span(repeating: lane_splat(0)))
      if lane_registers() == 32 {
        while feature + 8 <= end {
          sums(samples, EightRows<Span>.self, feature, firstClass, continues: continues)
            .update(rule, at: feature * stride + firstClass, stride: stride, &block)
          feature += 8
        }
      }
      while feature + 4 <= end {
        sums(samples, FourRows<Span>.self, feature, firstClass, continues: continues)
          .update(rule, at: feature * stride + firstClass, stride: stride, &block)
        feature += 4
      }
      while feature + 2 <= end {
        sums(samples, TwoRows<Span>.self, feature, firstClass, continues: continues)
          .update(rule, at: feature * stride + firstClass, stride: stride, &block)
        feature += 2
      }
      while feature < end {
        sums(samples, SingleRow<Span>.self, feature, firstClass, continues: continues)
          .update(rule, at: feature * stride + firstClass, stride: stride, &block)
        feature += 1
      }
      total.l1.add(block.l1)
      total.squared.add(block.squared)
    }
    biasSums(samples, Span.self, firstClass, continues: continues)
      .update(rule, at: shape.features * stride + firstClass, &total)
    return total
  }

  @inline(__always)
  private func accumulate<Span: ClassSpan>(_ samples: SampleTile, _: Span.Type, _ firstClass: Int) {
    guard let partial else { return }
    let stride = shape.classStride
    var feature = 0
    while feature + 4 <= shape.features {
      sums(samples, FourRows<Span>.self, feature, firstClass, continues: true)
        .store(to: partial + feature * stride + firstClass, stride: stride)
      feature += 4
    }
    while feature < shape.features {
      sums(samples, SingleRow<Span>.self, feature, firstClass, continues: true)
        .store(to: partial + feature * stride + firstClass, stride: stride)
      feature += 1
    }
    biasSums(samples, Span.self, firstClass, continues: true).store(to: partial + shape.features * stride + firstClass)
  }
}

extension SpanNorms {
  /// Adds the span's classes in ascending order.
  @inline(__always)
  func add(to total: inout SpanNorms<OneClass>) {
    l1.addEach(to: &total.l1.a)
    squared.addEach(to: &total.squared.a)
  }
}
