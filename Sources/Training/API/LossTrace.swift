/// Means of mini-batch losses over equal stretches of steps; the last may be shorter.
struct LossTrace {
  /// By window and lane.
  private(set) var means: [Float] = []
  private let stepsPerWindow: Int
  private var sums: [Double]
  private var stepsInWindow = 0

  /// - Parameter length: the number of windows is at most this.
  init(length: Int, steps: Int) {
    stepsPerWindow = length > 0 ? max(1, (steps + length - 1) / length) : 0
    sums = [Double](repeating: 0, count: laneWidth)
    if length > 0 { means.reserveCapacity((steps + stepsPerWindow - 1) / stepsPerWindow * laneWidth) }
  }

  var isWanted: Bool { stepsPerWindow > 0 }

  /// Adds the mean losses of a step's batch.
  mutating func add(_ losses: LaneVector) {
    for lane in 0..<laneWidth { sums[lane] += Double(losses[lane]) }
    stepsInWindow += 1
    if stepsInWindow == stepsPerWindow { close() }
  }

  /// Ends the last window.
  mutating func close() {
    guard stepsInWindow > 0 else { return }
    for lane in 0..<laneWidth {
      means.append(Float(sums[lane] / Double(stepsInWindow)))
      sums[lane] = 0
    }
    stepsInWindow = 0
  }
}
