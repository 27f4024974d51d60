#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the operating system is told about memory so that first touching it takes less time. No result depends
/// on it; where there is no such call, nothing happens.
enum MemoryAdvice {
  private static let pageSize = 4096
  static let largePageSize = 1 << 21
  /// The header of an array and that of the allocator.
  private static let headers = 64
  /// Small pages between the beginning of an array and its first large page, at most.
  private static let mostPagesBefore = 2
  /// Up to this size, glibc's allocator may take a block from its heap, where large pages have no room.
  private static let heapLimit = 1 << 25

  /// A capacity of at least `count` 32-bit elements for which an array has its memory from the operating system, beginning where a
  /// large page begins; what is never touched of it takes no memory. Short arrays stay as they are.
  static func arrayCapacity(_ count: Int) -> Int {
    let needed = count * 4 + headers
    guard needed >= largePageSize / 5 * 2 else { return count }
    let pages = (max(needed, heapLimit + headers) + largePageSize - 1) / largePageSize
    return (pages * largePageSize - headers) / 4
  }

  /// A capacity of at least `capacity` 32-bit elements, of which an array that is made now begins in a small page right before a large one:
  /// its header is written with the array, and in a large page that were too soon to ask for it.
  ///
  /// - Parameter neighbour: the array that was made last. Where it begins right before a large page, the system puts the next one below
  ///   it, and need not be asked.
  static func placedCapacity(_ capacity: Int, after neighbour: UnsafeMutableRawPointer? = nil) -> Int {
    #if os(Linux)
      let length = (capacity * 4 + headers + pageSize - 1) & ~(pageSize - 1)
      guard length >= heapLimit else { return capacity }
      let start = neighbour.flatMap { beginsBeforeLargePage($0) ? Int(bitPattern: $0) & ~(pageSize - 1) : nil }
      guard let end = start ?? endOfNextMapping(length + largePageSize + pageSize) else { return capacity }
      var further = (end + pageSize - length) & (largePageSize - 1)
      // What is as long as some large pages, the system puts where one begins.
      if (length + further) & (largePageSize - 1) == 0 { further += pageSize }
      return (length + further - headers) / 4
    #else
      return capacity
    #endif
  }

  /// Asks for large pages from an address on, as many as the first `byteCount` of `capacity` bytes fill by two fifths or more, and brings the
  /// first where an array begins in it or right before it. Nothing of that memory may have been written yet.
  static func preferLargePages(_ address: UnsafeMutableRawPointer, byteCount: Int, capacity: Int) {
    #if os(Linux)
      let start = Int(bitPattern: address) & ~(pageSize - 1)
      let firstPage = (start + largePageSize - 1) & ~(largePageSize - 1)
      let end = endOfLargePages(address, byteCount)
      guard end > firstPage else { return }
      let header = Int(bitPattern: address) - start
      // Only a block that large is sure to have its pages for itself.
      if start == firstPage, header <= headers, capacity >= heapLimit {
        renewLargePage(UnsafeMutableRawPointer(address - header), header: header, end: end)
      } else {
        advise(firstPage, end, 14)  // MADV_HUGEPAGE
        if beginsBeforeLargePage(address), capacity >= heapLimit { bringLargePage(firstPage) }
      }
    #endif
  }

  private static func endOfLargePages(_ address: UnsafeMutableRawPointer, _ byteCount: Int) -> Int {
    (Int(bitPattern: address) + byteCount + largePageSize / 5 * 3) & ~(largePageSize - 1)
  }

  /// The large pages after the first that were asked for with the same numbers: addresses from the first of them to the end of the last.
  static func furtherLargePages(_ address: UnsafeMutableRawPointer, byteCount: Int) -> Range<Int> {
    let second = ((Int(bitPattern: address) + mostPagesBefore * pageSize) & ~(largePageSize - 1)) + largePageSize
    let end = endOfLargePages(address, byteCount)
    return second..<max(second, end)
  }

  /// Brings the large page at an address, whatever other threads do with it; without it the page comes when it is first touched, by two
  /// threads at once perhaps, each of which then fills one with zeros.
  static func bringLargePage(_ address: Int) {
    #if os(Linux)
      advise(address, address + largePageSize, 23)  // MADV_POPULATE_WRITE
    #endif
  }

  /// Asks for small pages again, where nothing has been touched yet.
  static func preferSmallPages(_ address: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
      let start = (Int(bitPattern: address) + pageSize - 1) & ~(pageSize - 1)
      advise(start, (Int(bitPattern: address) + byteCount) & ~(pageSize - 1), 15)  // MADV_NOHUGEPAGE
    #endif
  }

  #if os(Linux)
    private static func advise(_ start: Int, _ end: Int, _ advice: CInt) {
      if end > start { _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, advice) }
    }

    private static func beginsBeforeLargePage(_ address: UnsafeMutableRawPointer) -> Bool {
      let offset = Int(bitPattern: address) & (largePageSize - 1)
      return offset >= largePageSize - mostPagesBefore * pageSize && offset & (pageSize - 1) <= headers
    }

    /// Where a mapping ends that the system places now.
    private static func endOfNextMapping(_ length: Int) -> Int? {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      guard let probe = mmap(nil, length, PROT_NONE, flags, -1, 0), probe != MAP_FAILED else { return nil }
      munmap(probe, length)
      return Int(bitPattern: probe) + length
    }

    /// Maps the first large page of a block again, so that touching its header brings the whole of it: the header has touched it already,
    /// as a small one, and turning that into a large one (MADV_COLLAPSE) takes twice as long.
    private static func renewLargePage(_ start: UnsafeMutableRawPointer, header: Int, end: Int) {
      withUnsafeTemporaryAllocation(byteCount: headers, alignment: 16) { saved in
        guard let copy = saved.baseAddress else { return }
        copy.copyMemory(from: start, byteCount: header)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
        let renewed = mmap(start, largePageSize, PROT_READ | PROT_WRITE, flags, -1, 0)
        advise(Int(bitPattern: start), end, 14)  // MADV_HUGEPAGE
        if renewed != MAP_FAILED { start.copyMemory(from: copy, byteCount: header) }
      }
    }
  #endif
}
