/// Eigenvalues and orthonormal eigenvectors of a symmetric matrix, by cyclic Jacobi rotations.
struct SymmetricEigenvectors: Sendable {
  let values: [Double]
  /// `vectors[k]` belongs to `values[k]`.
  let vectors: [[Double]]

  /// - Parameter matrix: symmetric, as rows.
  /// - Complexity: O(n^3) for each of a few rounds.
  init(of matrix: [[Double]]) {
    let n = matrix.count
    var a = matrix
    // Rows are eigenvectors in the end.
    var v = (0..<n).map { row in (0..<n).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<60 {
      var rotated = false
      for p in 0..<n {
        for q in (p + 1)..<n {
          let negligible = max(1e-300, 1e-16 * abs(a[p][p] * a[q][q]).squareRoot())
          guard abs(a[p][q]) > negligible else { continue }
          rotated = true
          let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
          }
          for k in 0..<n {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
            (v[p][k], v[q][k]) = (c * v[p][k] - s * v[q][k], s * v[p][k] + c * v[q][k])
          }
        }
      }
      if !rotated { break }
    }
    values = (0..<n).map { a[$0][$0] }
    vectors = v
  }
}
