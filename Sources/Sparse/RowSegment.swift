/// Memory for rows that threads fill chunk by chunk.
struct RowSegment {
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  let rowEnds: UnsafeMutablePointer<Int>
  let labelCodes: UnsafeMutablePointer<Int32>
  let entryCapacity: Int
  let rowCapacity: Int

  static func allocate(entries: Int, rows: Int) -> RowSegment {
    let segment = RowSegment(
      columns: .allocate(capacity: entries), values: .allocate(capacity: entries), rowEnds: .allocate(capacity: rows),
      labelCodes: .allocate(capacity: rows), entryCapacity: entries, rowCapacity: rows)
    segment.adviseLargePages(entries: entries, rows: rows)
    return segment
  }

  func deallocate() {
    columns.deallocate()
    values.deallocate()
    rowEnds.deallocate()
    labelCodes.deallocate()
  }

  private static func preferLargePages<Element>(_ elements: UnsafeMutablePointer<Element>, count: Int, capacity: Int) {
    let size = MemoryLayout<Element>.stride
    MemoryAdvice.preferLargePages(elements, byteCount: count * size, capacity: capacity * size)
  }

  /// Asks for large pages for as many entries and rows as are expected.
  func adviseLargePages(entries: Int, rows: Int) {
    Self.preferLargePages(columns, count: entries, capacity: entryCapacity)
    Self.preferLargePages(values, count: entries, capacity: entryCapacity)
    Self.preferLargePages(rowEnds, count: rows, capacity: rowCapacity)
    Self.preferLargePages(labelCodes, count: rows, capacity: rowCapacity)
  }

  /// Takes that back for the pages that nobody has touched yet.
  func adviseSmallPages() {
    MemoryAdvice.preferSmallPages(columns, byteCount: entryCapacity * MemoryLayout<Int32>.stride)
    MemoryAdvice.preferSmallPages(values, byteCount: entryCapacity * MemoryLayout<Float>.stride)
    MemoryAdvice.preferSmallPages(rowEnds, byteCount: rowCapacity * MemoryLayout<Int>.stride)
    MemoryAdvice.preferSmallPages(labelCodes, byteCount: rowCapacity * MemoryLayout<Int32>.stride)
  }
}

/// The arrays of a file's rows.
struct RowArrays {
  var rowOffsets: [Int] = []
  /// Indices less one.
  var columns: [Int32] = []
  var values: [Float] = []
  var labelCodes: [Int32] = []

  /// Arrays whose memory is filled in place.
  ///
  /// - Parameters:
  ///   - entries: room for so many.
  ///   - rows: room for so many.
  ///   - fill: writes into the segment, and returns how many entries and rows there are.
  init(entries: Int, rows: Int, _ fill: (RowSegment) -> (entries: Int, rows: Int)) {
    columns = Array(unsafeUninitializedCapacity: MemoryAdvice.placedCapacity(entries)) { columnMemory, columnCount in
      let valueCapacity = MemoryAdvice.placedCapacity(entries, after: columnMemory.baseAddress)
      values = Array(unsafeUninitializedCapacity: valueCapacity) { valueMemory, valueCount in
        rowOffsets = Array(unsafeUninitializedCapacity: rows + 1) { offsetMemory, offsetCount in
          labelCodes = Array(unsafeUninitializedCapacity: rows) { codeMemory, codeCount in
            guard let columns = columnMemory.baseAddress, let values = valueMemory.baseAddress,
              let offsets = offsetMemory.baseAddress, let codes = codeMemory.baseAddress
            else { return }
            offsets[0] = 0
            let filled = fill(
              RowSegment(
                columns: columns, values: values, rowEnds: offsets + 1, labelCodes: codes, entryCapacity: entries,
                rowCapacity: rows))
            (columnCount, valueCount, offsetCount, codeCount) = (filled.entries, filled.entries, filled.rows + 1, filled.rows)
          }
        }
      }
    }
  }
}
