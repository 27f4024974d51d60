import Testing

@testable import Sweeps

@Suite struct SymmetricEigenvectorsTests {
  @Test func diagonalizeRandomMatrices() {
    var numbers = NormalNumbers(seed: 6)
    for n in [1, 2, 5, 12] {
      let root = (0..<n).map { _ in (0..<n).map { _ in numbers.next() } }
      let matrix = root.map { a in root.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
      let eigen = SymmetricEigenvectors(of: matrix)
      for (value, vector) in zip(eigen.values, eigen.vectors) {
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-12)
        for (row, entry) in zip(matrix, vector) {
          #expect(abs(zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } - value * entry) < 1e-11 * Double(n * n))
        }
      }
    }
  }
}
