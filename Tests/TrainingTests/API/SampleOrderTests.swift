import Testing

@testable import Training

@Suite struct SampleOrderTests {
  @Test func agreesWithThePythonOfItsDocumentation() throws {
    for example in try Trajectories.load().orders {
      let order = SampleOrder(rows: example.rows, batchSize: 16, seed: example.seed)
      var indices = [Int32](repeating: 0, count: example.rows)
      order.shuffle(epoch: example.epoch, into: &indices)
      #expect(indices == example.order)
    }
  }

  @Test(arguments: [(150, 16, false, 9), (150, 16, true, 10), (10, 16, false, 1), (10, 16, true, 1), (32, 16, true, 2)])
  func stepsPerEpoch(rows: Int, batchSize: Int, keepsLastBatch: Bool, steps: Int) {
    let order = SampleOrder(rows: rows, batchSize: batchSize, seed: 0, keepsLastBatch: keepsLastBatch)
    #expect(order.stepsPerEpoch == steps)
  }
}
