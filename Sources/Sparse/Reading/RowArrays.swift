import Platform

/// The arrays of some rows.
struct RowArrays {
  /// Of each row the end of its entries, and 0 before them.
  var rowOffsets: [Int] = []
  /// Indices less one.
  var columns: [Int32] = []
  var values: [Float] = []
  /// Of each row the number of its label in some table.
  var labelCodes: [Int32] = []

  /// Bytes of an entry and of a row.
  static let entrySize = 8
  static let rowSize = 12

  /// Arrays that are filled in place.
  ///
  /// - Parameter fill: writes into memory for so many entries and rows, and returns how many there are.
  init(entries: Int, rows: Int, _ fill: (RowMemory) -> (entries: Int, rows: Int)) {
    columns = Array(unsafeUninitializedCapacity: entries) { columns, columnCount in
      values = Array(unsafeUninitializedCapacity: entries) { values, valueCount in
        rowOffsets = Array(unsafeUninitializedCapacity: rows + 1) { offsets, offsetCount in
          labelCodes = Array(unsafeUninitializedCapacity: rows) { codes, codeCount in
            for memory in [
              UnsafeMutableRawBufferPointer(columns), UnsafeMutableRawBufferPointer(values),
              UnsafeMutableRawBufferPointer(offsets), UnsafeMutableRawBufferPointer(codes),
            ] { preferLargePages(memory) }
            offsets[0] = 0
            guard let columns = columns.baseAddress, let values = values.baseAddress, let offsets = offsets.baseAddress,
              let codes = codes.baseAddress
            else { return }
            let filled = fill(RowMemory(columns: columns, values: values, rowEnds: offsets + 1, labelCodes: codes))
            (columnCount, valueCount, offsetCount, codeCount) = (filled.entries, filled.entries, filled.rows + 1, filled.rows)
          }
        }
      }
    }
  }

  /// The rows of some blocks, one after the other.
  ///
  /// - Parameter blocks: emptied, one kind of array after the other: that bounds the memory in use by one and a half times the result.
  init(joining blocks: inout [RowArrays]) {
    func joined<Element>(_ array: WritableKeyPath<RowArrays, [Element]>) -> [Element] {
      var all: [Element] = []
      all.reserveCapacity(blocks.reduce(0) { $0 + $1[keyPath: array].count })
      for block in blocks.indices {
        all += blocks[block][keyPath: array]
        blocks[block][keyPath: array] = []
      }
      return all
    }
    let starts = blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.columns.count) }
    rowOffsets = [0]
    rowOffsets.reserveCapacity(blocks.reduce(1) { $0 + $1.labelCodes.count })
    for (block, start) in zip(blocks, starts) { rowOffsets += block.rowOffsets.dropFirst().lazy.map { $0 + start } }
    columns = joined(\.columns)
    values = joined(\.values)
    labelCodes = joined(\.labelCodes)
    blocks = []
  }
}

/// The memory of arrays that are being filled. Threads write to parts of it that do not overlap.
struct RowMemory: @unchecked Sendable {
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  let rowEnds: UnsafeMutablePointer<Int>
  let labelCodes: UnsafeMutablePointer<Int32>
}

/// Asks for large pages for memory that nobody has written to: touching it takes less time. Where they cannot be had, nothing happens.
private func preferLargePages(_ memory: UnsafeMutableRawBufferPointer) {
  #if os(Linux)
    guard memory.count >= 1 << 21, let address = memory.baseAddress else { return }
    let start = Int(bitPattern: address) & ~4095
    _ = madvise(UnsafeMutableRawPointer(bitPattern: start), Int(bitPattern: address) + memory.count - start, MADV_HUGEPAGE)
  #endif
}
