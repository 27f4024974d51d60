import SIMDShims

/// Learning rates of a vector of runs, and their sums over any consecutive steps.
final class RateSums {
  let rates: Rates
  private let capacity: Int
  private let runs: Int
  /// The sums of the rates before each step, in two parts: the sum rounded to Float, and what that leaves of it.
  private let high: UnsafeMutablePointer<LaneVector>
  private let low: UnsafeMutablePointer<LaneVector>

  /// - Parameter capacity: number of steps filled in together.
  init(_ group: LaneGroup, capacity: Int, in memory: KernelMemory) {
    rates = Rates(group, capacity: capacity, in: memory)
    self.capacity = capacity
    runs = group.runs.count
    high = memory.vectors(capacity + 1)
    low = memory.vectors(capacity + 1)
  }

  /// Fills in the steps from `start` on.
  ///
  /// - Complexity: O(`capacity` x runs).
  func fill(from start: Int) {
    rates.fill(from: start)
    for lane in 0..<runs {
      var sum = 0.0
      for i in 0..<capacity {
        sum += Double(rates.vectors[i][lane])
        let rounded = Float(sum)
        high[i + 1][lane] = rounded
        low[i + 1][lane] = Float(sum - Double(rounded))
      }
    }
  }

  /// The sums of steps from the one at index `first` on, counted from the first filled in.
  @inline(__always)
  func sums(from first: Int) -> Pointer { Pointer(high: UnsafePointer(high) + first, low: UnsafePointer(low) + first) }

  /// Sums as pointers for updates, without reference counting.
  struct Pointer {
    fileprivate let high: UnsafePointer<LaneVector>
    fileprivate let low: UnsafePointer<LaneVector>

    /// The sum over the first `count` steps, accurate to the last bits.
    @inline(__always) subscript(count: Int) -> LaneVector {
      lane_add(lane_subtract(high[count], high[0]), lane_subtract(low[count], low[0]))
    }
  }
}
