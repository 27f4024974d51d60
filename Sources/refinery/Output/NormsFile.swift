import Schedules
import Training

/// The gradient norms of several runs: a NumPy array of float32, shape (steps, runs, 2), l1 then l2.
enum NormsFile {
  /// Writes a block of steps at a time, so that memory holds the norms only once.
  ///
  /// - Throws: `Failure` where the file cannot be written.
  /// - Complexity: O(steps x runs).
  static func write(_ outcomes: [RunOutcome], steps: Int, to path: String) throws {
    let file = try OutputFile(path)
    try NumPyArrayFile.headOfFloat32(shape: [steps, outcomes.count, 2]).withUnsafeBytes { try file.write($0) }
    let width = 2 * outcomes.count
    // A block of a megabyte stays in the cache while runs are interleaved in it.
    let blockSteps = max(1, (1 << 18) / max(1, width))
    for start in stride(from: 0, to: steps, by: blockSteps) {
      let end = min(start + blockSteps, steps)
      var block = [Float](repeating: 0, count: (end - start) * width)
      for (run, outcome) in outcomes.enumerated() {
        interleave(outcome.l1Norms[start..<end], outcome.l2Norms[start..<end], into: &block, from: 2 * run, stride: width)
      }
      try block.withUnsafeBytes { try file.write($0) }
    }
    try OutputFile.commit([file])
  }

  private static func interleave(
    _ l1: ArraySlice<Float>, _ l2: ArraySlice<Float>, into block: inout [Float], from place: Int, stride: Int
  ) {
    var place = place
    for (one, two) in zip(l1, l2) {
      block[place] = one
      block[place + 1] = two
      place += stride
    }
  }
}
