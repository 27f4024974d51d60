import Platform

/// The CSR arrays of some rows.
struct RowArrays {
  /// 0, then for each row the end of its entries.
  var rowOffsets: [Int] = []
  /// Indices minus one.
  var columns: [Int32] = []
  var values: [Float] = []
  /// For each row, the number of its label in some table.
  var labelCodes: [Int32] = []

  /// Bytes per entry and per row.
  static let entrySize = 8
  static let rowSize = 12

  /// Arrays that are filled in place.
  ///
  /// - Parameter fill: writes into memory for `entries` entries and `rows` rows, and returns how many it wrote.
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

  /// Concatenates the rows of several blocks.
  ///
  /// - Parameter blocks: emptied one kind of array at a time, which bounds peak memory by one and a half times the result.
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

/// The memory of arrays being filled. Threads write to disjoint parts of it.
struct RowMemory: @unchecked Sendable {
  let columns: UnsafeMutablePointer<Int32>
  let values: UnsafeMutablePointer<Float>
  let rowEnds: UnsafeMutablePointer<Int>
  let labelCodes: UnsafeMutablePointer<Int32>
}

/// Requests huge pages for memory not yet written to, which makes first touches cheaper. Has no effect if unsupported.
private func preferLargePages(_ memory: UnsafeMutableRawBufferPointer) {
  #if os(Linux)
    guard memory.count >= 1 << 21, let address = memory.baseAddress else { return }
    let start = Int(bitPattern: address) & ~4095
    _ = madvise(UnsafeMutableRawPointer(bitPattern: start), Int(bitPattern: address) + memory.count - start, MADV_HUGEPAGE)
  #endif
}
