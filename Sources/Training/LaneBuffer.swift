import SIMDShims

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The vector of float lanes that kernels work with: as wide as the machine's registers.
typealias LaneVector = lane_vector

/// Lanes of a `LaneVector`.
let laneWidth = Int(lane_vector_width)

/// Owned memory for vectors, zero at the start and aligned to cache lines; on huge pages where it is large.
final class LaneBuffer {
  let pointer: UnsafeMutablePointer<LaneVector>
  let count: Int
  private let allocation: UnsafeMutableRawPointer

  /// - Parameter cacheLineOffset: where in a page the buffer starts, in lines of 64 bytes. Buffers that are walked side by side
  ///   want different ones: addresses that agree in their low 12 bits disturb one another.
  init(count: Int, cacheLineOffset: Int = 0) {
    let bytes = max(count, 1) * MemoryLayout<LaneVector>.stride + cacheLineOffset * 64
    let isLarge = bytes >= 4 << 20
    allocation = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? 2 << 20 : 4096)
    #if os(Linux)
      if isLarge { _ = madvise(allocation, bytes, 14) }  // MADV_HUGEPAGE; a kernel without it says no, which is fine
    #endif
    memset(allocation, 0, bytes)
    pointer = (allocation + cacheLineOffset * 64).bindMemory(to: LaneVector.self, capacity: count)
    self.count = count
  }

  deinit { allocation.deallocate() }
}

extension LaneBuffer {
  /// The floats of the vectors `first`, `first + 2`, ...
  func floats(everySecondFrom first: Int) -> [Float] {
    let source = UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
    var floats: [Float] = []
    floats.reserveCapacity(count / 2 * laneWidth)
    for i in stride(from: first, to: count, by: 2) {
      floats.append(contentsOf: UnsafeBufferPointer(start: source + i * laneWidth, count: laneWidth))
    }
    return floats
  }
}
