/// The order in which a run sees the samples: a pure function of (seed, epoch, number of rows).
///
/// SplitMix64 (Steele, Lea, Flood 2014; the constants of `java.util.SplittableRandom`) drives a Fisher-Yates shuffle of
/// 0 ..< rows. In Python:
///
///     M = 2**64 - 1
///     def mix(z):
///         z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
///         z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
///         return z ^ (z >> 31)
///     def order(rows, seed, epoch):                 # epoch counts from 0
///         state, rows_left = mix(seed) ^ epoch, list(range(rows))
///         for i in range(rows - 1, 0, -1):
///             state = (state + 0x9E3779B97F4A7C15) & M
///             j = (mix(state) * (i + 1)) >> 64
///             rows_left[i], rows_left[j] = rows_left[j], rows_left[i]
///         return rows_left
public struct SampleOrder: Sendable {
  public let rows: Int
  /// Effective batch size: the requested one, or the number of rows if that is smaller.
  public let batchSize: Int
  public let seed: UInt64
  public let keepsLastBatch: Bool

  /// - Precondition: `rows` and `batchSize` are at least 1.
  public init(rows: Int, batchSize: Int, seed: UInt64, keepsLastBatch: Bool = false) {
    precondition(rows > 0 && batchSize > 0)
    self.rows = rows
    self.batchSize = min(batchSize, rows)
    self.seed = seed
    self.keepsLastBatch = keepsLastBatch
  }

  public var stepsPerEpoch: Int {
    keepsLastBatch ? (rows + batchSize - 1) / batchSize : rows / batchSize
  }

  /// Writes the order of an epoch (counted from 0) into `order`, which must hold `rows` entries.
  ///
  /// - Complexity: O(rows).
  public func shuffle(epoch: Int, into order: inout [Int32]) {
    precondition(order.count == rows)
    order.withUnsafeMutableBufferPointer { order in
      for i in 0..<rows { order[i] = Int32(truncatingIfNeeded: i) }
      var state = Self.mix(seed) ^ UInt64(epoch)
      var i = rows &- 1
      while i > 0 {
        state &+= 0x9E37_79B9_7F4A_7C15
        // At most i, hence within the buffer.
        let j = Int(truncatingIfNeeded: Self.mix(state).multipliedFullWidth(by: UInt64(truncatingIfNeeded: i &+ 1)).high)
        let moved = order[j]
        order[j] = order[i]
        order[i] = moved
        i &-= 1
      }
    }
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
