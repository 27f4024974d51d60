import Platform
import SIMDShims

/// Owns the arrays that kernels reach through pointers, and frees them together.
///
/// A kernel's structs hold pointers only, so that a step neither allocates nor counts references; the caller keeps the
/// memory alive.
final class KernelMemory {
  private var blocks: [Block] = []

  /// Vectors, zero at the start and aligned to cache lines; where they are many on huge pages, which the kernel hands out as zeros when
  /// they are first touched.
  ///
  /// - Parameter line: where in a page the array starts, in lines of 64 bytes. Arrays that are walked side by side want different ones:
  ///   addresses that agree in their low 12 bits disturb one another.
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

  /// Memory from the heap, or where it is large pages of its own.
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
        _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE; a kernel without it says no, which is fine
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
