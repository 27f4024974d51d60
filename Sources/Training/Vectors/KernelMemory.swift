import Platform
import SIMDShims

/// Owns the arrays that kernels access through pointers, and frees them together.
///
/// A kernel's structs hold only pointers, so a step neither allocates nor counts references. The caller keeps the memory alive.
final class KernelMemory {
  private var blocks: [Block] = []

  /// Vectors, initially zero and aligned to cache lines; large arrays are on huge pages, zeroed by the operating system on
  /// first touch.
  ///
  /// - Parameter line: offset of the array in its page, in lines of 64 bytes. Arrays that are traversed together should have
  ///   different ones, since addresses that agree in their low 12 bits conflict (4K aliasing).
  func vectors(_ count: Int, line: Int = 0) -> UnsafeMutablePointer<LaneVector> {
    let block = Block(zeros: max(count, 1) * MemoryLayout<LaneVector>.stride + line * 64)
    blocks.append(block)
    return (block.start + line * 64).bindMemory(to: LaneVector.self, capacity: count)
  }

  func array<Element: BitwiseCopyable>(repeating element: Element, count: Int) -> UnsafeMutablePointer<Element> {
    let block = Block(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: max(16, MemoryLayout<Element>.alignment))
    blocks.append(block)
    return block.start.initializeMemory(as: Element.self, repeating: element, count: max(1, count))
  }

  /// - Precondition: `elements` is not empty.
  func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let array = array(repeating: elements[0], count: elements.count)
    for (i, element) in elements.enumerated() { array[i] = element }
    return array
  }

  deinit { for block in blocks { block.deallocate() } }

  /// Heap memory, or huge pages for a large block.
  private struct Block {
    let start: UnsafeMutableRawPointer
    private let mapping: (address: UnsafeMutableRawPointer, length: Int)?

    private static var hugePage: Int { 2 << 20 }

    init(byteCount: Int, alignment: Int) {
      start = .allocate(byteCount: byteCount, alignment: alignment)
      mapping = nil
    }

    init(zeros bytes: Int) {
      guard bytes >= 2 * Self.hugePage, let mapping = Self.map(bytes + Self.hugePage) else {
        start = .allocate(byteCount: bytes, alignment: 4096)
        memset(start, 0, bytes)
        mapping = nil
        return
      }
      self.mapping = mapping
      start = mapping.address.alignedUp(toMultipleOf: Self.hugePage)
      #if os(Linux)
        _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE; failure is harmless
      #endif
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
