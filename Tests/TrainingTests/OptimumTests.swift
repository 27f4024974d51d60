import Foundation
import Sparse
import Testing

@testable import Training

struct OptimumFixture: Decodable, CustomTestStringConvertible {
  let name: String
  let rows: [[Double]]
  let classes: [Int32]
  let loss: Double
  let attained: Bool
  let separable: Bool

  var testDescription: String { name }

  private struct File: Decodable { let problems: [OptimumFixture] }

  static func all() throws -> [OptimumFixture] {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/optimum", withExtension: "json"))
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).problems
  }

  /// The fixture, with `extraFeatures` features that never occur: many make the solver treat the rows as sparse.
  func data(extraFeatures: Int = 0) -> LabelledSparseData {
    var (offsets, columns, values) = ([0], [Int32](), [Float]())
    for row in rows {
      for (column, value) in row.enumerated() where value != 0 {
        columns.append(Int32(column))
        values.append(Float(value))
      }
      offsets.append(columns.count)
    }
    return LabelledSparseData(
      matrix: SparseMatrix(
        rowOffsets: offsets, columns: columns, values: values, columnCount: rows[0].count + extraFeatures),
      classes: classes, classLabels: Set(classes).sorted().map(Double.init))
  }
}

@Suite struct OptimumTests {
  @Test func agreesWithScikitLearn() throws {
    for fixture in try OptimumFixture.all() {
      let optimum = try Optimum.find(for: fixture.data())
      #expect(optimum.attained == fixture.attained, "\(fixture.name): \(optimum)")
      #expect(optimum.separable == fixture.separable, "\(fixture.name): \(optimum)")
      // scikit-learn stops somewhat above the minimum, the more so where it is not attained.
      #expect(optimum.loss <= fixture.loss + 1e-11, "\(fixture.name): \(optimum), scikit-learn \(fixture.loss)")
      #expect(optimum.loss >= fixture.loss - (fixture.attained ? 1e-9 : 1e-4), "\(fixture.name): \(optimum)")
    }
  }

  /// What the solver states about its end: from there, 1,000 iterations of L-BFGS gain less than 1e-10.
  @Test func isTheEndForLBFGS() throws {
    for fixture in try OptimumFixture.all() where !fixture.separable {
      let search = OptimumSearch(fixture.data())
      #expect(search.basis != nil)
      try search.runNewton(isCancelled: { false })
      #expect(search.state != .searching, "\(fixture.name)")
      let found = search.value
      let iterations = search.iterations
      try search.runLBFGS(isCancelled: { false })
      #expect(found - search.value < 1e-10, "\(fixture.name): \(search.iterations - iterations) iterations")
    }
  }

  @Test func sparseRowsAgreeWithDense() throws {
    for fixture in try OptimumFixture.all() {
      let sparse = fixture.data(extraFeatures: 5000)
      #expect(!OptimumLoss.isBestDense(sparse))
      let dense = try Optimum.find(for: fixture.data())
      let optimum = try Optimum.find(for: sparse)
      #expect(abs(optimum.loss - dense.loss) < (dense.attained ? 1e-9 : 1e-7), "\(fixture.name): \(optimum) \(dense)")
      #expect(optimum.separable == dense.separable, "\(fixture.name)")
      #expect(optimum.attained == dense.attained, "\(fixture.name): \(optimum)")
    }
  }

  /// Central differences of the loss, on dense and on sparse rows.
  @Test(arguments: [0, 5000]) func gradientIsTheLossesSlope(extraFeatures: Int) throws {
    for fixture in try OptimumFixture.all() {
      let loss = OptimumLoss(fixture.data(extraFeatures: extraFeatures))
      var generator = SystemRandomNumberGenerator()
      var weights = [Double](repeating: 0, count: loss.parameterCount + 8)
      for k in 0..<loss.parameterCount { weights[k] = Double.random(in: -0.3...0.3, using: &generator) / 10 }
      var gradient = weights
      var unused = weights
      _ = loss.evaluate(weights, gradient: &gradient)
      for k in [0, loss.classes, loss.parameterCount - 1] {
        let h = 1e-5
        var (up, down) = (weights, weights)
        up[k] += h
        down[k] -= h
        let slope = (loss.evaluate(up, gradient: &unused) - loss.evaluate(down, gradient: &unused)) / (2 * h)
        #expect(abs(slope - gradient[k]) < 1e-7 + 1e-4 * abs(slope), "\(fixture.name), weight \(k)")
      }
    }
  }

  @Test func sameBitsEachTime() throws {
    let fixture = try #require(try OptimumFixture.all().first)
    #expect(try Optimum.find(for: fixture.data()) == Optimum.find(for: fixture.data()))
  }

  @Test func cancels() throws {
    let fixture = try #require(try OptimumFixture.all().first)
    for extraFeatures in [0, 5000] {
      #expect(throws: CancellationError.self) {
        try Optimum.find(for: fixture.data(extraFeatures: extraFeatures), isCancelled: { true })
      }
    }
  }

  @Test func exponentialIsWithinTwoUlp() {
    for k in 0..<20_000 {
      let x = -708 * Double(k) / 20_000 + (k % 7 == 0 ? 0 : -1e-3 * Double(k % 11))
      let value = exponential(SIMD8(repeating: x))[3]
      let expected = exp(max(x, -708))
      #expect(abs(value - expected) <= 2 * expected.ulp, "\(x)")
    }
  }
}
