import SIMDShims
import Sparse

/// Sparse rows, eight classes per vector.
extension CrossEntropy {
  /// Vectors per row of residuals.
  var tiles: Int { (classes + 7) / 8 }

  /// Fills `residuals` with softmax minus one-hot for some rows, and `losses`.
  func setRowResiduals(of range: Range<Int>, _ weights: UnsafePointer<Double>) {
    data.matrix.columns.withUnsafeBufferPointer { columns in
      data.matrix.values.withUnsafeBufferPointer { values in
        for row in range {
          let z = residuals + row * tiles
          let entries = data.matrix.rowOffsets[row]..<data.matrix.rowOffsets[row + 1]
          for tile in 0..<tiles {
            let w = weights + tile * 8
            var sum = double_load(w + (features - 1) * classes)
            for k in entries {
              sum = double_fma(double_load(w + Int(columns[k]) * classes), double_splat(Double(values[k])), sum)
            }
            z[tile] = sum
          }
          losses[row] = rowSoftmax(z, label: Int(data.classes[row]))
        }
      }
    }
  }

  /// Like `panelSoftmax`, for one row; entries after the last class become zero.
  private func rowSoftmax(_ tile: UnsafeMutablePointer<Vector>, label: Int) -> Double {
    let z = UnsafeMutableRawPointer(tile).assumingMemoryBound(to: Double.self)
    for c in classes..<tiles * 8 { z[c] = -.greatestFiniteMagnitude }
    var tops = tile[0]
    for k in 1..<max(1, tiles) { tops = double_max(tops, tile[k]) }
    let top = tops.max()
    let labelLogit = z[label]
    for k in 0..<tiles { tile[k] = exponentialOrZero(double_subtract(tile[k], double_splat(top))) }
    for c in classes..<tiles * 8 { z[c] = 0 }
    let labelExponential = z[label]
    z[label] = 0
    var sums = double_splat(0)
    for k in 0..<tiles { sums = double_add(sums, tile[k]) }
    let others = double_sum(sums)
    let inverse = 1 / (others + labelExponential)
    for k in 0..<tiles { tile[k] = double_multiply(tile[k], double_splat(inverse)) }
    z[label] = -others * inverse
    return Self.rowLoss(top: top, label: labelLogit, labelExponential: labelExponential, others: others)
  }

  /// Sums a feature's entries of `gradient` over its rows.
  func setGradient(of feature: Int, _ entries: FeatureEntries, _ gradient: UnsafeMutablePointer<Double>) {
    for tile in 0..<tiles {
      var sum = double_splat(0)
      for k in entries.offsets[feature]..<entries.offsets[feature + 1] {
        sum = double_fma(residuals[Int(entries.rows[k]) * tiles + tile], double_splat(Double(entries.values[k])), sum)
      }
      store(sum, tile, to: gradient + feature * classes)
    }
  }

  func setBiasGradient(_ gradient: UnsafeMutablePointer<Double>) {
    for tile in 0..<tiles {
      var sum = double_splat(0)
      for row in 0..<rows { sum = double_add(sum, residuals[row * tiles + tile]) }
      store(sum, tile, to: gradient + (features - 1) * classes)
    }
  }

  @inline(__always)
  private func store(_ sum: Vector, _ tile: Int, to gradient: UnsafeMutablePointer<Double>) {
    for c in tile * 8..<min(classes, tile * 8 + 8) { gradient[c] = sum[c - tile * 8] }
  }
}
