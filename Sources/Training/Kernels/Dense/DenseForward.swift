import SIMDShims

/// Dense rows of samples with a constant stride.
struct SampleTile {
  let values: UnsafePointer<Float>
  let stride: Int
  /// A multiple of `rowMultiple`; the rows after the samples are zero.
  let paddedRows: Int

  static let rowMultiple = 4
  @inline(__always) static func padded(_ rows: Int) -> Int { (rows + rowMultiple - 1) & ~(rowMultiple - 1) }
}

/// Scores samples: the bias first, then the features in ascending order.
struct DenseForward {
  let logits: Logits
  let weights: UnsafePointer<LaneVector>
  /// Without the bias.
  let features: Int
  /// Vectors per feature in the weights.
  let featureStride: Int

  @inline(__always)
  func callAsFunction(_ samples: SampleTile) {
    for row in 0..<samples.paddedRows { logits.maxima[row] = lane_splat(-.infinity) }
    // Spans of three classes, then up to two spans of two, so that no class is left over unless there is only one.
    let classes = logits.classes
    let twos = classes > 1 ? (3 &- classes % 3) % 3 : 0
    let threes = (classes &- 2 &* twos) / 3
    columns(samples, Vectors3.self, from: 0, count: threes)
    columns(samples, Vectors2.self, from: 3 &* threes, count: twos)
    columns(samples, LaneVector.self, from: 0, count: classes > 1 ? 0 : 1)
  }

  /// Scores `count` spans of consecutive classes, in tiles of four samples.
  ///
  /// If there are enough registers, a tile's sums are stored only after the next tile's are computed: storing sums right away
  /// causes bursts of stores that stall the FMAs.
  @inline(__always)
  private func columns<Columns: Vectors>(_ samples: SampleTile, _: Columns.Type, from firstClass: Int, count: Int) {
    typealias T = Rows4<Columns>
    guard count > 0 else { return }
    let isDeferred = lane_registers() == 32
    var finished = T(all: Columns(all: lane_splat(-.infinity)))
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
      c &+= Columns.count
    }
    if isDeferred { store(finished, finishedRow, finishedClass) }
  }

  @inline(__always)
  private func tile<T: Tile>(_ samples: SampleTile, _: T.Type, _ row: Int, _ firstClass: Int) -> T {
    var x = samples.values + row &* samples.stride
    var w = weights + firstClass
    var sums = T(all: T.Columns(loading: w + features &* featureStride))
    for _ in 0..<features {
      sums.add(x, stride: samples.stride, times: T.Columns(loading: w))
      x += 1
      w += featureStride
    }
    return sums
  }

  @inline(__always)
  private func store<T: Tile>(_ sums: T, _ row: Int, _ firstClass: Int) {
    sums.store(to: logits.sample(row) + firstClass, stride: logits.stride)
    sums.raise(logits.maxima + row)
  }
}
