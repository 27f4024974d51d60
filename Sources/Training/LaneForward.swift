import SIMDShims

/// Rows of dense samples in a constant stride.
struct SampleTile {
  let values: UnsafePointer<Float>
  let stride: Int
  /// A multiple of `rowMultiple`; rows beyond the samples are zero.
  let paddedRows: Int

  static let rowMultiple = 4
  @inline(__always) static func padded(_ rows: Int) -> Int { (rows + rowMultiple - 1) & ~(rowMultiple - 1) }
}

/// Logits of samples for the lanes of one vector, by sample and class, with their maxima by sample.
struct LaneLogits {
  let values: UnsafeMutablePointer<LaneVector>
  let maxima: UnsafeMutablePointer<LaneVector>
  let shape: LaneShape
}

/// Scores samples: the bias first, then feature by feature in ascending order, for dense and sparse rows alike.
struct LaneForward {
  let shape: LaneShape
  let weights: UnsafePointer<LaneVector>
  /// Vectors from a feature's weights to the next.
  let featureStride: Int
  let logits: LaneLogits

  @inline(__always)
  func callAsFunction(_ samples: SampleTile) {
    clearMaxima(samples.paddedRows)
    shape.forEachSpan(
      three: { column(samples, ThreeClasses.self, $0) },
      two: { column(samples, TwoClasses.self, $0) },
      one: { column(samples, OneClass.self, $0) })
  }

  @inline(__always)
  private func clearMaxima(_ rows: Int) {
    for row in 0..<rows { logits.maxima[row] = lane_splat(-.infinity) }
  }

  @inline(__always)
  private func column<Span: ClassSpan>(_ samples: SampleTile, _: Span.Type, _ firstClass: Int) {
    var row = 0
    if lane_registers() == 32 {
      while row + 8 <= samples.paddedRows {
        tile(samples, EightRows<Span>.self, row, firstClass)
        row += 8
      }
    }
    while row < samples.paddedRows {
      tile(samples, FourRows<Span>.self, row, firstClass)
      row += 4
    }
  }

  @inline(__always)
  private func tile<T: Tile>(_ samples: SampleTile, _: T.Type, _ row: Int, _ firstClass: Int) {
    var x = samples.values + row * samples.stride
    var w = weights + firstClass
    var sums = T(repeating: T.Span(loading: w + shape.features * featureStride))
    for _ in 0..<shape.features {
      sums.add(x, stride: samples.stride, times: T.Span(loading: w))
      x += 1
      w += featureStride
    }
    sums.store(to: logits.values + row * shape.classStride + firstClass, stride: shape.classStride)
    sums.raise(logits.maxima + row)
  }
}

/// A sparse row of a matrix.
struct SparseRow {
  let columns: UnsafePointer<Int32>
  let values: UnsafePointer<Float>
  let count: Int
}

extension LaneForward {
  /// Scores one sparse row into row `row` of the logits; the same bits as the dense way.
  @inline(__always)
  func callAsFunction(_ sample: SparseRow, into row: Int) {
    logits.maxima[row] = lane_splat(-.infinity)
    var c = 0
    while c + 6 <= shape.classes {
      sparse(sample, RowPair<SingleRow<ThreeClasses>, SingleRow<ThreeClasses>>.self, row, c)
      c += 6
    }
    while c < shape.classes {
      sparse(sample, SingleRow<OneClass>.self, row, c)
      c += 1
    }
  }

  @inline(__always)
  private func sparse<T: Tile>(_ sample: SparseRow, _: T.Type, _ row: Int, _ firstClass: Int) {
    var sums = T(loading: weights + shape.features * featureStride + firstClass, stride: T.Span.count)
    for i in 0..<sample.count {
      let w = weights + Int(sample.columns[i]) * featureStride + firstClass
      sums.add(lane_splat(sample.values[i]), times: T(loading: w, stride: T.Span.count))
    }
    sums.store(to: logits.values + row * shape.classStride + firstClass, stride: T.Span.count)
    logits.maxima[row] = lane_max(sums.maximum, logits.maxima[row])
  }
}
