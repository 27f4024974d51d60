import Sparse
import Testing

@testable import Training

@Suite struct FeatureGapsTests {
  /// A feature's next event is where its gap says, and no gap leads past a checkpoint.
  @Test(arguments: [[], [0, 5, 17, 18, 40, 54, 60, 79]]) func gapsLeadToTheNextEvent(checkpoints: [Int]) {
    var made = MadeUp(stream: 22)
    // Five epochs of 16 steps; batches of 7 of 117 rows, so that rows are dropped, and with them features.
    let problem = made.sparseProblem(rows: 117, features: 200, classes: 3, perRow: 3)
    let settings = TrainingSettings(optimizer: "lion", epochs: 5, batchSize: 7, checkpoints: checkpoints)
    let rows = KernelRows(problem.training)
    let order = SampleOrder(rows: 117, batchSize: 7, seed: 2)
    let group = LaneGroup(
      runs: [], rows: rows, shape: LaneShape(features: 200, classes: 3), settings: settings, order: order,
      recording: Recording())
    var next: [Int32: Int] = [:]
    var events = 0
    rows.withPointers { rows in
      let gaps = FeatureGaps(rows: rows, group)
      for step in 0..<group.steps {
        let (epoch, batch) = step.quotientAndRemainder(dividingBy: order.stepsPerEpoch)
        if batch == 0 { gaps.advance(to: epoch) }
        var here = Dictionary(gaps.absent[batch, default: []].map { ($0.feature, Int($0.gap)) }) { first, _ in first }
        #expect(here.count == gaps.absent[batch, default: []].count)
        for row in gaps.indices[(7 * batch)..<(7 * batch + 7)] {
          for p in rows.offsets[Int(row)]..<rows.offsets[Int(row) + 1] {
            let known = here.updateValue(Int(gaps.gaps[p]), forKey: rows.columns[p])
            #expect(known == nil || known == Int(gaps.gaps[p]))
          }
        }
        for (feature, gap) in here {
          #expect(next[feature] ?? step == step && gap >= 1 && step + gap <= group.steps)
          #expect(!checkpoints.contains { $0 > step && $0 < step + gap })
          next[feature] = step + gap
        }
        events += here.count
        #expect(next.values.allSatisfy { $0 > step })
      }
    }
    #expect(events > 1000 && next.values.allSatisfy { $0 == group.steps })
  }
}
