import SIMDShims

/// A record of scalars for each lane, in a rule's memory: what a method computes per run rather than per weight, in Double.
struct PerLane<Record: BitwiseCopyable> {
  private let records: UnsafeMutablePointer<Record>

  init(_ record: Record, in memory: RuleMemory) {
    records = memory.scalars([Record](repeating: record, count: laneWidth))
  }

  /// Calls `body` with each lane's record and number.
  ///
  /// - Returns: its results.
  @inline(__always)
  func map(_ body: (inout Record, Int) -> Double) -> LaneVector {
    var result = lane_splat(0)
    for lane in 0..<laneWidth { result[lane] = Float(body(&records[lane], lane)) }
    return result
  }

  @inline(__always)
  func forEach(_ body: (inout Record, Int) -> Void) {
    for lane in 0..<laneWidth { body(&records[lane], lane) }
  }
}
