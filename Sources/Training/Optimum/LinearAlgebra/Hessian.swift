import SIMDShims

/// The Hessian of the mean cross-entropy over the weights of all classes but the last, which are held fixed. Nothing is lost,
/// since adding the same weights to every class changes nothing, and two classes make a single block.
///
/// Entry ((a, c), (b, d)) is the mean over the rows of x_a x_b p_c ([c = d] - p_d). A row's products x_a x_b (a <= b) and
/// p_c p_d (c <= d) give every entry once. Threads divide the entries, not the rows, so the summation order is fixed.
struct Hessian {
  let features: Int
  /// C - 1.
  let classes: Int
  var size: Int { features * classes }
  /// The lower triangle, row by row in a full square; unknown (a, c) has index c x features + a.
  private(set) var lower: [Double]

  /// Computes the Hessian at `weights`, with row and column (a, c) multiplied by `scale[a]`.
  ///
  /// - Throws: as `BoundedWork.count`.
  /// - Complexity: O(n d^2 C^2) for dense rows; for sparse rows O(C^2) per pair of entries of a row.
  init(of loss: CrossEntropy, at weights: [Double], scale: [Double], work: BoundedWork) throws {
    features = loss.features
    classes = loss.classes - 1
    lower = [Double](repeating: 0, count: features * classes * features * classes)
    try loss.evaluateResiduals(weights, work: work)
    let (features, classes) = (features, classes)
    try lower.withUnsafeMutableBufferPointer { lower in
      guard let base = lower.baseAddress else { return }
      let target = HessianEntries(lower: base, features: features, classes: classes, scale: scale, rows: loss.rows)
      if let entries = loss.entries {
        try Self.sumSparse(loss, entries, to: target, work: work)
      } else {
        try Self.sumDense(loss, to: target, work: work)
      }
    }
  }

  /// Adds a penalty's second derivatives.
  ///
  /// - Parameter scale: as in `init`.
  mutating func add(_ penalty: CentredPenalty, scale: [Double]) {
    for d in 0..<classes {
      for c in 0...d {
        for a in 0..<penalty.features {
          lower[(d * features + a) * size + c * features + a] += penalty.curvature(c, d) * scale[a] * scale[a]
        }
      }
    }
  }

  /// The Cholesky factor of H + mu; nil if that is not positive definite to working precision.
  ///
  /// - Throws: as `BoundedWork.count`.
  /// - Complexity: O(size^3).
  func factored(mu: Double, work: BoundedWork) throws -> CholeskyFactor? {
    try CholeskyFactor(of: lower, size: size, mu: mu, work: work)
  }

  /// Writes -p_c ([c = d] - p_d), c <= d, c in `range`, of one row to `left`; writes up to seven entries past the end.
  @inline(__always)
  private static func classProducts(
    _ residuals: UnsafePointer<Double>, _ range: Range<Int>, _ classes: Int, _ scratch: UnsafeMutablePointer<Double>,
    _ left: UnsafeMutablePointer<Double>
  ) {
    // A negative residual is that of the label, p - 1.
    for c in 0..<classes { scratch[c] = residuals[c] < 0 ? 1 + residuals[c] : residuals[c] }
    products(scratch, range, classes, left)
    var diagonal = 0
    for c in range {
      let r = abs(residuals[c])
      left[diagonal] = -r * (1 - r)
      diagonal += classes - c
    }
  }

  /// All v_i v_j with i <= j, i outermost and in `range`; writes up to seven entries past the end.
  @inline(__always)
  private static func products(
    _ v: UnsafePointer<Double>, _ range: Range<Int>, _ count: Int, _ result: UnsafeMutablePointer<Double>
  ) {
    var out = result
    for i in range {
      let scale = double_splat(v[i])
      var j = i
      while j < count {
        double_store(out + (j - i), double_multiply(scale, double_load(v + j)))
        j += 8
      }
      out += count - i
    }
  }

  // MARK: Dense rows

  private static let blockRows = 64

  private static func sumDense(_ loss: CrossEntropy, to target: HessianEntries, work: BoundedWork) throws {
    let (features, classes) = (target.features, target.classes)
    let classRanges = ranges(of: classes, pairs: max(12, classes * (classes + 1) / 16))
    // A block's feature products stay in the cache.
    let featurePairs = features * (features + 1) / 2
    let featureRanges = ranges(of: features, pairs: min(2_048, max(128, featurePairs * classRanges.count / 16)))
    let operations = Double(loss.rows) * Double(featurePairs) * Double(classes * (classes + 1) / 2)
    try work.run(slices: classRanges.count * featureRanges.count, operations: operations) { slice in
      let classRange = classRanges[slice % classRanges.count]
      sumDense(loss, classRange, featureRanges[slice / classRanges.count], to: target)
    }
  }

  /// Consecutive ranges that partition 0 ..< `count`, each with about as many pairs i <= j, i in the range.
  private static func ranges(of count: Int, pairs: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var (first, sum) = (0, 0)
    for i in 0..<count {
      sum += count - i
      if sum >= pairs || i + 1 == count {
        ranges.append(first..<i + 1)
        (first, sum) = (i + 1, 0)
      }
    }
    return ranges
  }

  private static func sumDense(
    _ loss: CrossEntropy, _ classRange: Range<Int>, _ featureRange: Range<Int>, to target: HessianEntries
  ) {
    let (features, classes) = (target.features, target.classes)
    func pairs(_ range: Range<Int>, _ count: Int) -> Int { range.reduce(0) { $0 + count - $1 } }
    var sums = PairProducts(
      left: pairs(classRange, classes), right: pairs(featureRange, features), rows: blockRows)
    let row = UnsafeMutablePointer<Double>.allocate(capacity: features + 8 + 2 * (classes + 9))
    row.initialize(repeating: 0, count: features + 8 + 2 * (classes + 9))
    defer { row.deallocate() }
    let residuals = row + features + 8
    let scratch = residuals + classes + 9
    for k in 0..<loss.rows {
      loss.copyRow(k, to: row, residuals: residuals)
      sums.appendRow { left, right in
        classProducts(residuals, classRange, classes, scratch, left)
        products(row, featureRange, features, right)
      }
      if sums.isFull { sums.flush() }
    }
    sums.flush()
    var classPair = 0
    for c in classRange {
      for d in c..<classes {
        var featurePair = 0
        for a in featureRange {
          for b in a..<features {
            target.set(a, c, b, d, minusSum: sums[classPair, featurePair])
            featurePair += 1
          }
        }
        classPair += 1
      }
    }
  }

  // MARK: Sparse rows

  private static func sumSparse(
    _ loss: CrossEntropy, _ entries: FeatureEntries, to target: HessianEntries, work: BoundedWork
  ) throws {
    let offsets = loss.data.matrix.rowOffsets
    let pairs = zip(offsets, offsets.dropFirst()).reduce(0.0) {
      let entries = Double($1.1 - $1.0 + 1)
      return $0 + entries * (entries + 1) / 2
    }
    let classPairs = target.classes * (target.classes + 1) / 2
    try work.run(slices: entries.slices.count + 1, operations: pairs * Double(max(8, classPairs))) { slice in
      let bias = target.features - 1
      sumSparse(loss, entries, slice == 0 ? bias..<bias + 1 : entries.slices[slice - 1], to: target)
    }
  }

  /// Sums the entries of pairs (a, b), a in `range`, a <= b, over the rows that contain a.
  private static func sumSparse(
    _ loss: CrossEntropy, _ entries: FeatureEntries, _ range: Range<Int>, to target: HessianEntries
  ) {
    let (features, classes) = (target.features, target.classes)
    let classPairs = classes * (classes + 1) / 2
    let stride = (classPairs + 7) & ~7
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: features * stride)
    let left = UnsafeMutablePointer<Double>.allocate(capacity: stride + 8 + classes + 9)
    left.initialize(repeating: 0, count: stride + 8 + classes + 9)
    defer {
      sums.deallocate()
      left.deallocate()
    }
    let scratch = left + stride + 8
    let matrix = loss.data.matrix
    matrix.columns.withUnsafeBufferPointer { columns in
      matrix.values.withUnsafeBufferPointer { values in
        for a in range {
          sums.initialize(repeating: 0, count: features * stride)
          @inline(__always) func add(row: Int, from position: Int, _ value: Double) {
            let residuals = UnsafeRawPointer(loss.residuals + row * loss.tiles).assumingMemoryBound(to: Double.self)
            classProducts(residuals, 0..<classes, classes, scratch, left)
            for k in position..<matrix.rowOffsets[row + 1] {
              addProducts(left, value * Double(values[k]), to: sums + Int(columns[k]) * stride, count: stride)
            }
            addProducts(left, value, to: sums + (features - 1) * stride, count: stride)
          }
          if a == features - 1 {
            for row in 0..<loss.rows { add(row: row, from: matrix.rowOffsets[row + 1], 1) }
          } else {
            for k in entries.offsets[a]..<entries.offsets[a + 1] {
              add(row: Int(entries.rows[k]), from: Int(entries.positions[k]), Double(entries.values[k]))
            }
          }
          var classPair = 0
          for c in 0..<classes {
            for d in c..<classes {
              for b in a..<features { target.set(a, c, b, d, minusSum: sums[b * stride + classPair]) }
              classPair += 1
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func addProducts(
    _ left: UnsafePointer<Double>, _ scale: Double, to sums: UnsafeMutablePointer<Double>, count: Int
  ) {
    for k in stride(from: 0, to: count, by: 8) {
      double_store(sums + k, double_fma(double_splat(scale), double_load(left + k), double_load(sums + k)))
    }
  }
}

/// Destination of the entries of a Hessian.
private struct HessianEntries {
  let lower: UnsafeMutablePointer<Double>
  let features: Int
  let classes: Int
  let scale: [Double]
  let rows: Int

  /// Sets entry ((a, c), (b, d)) and, if different, ((b, c), (a, d)); a <= b, c <= d.
  @inline(__always)
  func set(_ a: Int, _ c: Int, _ b: Int, _ d: Int, minusSum: Double) {
    let value = minusSum * (-1 / Double(rows)) * (scale[a] * scale[b])
    let size = features * classes
    lower[(d * features + b) * size + c * features + a] = value
    lower[(d * features + a) * size + c * features + b] = value
  }
}
