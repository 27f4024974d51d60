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
      let optimum = try #require(try Optimum.find(for: fixture.data()))
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
      let search = try search(fixture.data())
      try search.runNewton()
      #expect(search.state != .searching, "\(fixture.name)")
      let found = search.value
      let iterations = search.iterations
      try search.runLBFGS()
      #expect(found - search.value < 1e-10, "\(fixture.name): \(search.iterations - iterations) iterations")
    }
  }

  private func search(_ data: LabelledSparseData) throws -> OptimumSearch {
    try OptimumSearch(data, cost: OptimumCost(data), work: BoundedWork())
  }

  /// Newton's method on sparse rows, and L-BFGS where there are too many features for it.
  @Test(arguments: zip([400, 5000], [OptimumCost.Method.newton, .lbfgs]))
  func sparseRowsAgreeWithDense(extraFeatures: Int, method: OptimumCost.Method) throws {
    for fixture in try OptimumFixture.all() {
      let sparse = fixture.data(extraFeatures: extraFeatures)
      let cost = OptimumCost(sparse)
      #expect(!cost.storesZeros && cost.method == method)
      let dense = try #require(try Optimum.find(for: fixture.data()))
      let optimum = try #require(try Optimum.find(for: sparse))
      #expect(abs(optimum.loss - dense.loss) < (dense.attained ? 1e-9 : 1e-7), "\(fixture.name): \(optimum) \(dense)")
      #expect(optimum.separable == dense.separable, "\(fixture.name)")
      #expect(optimum.attained == dense.attained, "\(fixture.name): \(optimum)")
    }
  }

  /// The sparse Hessian is the dense one, and both are the gradient's slope.
  @Test func hessiansAgree() throws {
    for fixture in try OptimumFixture.all() {
      let data = fixture.data()
      let weights = (0..<(data.featureCount + 1) * data.classCount + 8).map { 0.1 * sin(Double($0)) }
      let scale = (0...data.featureCount).map { 1 + 0.5 * Double($0 % 3) }
      let losses = [true, false].map { CrossEntropy(data, storesZeros: $0) }
      let work = BoundedWork()
      let hessians = try losses.map { try Hessian(of: $0, at: weights, scale: scale, work: work) }
      let size = hessians[0].size
      for i in 0..<size {
        for j in 0...i {
          let (dense, sparse) = (hessians[0].lower[i * size + j], hessians[1].lower[i * size + j])
          #expect(abs(dense - sparse) <= 1e-12 * (1 + abs(dense)), "\(fixture.name): \(i), \(j)")
        }
      }
      // Unknown (a, c) is weight a x C + c.
      let h = 1e-5
      let (features, classes) = (data.featureCount + 1, data.classCount)
      for j in [0, size / 2, size - 1] {
        var slopes: [[Double]] = []
        for sign in [-1.0, 1] {
          var moved = weights
          moved[j % features * classes + j / features] += sign * h
          var gradient = weights
          _ = try losses[1].evaluate(moved, gradient: &gradient, work: work)
          slopes.append(gradient)
        }
        for i in [j, size - 1] {
          let entry = i % features * classes + i / features
          let slope = (slopes[1][entry] - slopes[0][entry]) / (2 * h) * scale[i % features] * scale[j % features]
          #expect(abs(slope - hessians[1].lower[i * size + j]) < 1e-6 * (1 + abs(slope)), "\(fixture.name): \(i), \(j)")
        }
      }
    }
  }

  /// Central differences of the loss, on dense and on sparse rows.
  @Test(arguments: [0, 5000]) func gradientIsTheLossesSlope(extraFeatures: Int) throws {
    for fixture in try OptimumFixture.all() {
      let data = fixture.data(extraFeatures: extraFeatures)
      let loss = CrossEntropy(data, storesZeros: OptimumCost(data).storesZeros)
      let work = BoundedWork()
      var generator = SystemRandomNumberGenerator()
      var weights = [Double](repeating: 0, count: loss.parameterCount + 8)
      for k in 0..<loss.parameterCount { weights[k] = Double.random(in: -0.3...0.3, using: &generator) / 10 }
      var gradient = weights
      var unused = weights
      _ = try loss.evaluate(weights, gradient: &gradient, work: work)
      for k in [0, loss.classes, loss.parameterCount - 1] {
        let h = 1e-5
        var (up, down) = (weights, weights)
        up[k] += h
        down[k] -= h
        let rise = try loss.evaluate(up, gradient: &unused, work: work)
        let slope = try (rise - loss.evaluate(down, gradient: &unused, work: work)) / (2 * h)
        #expect(abs(slope - gradient[k]) < 1e-7 + 1e-4 * abs(slope), "\(fixture.name), weight \(k)")
      }
    }
  }

  /// Rows that are large enough for loops to be shared: dense, sparse, and L-BFGS.
  private static func madeUp(features: Int, entriesOfRow: Int, classes: Int, rows: Int) -> LabelledSparseData {
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    var (columns, values, labels) = ([Int32](), [Float](), [Int32]())
    for row in 0..<rows {
      let stride = features / entriesOfRow
      for k in 0..<entriesOfRow {
        columns.append(Int32(k * stride + Int(uniform() * Double(stride))))
        values.append(Float(2 * uniform() - 1))
      }
      labels.append(row < classes ? Int32(row) : Int32(uniform() * Double(classes)))
    }
    return LabelledSparseData(
      matrix: SparseMatrix(
        rowOffsets: (0...rows).map { $0 * entriesOfRow }, columns: columns, values: values, columnCount: features),
      classes: labels, classLabels: (0..<classes).map(Double.init))
  }

  private static let shapes: [(features: Int, entriesOfRow: Int, classes: Int, rows: Int)] = [
    (40, 40, 4, 1_500), (90, 5, 3, 3_000), (1_100, 20, 4, 3_500),
  ]

  @Test(arguments: zip(0..<3, [(true, OptimumCost.Method.newton), (false, .newton), (false, .lbfgs)]))
  func threadsDoNotMatter(shape: Int, kind: (storesZeros: Bool, method: OptimumCost.Method)) throws {
    let (features, entriesOfRow, classes, rows) = Self.shapes[shape]
    let data = Self.madeUp(features: features, entriesOfRow: entriesOfRow, classes: classes, rows: rows)
    let cost = OptimumCost(data)
    #expect(cost.storesZeros == kind.storesZeros && cost.method == kind.method)
    let alone = try #require(try Optimum.find(for: data))
    for assistants in [1, 3] {
      let loop = SharedLoop()
      let threads = AssistingThreads(assistants, of: loop)
      #expect(try Optimum.find(for: data, sharing: loop) == alone)
      threads.join()
    }
  }

  /// Labels of a regression: a class for each row.
  @Test func endsAtItsBound() throws {
    let data = Self.madeUp(features: 2, entriesOfRow: 2, classes: 300, rows: 300)
    let cost = OptimumCost(data)
    #expect(cost.bound == 1e10)
    let loop = SharedLoop()
    #expect(try Optimum.find(for: data, sharing: loop) == nil)
    #expect(loop.operations >= cost.bound && loop.operations < 1.1 * cost.bound)
    #expect(!loop.isOpen)
  }

  @Test func boundsFollowFromTheShape() {
    let few = OptimumCost(Self.madeUp(features: 60, entriesOfRow: 60, classes: 20, rows: 4_000))
    #expect(few.bound == 4_000 * few.evaluation + 60 * few.newtonIteration)
    // As many unknowns as rows and more.
    for (features, classes, rows) in [(10, 214, 442), (2, 500, 500), (2, 1_000, 1_000)] {
      let data = Self.madeUp(features: features, entriesOfRow: features, classes: classes, rows: rows)
      let cost = OptimumCost(data)
      #expect(cost.bound == 1e10 && cost.estimate == 1e10 && cost.method == .lbfgs && cost.isAffordable)
    }
    #expect(!OptimumCost(Self.madeUp(features: 30_000, entriesOfRow: 3, classes: 2, rows: 10)).isAffordable)
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
