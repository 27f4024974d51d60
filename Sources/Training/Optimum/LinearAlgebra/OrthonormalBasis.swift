import SIMDShims

/// An orthonormal basis for the features of dense rows, bias included: X = sqrt(n) Q R, the columns of Q scaled to a mean
/// square of 1.
///
/// Features that are linearly dependent up to rounding in the file give a Hessian with condition numbers of 1e12 and more, too
/// large for double precision; in this basis they do no harm. Exactly dependent features become zero columns of Q.
struct OrthonormalBasis {
  /// d + 1.
  let features: Int
  /// [column][row], upper triangular; the diagonal is 0 where Q's column is zero.
  private let factor: [Double]

  /// Replaces the columns of `columns` ([feature][padded row], zero after the last row) by those of Q.
  ///
  /// Modified Gram-Schmidt, each column twice (Giraud, Langou and Rozloznik, 2005).
  /// - Throws: as `BoundedWork.count`.
  /// - Complexity: O(n d^2).
  init(
    orthonormalizing columns: UnsafeMutablePointer<Double>, features: Int, paddedRows: Int, rows: Int, work: BoundedWork
  ) throws {
    self.features = features
    var factor = [Double](repeating: 0, count: features * features)
    func dot(_ a: Int, _ b: Int) -> Double {
      DoubleVectors.dot(columns + a * paddedRows, columns + b * paddedRows, paddedRows) / Double(rows)
    }
    for j in 0..<features {
      try work.count(Double(4 * j * paddedRows))
      let column = columns + j * paddedRows
      let norm = dot(j, j).squareRoot()
      for _ in 0..<2 {
        for i in 0..<j where factor[i * features + i] > 0 {
          let along = dot(i, j)
          DoubleVectors.add(-along, columns + i * paddedRows, to: column, count: paddedRows)
          factor[j * features + i] += along
        }
      }
      let rest = dot(j, j).squareRoot()
      let scale = rest > 1e-12 * norm ? 1 / rest : 0
      for k in 0..<paddedRows { column[k] *= scale }
      factor[j * features + j] = scale > 0 ? rest : 0
    }
    self.factor = factor
  }

  /// Maps weights over the columns of Q to weights over the features, [feature][class].
  func featureWeights(_ weights: [Double], classes: Int) -> [Double] {
    var result = weights
    for j in (0..<features).reversed() {
      let diagonal = factor[j * features + j]
      for c in 0..<classes {
        let value = diagonal > 0 ? result[j * classes + c] / diagonal : 0
        result[j * classes + c] = value
        for i in 0..<j { result[i * classes + c] -= factor[j * features + i] * value }
      }
    }
    return result
  }

  /// Maps a gradient over the columns of Q to one over the features.
  func featureGradient(_ gradient: [Double], classes: Int) -> [Double] {
    var result = gradient
    for j in 0..<features {
      for c in 0..<classes {
        var sum = 0.0
        for i in 0...j { sum += factor[j * features + i] * gradient[i * classes + c] }
        result[j * classes + c] = sum
      }
    }
    return result
  }
}
