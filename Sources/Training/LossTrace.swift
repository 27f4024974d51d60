/// Means of mini-batch losses over equal stretches of steps; the last may be shorter.
struct LossTrace {
  /// By window and lane.
  private(set) var means: [Float] = []
  private let stepsPerWindow: Int
  private var sums: [Double]
  private var stepsInWindow = 0

  /// - Parameter length: the number of windows is at most this.
  init(length: Int, steps: Int, lanes: Int) {
    stepsPerWindow = length > 0 ? max(1, (steps + length - 1) / length) : 0
    sums = [Double](repeating: 0, count: lanes)
    if length > 0 { means.reserveCapacity((steps + stepsPerWindow - 1) / stepsPerWindow * lanes) }
  }

  var isWanted: Bool { stepsPerWindow > 0 }

  /// Adds the mean losses of a step's batch, the last vector of lanes last.
  ///
  /// - Parameter vector: which of the lanes' vectors.
  mutating func add(_ losses: LaneVector, vector: Int = 0) {
    for lane in 0..<laneWidth { sums[vector * laneWidth + lane] += Double(losses[lane]) }
    guard (vector + 1) * laneWidth == sums.count else { return }
    stepsInWindow += 1
    if stepsInWindow == stepsPerWindow { close() }
  }

  /// Ends the last window.
  mutating func close() {
    guard stepsInWindow > 0 else { return }
    for lane in 0..<sums.count {
      means.append(Float(sums[lane] / Double(stepsInWindow)))
      sums[lane] = 0
    }
    stepsInWindow = 0
  }
}
