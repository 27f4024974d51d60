import CZlib

/// All chunks of a text, parsed.
struct ParsedText {
  let dispatcher: ChunkDispatcher
  /// One for each worker.
  let labelTables: [LabelTable]
  /// In the order of the text.
  let chunks: [ParsedChunk]

  init(dispatcher: ChunkDispatcher, labelTables: [LabelTable]) {
    self.dispatcher = dispatcher
    self.labelTables = labelTables
    chunks = dispatcher.parsed.sorted { $0.index < $1.index }
  }

  var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }
  var queryRowCount: Int { chunks.reduce(0) { $0 + $1.rows.queryRowCount } }
  var hasRows: Bool { chunks.contains { $0.rows.rowCount > 0 } }
  var smallestColumn: Int32 { chunks.reduce(Int32.max) { min($0, $1.rows.smallestColumn) } }
  var largestColumn: Int32 { chunks.reduce(Int32.min) { max($0, $1.rows.largestColumn) } }
  var checksum: UInt32 {
    UInt32(
      truncatingIfNeeded: chunks.reduce(uLong(0)) { crc32_combine($0, uLong($1.checksum), $1.byteCount) })
  }

  /// Ascending.
  ///
  /// - Complexity: O(n log n) in the number of labels.
  var classLabels: [Double] {
    var labels = labelTables.flatMap(\.labels)
    labels.sort()
    var distinct = 0
    for label in labels where distinct == 0 || labels[distinct - 1] != label {
      labels[distinct] = label
      distinct += 1
    }
    labels.removeLast(labels.count - distinct)
    return labels
  }

  /// Moves the rows of a segment together, where chunks have fewer than room was made for.
  ///
  /// - Returns: how many there are.
  func closeGaps(segment number: Int) -> (entries: Int, rows: Int) {
    let segment = dispatcher.segments[number]
    var entries = 0
    var rows = 0
    for chunk in chunks where chunk.segment == number {
      let count = chunk.rows.entryCount
      if chunk.entry != entries {
        (segment.columns + entries).update(from: segment.columns + chunk.entry, count: count)
        (segment.values + entries).update(from: segment.values + chunk.entry, count: count)
      }
      if chunk.row != rows || chunk.rows.firstEntry != entries {
        let shift = entries - chunk.rows.firstEntry
        for row in 0..<chunk.rows.rowCount {
          segment.rowEnds[rows + row] = segment.rowEnds[chunk.row + row] + shift
          segment.labelCodes[rows + row] = segment.labelCodes[chunk.row + row]
        }
      }
      entries += count
      rows += chunk.rows.rowCount
    }
    return (entries, rows)
  }

  /// Appends the rows of the segments after the first and frees these, one kind of array after the other: that bounds the
  /// memory in use by one and a half times the result.
  func appendFurtherSegments(to arrays: inout RowArrays) {
    let segments = dispatcher.segments
    guard segments.count > 1 else { return }
    var counts: [(entries: Int, rows: Int)] = [(arrays.columns.count, arrays.labelCodes.count)]
    for number in 1..<segments.count { counts.append(closeGaps(segment: number)) }
    func append<Element>(_ array: inout [Element], _ count: (Int) -> Int, _ memory: (Int) -> UnsafeMutablePointer<Element>) {
      array.reserveCapacity(array.count + (1..<segments.count).reduce(0) { $0 + count($1) })
      for number in 1..<segments.count {
        array.append(contentsOf: UnsafeBufferPointer(start: memory(number), count: count(number)))
        memory(number).deallocate()
      }
    }
    append(&arrays.columns, { counts[$0].entries }, { segments[$0].columns })
    append(&arrays.values, { counts[$0].entries }, { segments[$0].values })
    append(&arrays.labelCodes, { counts[$0].rows }, { segments[$0].labelCodes })
    arrays.rowOffsets.reserveCapacity(arrays.labelCodes.count + 1)
    var before = counts[0].entries
    for number in 1..<segments.count {
      for row in 0..<counts[number].rows { arrays.rowOffsets.append(segments[number].rowEnds[row] + before) }
      before += counts[number].entries
      segments[number].rowEnds.deallocate()
    }
  }

  /// Frees the segments after the first, of a file that is refused.
  func deallocateFurtherSegments() {
    for segment in dispatcher.segments.dropFirst() { segment.deallocate() }
  }

  /// From numbers in the workers' tables to positions in the ascending list of labels.
  ///
  /// - Complexity: O(rows + n log n) in the number of labels.
  func replaceCodes(_ codes: inout [Int32], classLabels: [Double]) {
    let maps = labelTables.map { table in table.labels.map { position(of: $0, in: classLabels) } }
    codes.withUnsafeMutableBufferPointer { codes in
      var row = 0
      for chunk in chunks {
        maps[chunk.worker].withUnsafeBufferPointer { map in
          for index in row..<(row + chunk.rows.rowCount) { codes[index] = map[Int(codes[index])] }
        }
        row += chunk.rows.rowCount
      }
    }
  }

  /// By bisection.
  private func position(of label: Double, in labels: [Double]) -> Int32 {
    var range = 0..<labels.count
    while range.count > 1 {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = labels[middle] <= label ? middle..<range.upperBound : range.lowerBound..<middle
    }
    return Int32(range.lowerBound)
  }
}
