import SIMDShims
import Sparse

/// Rows stored with their zeros, eight per vector.
extension CrossEntropy {
  /// Panels processed together, so that they stay in the cache.
  static var blockPanels: Int { 16 }

  func fillPanels() {
    let matrix = data.matrix
    let scalars = UnsafeMutableRawPointer(panels).assumingMemoryBound(to: Double.self)
    for row in 0..<rows {
      let first = scalars + (row / 8) * features * 8 + row % 8
      for k in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        first[Int(matrix.columns[k]) * 8] = Double(matrix.values[k])
      }
      first[(features - 1) * 8] = 1
    }
  }

  /// Replaces the features by an orthonormal basis. Dense rows only.
  ///
  /// - Throws: as `BoundedWork.count`.
  func orthonormalize(work: BoundedWork) throws -> OrthonormalBasis {
    precondition(isDense)
    let padded = panelCount * 8
    let columns = UnsafeMutablePointer<Double>.allocate(capacity: padded * features)
    defer { columns.deallocate() }
    let scalars = UnsafeMutableRawPointer(panels).assumingMemoryBound(to: Double.self)
    for k in 0..<padded {
      for feature in 0..<features { columns[feature * padded + k] = scalars[((k / 8) * features + feature) * 8 + k % 8] }
    }
    let basis = try OrthonormalBasis(
      orthonormalizing: columns, features: features, paddedRows: padded, rows: rows, work: work)
    for k in 0..<padded {
      for feature in 0..<features { scalars[((k / 8) * features + feature) * 8 + k % 8] = columns[feature * padded + k] }
    }
    return basis
  }

  /// The panels of a block: `blockPanels`, except for the last block.
  private func panelsOfBlock(_ block: Int) -> Range<Int> {
    block * Self.blockPanels..<min((block + 1) * Self.blockPanels, panelCount)
  }

  /// Fills `residuals` with softmax minus one-hot for a block of panels, and `losses` with the block's summed loss.
  func setBlockResiduals(_ block: Int, _ weights: UnsafePointer<Double>) {
    var sum = 0.0
    let range = panelsOfBlock(block)
    for panel in range {
      let x = panels + panel * features
      let z = residuals + block * classes * Self.blockPanels + panel - range.lowerBound
      var c = 0
      while c + 6 <= classes {
        logits6(x, weights + c, z + c * Self.blockPanels)
        c += 6
      }
      while c + 2 <= classes {
        logits2(x, weights + c, z + c * Self.blockPanels)
        c += 2
      }
      if c < classes { logits1(x, weights + c, z + c * Self.blockPanels) }
      sum += panelSoftmax(z, firstRow: panel * 8)
    }
    losses[block] = sum
  }

  @inline(__always)
  private func logits6(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    var b = a
    var c = a
    var d = a
    var e = a
    var f = a
    var w = w
    for feature in 0..<features {
      let value = x[feature]
      a = double_fma(value, double_splat(w[0]), a)
      b = double_fma(value, double_splat(w[1]), b)
      c = double_fma(value, double_splat(w[2]), c)
      d = double_fma(value, double_splat(w[3]), d)
      e = double_fma(value, double_splat(w[4]), e)
      f = double_fma(value, double_splat(w[5]), f)
      w += classes
    }
    let stride = Self.blockPanels
    z[0] = a
    z[stride] = b
    z[2 * stride] = c
    z[3 * stride] = d
    z[4 * stride] = e
    z[5 * stride] = f
  }

  @inline(__always)
  private func logits2(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    var b = a
    for feature in 0..<features {
      a = double_fma(x[feature], double_splat(w[feature * classes]), a)
      b = double_fma(x[feature], double_splat(w[feature * classes + 1]), b)
    }
    z[0] = a
    z[Self.blockPanels] = b
  }

  @inline(__always)
  private func logits1(_ x: UnsafePointer<Vector>, _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Vector>) {
    var a = double_splat(0)
    for feature in 0..<features { a = double_fma(x[feature], double_splat(w[feature * classes]), a) }
    z[0] = a
  }

  /// Turns the logits of eight rows into residuals. The label's residual is minus the sum of the others, which stays accurate
  /// when the label's probability is near 1; likewise the loss.
  private func panelSoftmax(_ z: UnsafeMutablePointer<Vector>, firstRow: Int) -> Double {
    let stride = Self.blockPanels
    var top = z[0]
    for c in 1..<max(1, classes) { top = double_max(top, z[c * stride]) }
    let scalars = UnsafeMutableRawPointer(z).assumingMemoryBound(to: Double.self)
    let lanes = min(8, rows - firstRow)
    var labelLogits = Vector.zero
    for lane in 0..<lanes { labelLogits[lane] = scalars[Int(data.classes[firstRow + lane]) * stride * 8 + lane] }
    for c in 0..<classes { z[c * stride] = exponentialOrZero(double_subtract(z[c * stride], top)) }
    var labels = Vector.zero
    for lane in 0..<lanes {
      let index = Int(data.classes[firstRow + lane]) * stride * 8 + lane
      labels[lane] = scalars[index]
      scalars[index] = 0
    }
    var others = double_splat(0)
    for c in 0..<classes { others = double_add(others, z[c * stride]) }
    let inverse = double_divide(double_splat(1), double_add(others, labels))
    for c in 0..<classes { z[c * stride] = double_multiply(z[c * stride], inverse) }
    let residuals = double_multiply(others, inverse)
    var sum = 0.0
    for lane in 0..<lanes {
      scalars[Int(data.classes[firstRow + lane]) * stride * 8 + lane] = -residuals[lane]
      sum += Self.rowLoss(top: top[lane], label: labelLogits[lane], labelExponential: labels[lane], others: others[lane])
    }
    return sum
  }

  /// Sums the gradient of some features, the first of which has an even index, over all rows.
  func addPanelGradient(of range: Range<Int>, to gradient: UnsafeMutablePointer<Double>) {
    (partial + range.lowerBound * classes).initialize(repeating: .zero, count: range.count * classes)
    for block in 0..<(panelCount + Self.blockPanels - 1) / Self.blockPanels {
      var feature = range.lowerBound
      while feature + 2 <= range.upperBound {
        var c = 0
        while c + 3 <= classes {
          gradient2x3(feature, c, block)
          c += 3
        }
        while c < classes {
          gradient1x1(feature, c, block)
          gradient1x1(feature + 1, c, block)
          c += 1
        }
        feature += 2
      }
      if feature < range.upperBound { for c in 0..<classes { gradient1x1(feature, c, block) } }
    }
    for k in range.lowerBound * classes..<range.upperBound * classes { gradient[k] = double_sum(partial[k]) }
  }

  @inline(__always)
  private func gradient2x3(_ feature: Int, _ c: Int, _ block: Int) {
    let g = partial + feature * classes + c
    let h = g + classes
    var g0 = g[0]
    var g1 = g[1]
    var g2 = g[2]
    var h0 = h[0]
    var h1 = h[1]
    var h2 = h[2]
    let range = panelsOfBlock(block)
    var x = panels + range.lowerBound * features + feature
    let r = residuals + (block * classes + c) * Self.blockPanels
    for panel in 0..<range.count {
      let x0 = x[0]
      let x1 = x[1]
      let r0 = r[panel]
      g0 = double_fma(x0, r0, g0)
      h0 = double_fma(x1, r0, h0)
      let r1 = r[panel + Self.blockPanels]
      g1 = double_fma(x0, r1, g1)
      h1 = double_fma(x1, r1, h1)
      let r2 = r[panel + 2 * Self.blockPanels]
      g2 = double_fma(x0, r2, g2)
      h2 = double_fma(x1, r2, h2)
      x += features
    }
    g[0] = g0
    g[1] = g1
    g[2] = g2
    h[0] = h0
    h[1] = h1
    h[2] = h2
  }

  @inline(__always)
  private func gradient1x1(_ feature: Int, _ c: Int, _ block: Int) {
    var sum = partial[feature * classes + c]
    let range = panelsOfBlock(block)
    let x = panels + range.lowerBound * features + feature
    let r = residuals + (block * classes + c) * Self.blockPanels
    for panel in 0..<range.count { sum = double_fma(x[panel * features], r[panel], sum) }
    partial[feature * classes + c] = sum
  }

  /// Copies a row and its bias to `row`, and its residuals to `rowResiduals`.
  @inline(__always)
  func copyRow(_ k: Int, to row: UnsafeMutablePointer<Double>, residuals rowResiduals: UnsafeMutablePointer<Double>) {
    let x = UnsafeRawPointer(panels + (k / 8) * features).assumingMemoryBound(to: Double.self) + k % 8
    for feature in 0..<features { row[feature] = x[feature * 8] }
    let block = k / 8 / Self.blockPanels
    let r =
      UnsafeRawPointer(residuals + block * classes * Self.blockPanels + (k / 8) % Self.blockPanels)
      .assumingMemoryBound(to: Double.self) + k % 8
    for c in 0..<classes { rowResiduals[c] = r[c * Self.blockPanels * 8] }
  }
}
