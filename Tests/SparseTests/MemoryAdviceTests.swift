import Testing

@testable import Sparse

@Suite struct MemoryAdviceTests {
  enum Place: CaseIterable {
    case usual, beforeLargePage, afterAnother
  }

  /// Lengths around those from which arrays have large pages of their own.
  @Test(arguments: [0, 1, 1000, 209_000, 210_000, 600_000, 1_500_000, 9_000_000], Place.allCases)
  func arraysKeepTheirHeaderAndTakeWhatIsWritten(count: Int, place: Place) {
    let usual = MemoryAdvice.arrayCapacity(count)
    #expect(usual >= count)
    let neighbour = [UInt8](repeating: 7, count: 100)
    let before = [Int32](unsafeUninitializedCapacity: MemoryAdvice.placedCapacity(usual)) { memory, filled in
      filled = min(usual, 1)
      if filled == 1 { memory[0] = 9 }
    }
    let capacity =
      switch place {
      case .usual: usual
      case .beforeLargePage: MemoryAdvice.placedCapacity(usual)
      case .afterAnother:
        before.withUnsafeBytes {
          MemoryAdvice.placedCapacity(usual, after: $0.baseAddress.map(UnsafeMutableRawPointer.init(mutating:)))
        }
      }
    #expect(capacity >= usual)
    #expect(capacity < usual + MemoryAdvice.largePageSize / 2)
    let array = [Int32](unsafeUninitializedCapacity: capacity) { memory, filled in
      if let base = memory.baseAddress {
        MemoryAdvice.preferLargePages(base, byteCount: count * 4, capacity: capacity * 4)
        for i in 0..<count { memory[i] = Int32(truncatingIfNeeded: i &* 7) }
      }
      filled = count
    }
    #expect(array.count == count)
    #expect(array.capacity >= capacity)
    #expect(array.indices.allSatisfy { array[$0] == Int32(truncatingIfNeeded: $0 &* 7) })
    #expect(neighbour.allSatisfy { $0 == 7 })
    #expect(before.allSatisfy { $0 == 9 })
    var grown = array
    grown.append(5)
    #expect(grown.count == count + 1)
  }

  /// What stands before an address in its page is not touched, be the block large or small.
  @Test(arguments: [1 << 20, 40 << 20])
  func whatStandsBeforeAnAddressStays(size: Int) {
    let alignment = 2 << 20
    let block = UnsafeMutableRawPointer.allocate(byteCount: size + alignment, alignment: alignment)
    defer { block.deallocate() }
    for header in [0, 16, 48, 64, 4000] {
      for i in 0..<header { block.storeBytes(of: UInt8(truncatingIfNeeded: i &+ header), toByteOffset: i, as: UInt8.self) }
      MemoryAdvice.preferLargePages(block + header, byteCount: size, capacity: size)
      (block + header).initializeMemory(as: UInt8.self, repeating: 1, count: size)
      #expect(
        (0..<header).allSatisfy { block.load(fromByteOffset: $0, as: UInt8.self) == UInt8(truncatingIfNeeded: $0 &+ header) })
    }
  }
}
