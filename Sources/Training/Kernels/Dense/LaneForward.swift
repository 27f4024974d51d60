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
    for row in 0..<samples.paddedRows { logits.maxima[row] = lane_splat(-.infinity) }
    let spans = shape.spans
    columns(samples, ThreeClasses.self, from: 0, count: spans.threes)
    columns(samples, TwoClasses.self, from: 3 &* spans.threes, count: spans.twos)
    columns(samples, OneClass.self, from: 0, count: spans.ones)
  }

  /// Neighbouring spans of classes, in tiles of four samples.
  ///
  /// Where there are registers enough, a tile's sums are stored only after the next tile's are made: stores of what has just been
  /// summed come in bursts that hold up the multipliers.
  @inline(__always)
  private func columns<Span: ClassSpan>(_ samples: SampleTile, _: Span.Type, from firstClass: Int, count: Int) {
    typealias T = FourRows<Span>
    guard count > 0 else { return }
    let isDeferred = lane_registers() == 32
    var finished = T(repeating: Span(repeating: lane_splat(-.infinity)))
    var finishedRow = 0
    var finishedClass = firstClass
    var c = firstClass
    for _ in 0..<count {
      var row = 0
      while row < samples.paddedRows {
        let sums = tile(samples, T.self, row, c)
        if isDeferred {
          store(finished, finishedRow, finishedClass)
          (finished, finishedRow, finishedClass) = (sums, row, c)
        } else {
          store(sums, row, c)
        }
        row &+= T.rows
      }
      c &+= Span.count
    }
    if isDeferred { store(finished, finishedRow, finishedClass) }
  }

  @inline(__always)
  private func tile<T: Tile>(_ samples: SampleTile, _: T.Type, _ row: Int, _ firstClass: Int) -> T {
    var x = samples.values + row &* samples.stride
    var w = weights + firstClass
    var sums = T(repeating: T.Span(loading: w + shape.features &* featureStride))
    for _ in 0..<shape.features {
      sums.add(x, stride: samples.stride, times: T.Span(loading: w))
      x += 1
      w += featureStride
    }
    return sums
  }

  @inline(__always)
  private func store<T: Tile>(_ sums: T, _ row: Int, _ firstClass: Int) {
    sums.store(to: logits.values + (row &* shape.classStride &+ firstClass), stride: shape.classStride)
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
