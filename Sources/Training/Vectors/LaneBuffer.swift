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

/// Owned memory for vectors, zero at the start and aligned to cache lines; where it is large on huge pages, which the kernel hands out
/// as zeros when they are first touched.
final class LaneBuffer {
  let pointer: UnsafeMutablePointer<LaneVector>
  let count: Int
  private let allocation: Allocation

  /// - Parameter cacheLineOffset: where in a page the buffer starts, in lines of 64 bytes. Buffers that are walked side by side
  ///   want different ones: addresses that agree in their low 12 bits disturb one another.
  init(count: Int, cacheLineOffset: Int = 0) {
    let bytes = max(count, 1) * MemoryLayout<LaneVector>.stride + cacheLineOffset * 64
    allocation = Allocation(zeros: bytes)
    pointer = (allocation.start + cacheLineOffset * 64).bindMemory(to: LaneVector.self, capacity: count)
    self.count = count
  }

  deinit { allocation.deallocate() }

  /// Zeros from the heap, or where they are many from pages of their own.
  private struct Allocation {
    let start: UnsafeMutableRawPointer
    private let mapping: (address: UnsafeMutableRawPointer, length: Int)?

    private static var hugePage: Int { 2 << 20 }

    init(zeros bytes: Int) {
      if bytes >= 2 * Self.hugePage, let mapping = Self.map(bytes + Self.hugePage) {
        self.mapping = mapping
        start = mapping.address.alignedUp(toMultipleOf: Self.hugePage)
        #if os(Linux)
          _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE; a kernel without it says no, which is fine
        #endif
      } else {
        mapping = nil
        start = .allocate(byteCount: bytes, alignment: 4096)
        memset(start, 0, bytes)
      }
    }

    private static func map(_ length: Int) -> (address: UnsafeMutableRawPointer, length: Int)? {
      let address = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let address, address != MAP_FAILED else { return nil }
      return (address, length)
    }

    func deallocate() {
      if let mapping { munmap(mapping.address, mapping.length) } else { start.deallocate() }
    }
  }
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
