import CZlib

/// Reads files in LIBSVM format, the format that `LineScanner` defines.
public enum LIBSVMReader {
  /// More distinct labels than this, some with fractions, are a regression target.
  static let regressionLimit = 2000

  /// Reads a file whole.
  ///
  /// Labels become classes in ascending order. Entries that the file writes as zero are kept. Compression is known by the
  /// first bytes: gzip, of one member or several, and through the system's own programs bzip2, xz and zstd. The result does
  /// not depend on the number of threads. Blocks the calling thread. bzip2, xz and zstd need a thread of Swift's concurrency pool
  /// that is free: asynchronous code that reads such files must not wait here on all of them.
  ///
  /// - Parameters:
  ///   - path: The file; `-` for standard input.
  ///   - options: Index base, threads and checksum.
  /// - Throws: `ReadingFailure`: with the first ten errors for a file with errors, for one without rows or features, for one
  ///   that needs more memory than there is, and for one whose labels are a regression target (more than 2,000 distinct
  ///   ones, some with fractions).
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let input = try SystemInput(path: path)
    let source = try TextSource(input, chunkSize: options.chunkSize)
    return try FileReading(path: path, name: input.name, source: source, options: options).result()
  }

  /// Reads text that is in memory, plain or compressed with gzip, as `read(path:options:)` reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The content of a file.
  ///   - name: Stands for the path.
  ///   - options: Index base, threads and checksum.
  /// - Throws: `ReadingFailure`, as for a file, and for text compressed in another way.
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    bytes: [UInt8], name: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let source = try TextSource(bytes, name: name, chunkSize: options.chunkSize)
    return try FileReading(path: name, name: name, source: source, options: options).result()
  }
}

/// One file being read.
private struct FileReading {
  let path: String
  /// As messages print it.
  let name: String
  let source: TextSource
  let options: ReadingOptions

  private var threads: Int { max(1, options.threads ?? availableCoreCount()) }

  func result() throws(ReadingFailure) -> LIBSVMFile {
    // A stream has a thread of its own, which decompresses while the others parse.
    let prefetched = source.resident == nil && threads > 1 ? PrefetchedChunks(source.chunks) : nil
    let chunks: any ChunkSource = prefetched ?? source.chunks
    defer { prefetched?.stop() }
    let workers = source.resident.map { min(threads, $0.mostWorkers) } ?? max(1, threads - 1)
    let first = chunks.next()
    let limit = MemoryLimit(options.memoryLimit)
    let room = try estimatedRoom(first, limit: limit)

    var rowOffsets: [Int] = []
    var columns: [Int32] = []
    var values: [Float] = []
    var labelCodes: [Int32] = []
    var outcome: Outcome?
    // The rows of the first segment are parsed into the memory of the arrays that become the result.
    columns = Array(unsafeUninitializedCapacity: room.entries) { columnMemory, columnCount in
      values = Array(unsafeUninitializedCapacity: room.entries) { valueMemory, valueCount in
        rowOffsets = Array(unsafeUninitializedCapacity: room.rows + 1) { offsetMemory, offsetCount in
          labelCodes = Array(unsafeUninitializedCapacity: room.rows) { codeMemory, codeCount in
            let parts = (
              columnMemory.baseAddress!, valueMemory.baseAddress!, offsetMemory.baseAddress!, codeMemory.baseAddress!
            )
            parts.2[0] = 0
            let segment = RowSegment(
              columns: parts.0, values: parts.1, rowEnds: parts.2 + 1, labelCodes: parts.3, entryCapacity: room.entries,
              rowCapacity: room.rows)
            segment.adviseLargePages(entries: room.expected.colons, rows: room.expected.newlines)
            let team = WorkerTeam(others: workers - 1)
            if workers > 1 { source.resident?.file?.unmappingTeam = team }
            let parsed = parse(
              ChunkDispatcher(
                chunks, first: first, segment: segment, expectedEntries: workers > 1 ? room.expected.colons : nil,
                memoryLimit: limit), workers: workers, team)
            let filled = parsed.closeGaps(segment: 0, segment)
            (columnCount, valueCount, offsetCount, codeCount) = (filled.entries, filled.entries, filled.rows + 1, filled.rows)
            outcome = parsed
          }
        }
      }
    }
    guard let outcome else { throw ReadingFailure(kind: .inputOutput, file: name, message: "nothing was read") }
    prefetched?.stop()
    let content: Content
    do throws(ReadingFailure) {
      if let failure = chunks.failure { throw failure }
      content = try checkedContent(outcome)
    } catch {
      outcome.deallocateFurtherSegments()
      throw error
    }
    outcome.appendFurtherSegments(&columns, &values, &rowOffsets, &labelCodes)
    outcome.replaceCodes(&labelCodes, classLabels: content.classLabels)
    if content.base == .zero {
      columns.withUnsafeMutableBufferPointer { buffer in
        for index in buffer.indices { buffer[index] &+= 1 }
      }
    }
    let matrix = SparseMatrix(rowOffsets: rowOffsets, columns: columns, values: values, columnCount: content.featureCount)
    return LIBSVMFile(
      path: path, data: LabelledSparseData(matrix: matrix, classes: labelCodes, classLabels: content.classLabels),
      indexBase: content.base, byteCount: outcome.byteCount,
      checksum: options.computesChecksum ? source.inflater?.checksum ?? outcome.checksum : nil,
      queryRowCount: outcome.queryRowCount)
  }

  /// Entries and rows to make room for at first; virtual memory, of which the part that is not needed stays untouched.
  private struct Room {
    var expected: ByteCounts
    var entries: Int
    var rows: Int
  }

  private func estimatedRoom(_ first: TextChunk?, limit: MemoryLimit) throws(ReadingFailure) -> Room {
    guard let first else { return Room(expected: ByteCounts(colons: 0, newlines: 0), entries: 1, rows: 1) }
    var counts: ByteCounts
    var areExact = false
    if let resident = source.resident {
      (counts, areExact) = resident.estimatedCounts()
    } else {
      counts = ByteCounts(first.text)
      if let announced = source.announcedByteCount, announced > first.byteCount, first.byteCount > 0 {
        let factor = Double(announced) / Double(first.byteCount)
        counts.colons = Int(Double(counts.colons) * factor)
        counts.newlines = Int(Double(counts.newlines) * factor)
      }
    }
    let needed = counts.colons * ChunkDispatcher.entrySize + counts.newlines * ChunkDispatcher.rowSize
    guard limit.allows(needed) else {
      let message =
        "its rows would take about \(needed >> 20) MB (\(counts.colons) entries, \(counts.newlines) rows), and only "
        + "\(limit.byteCount >> 20) MB of memory are available"
      throw ReadingFailure(kind: .badData, file: name, message: message)
    }
    return Room(
      expected: counts,
      entries: MemoryAdvice.arrayCapacity(counts.colons + (areExact ? 1 : counts.colons / 8 + (1 << 12))),
      rows: MemoryAdvice.arrayCapacity(counts.newlines + (areExact ? 1 : counts.newlines / 8 + (1 << 12))))
  }

  private func parse(_ dispatcher: ChunkDispatcher, workers: Int, _ team: WorkerTeam) -> Outcome {
    let tables = Tables(count: workers)
    let options = options
    let addsChecksum = options.computesChecksum && source.inflater == nil
    team.perform(workers) { worker in
      let parser = ChunkParser(indexBase: options.indexBase, usesVectors: options.usesVectors)
      while let ticket = dispatcher.next() {
        if let page = ticket.pageAhead { MemoryAdvice.bringLargePage(page) }
        var rows = ticket.rows
        var text = ticket.chunk.text
        if ticket.index == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
        parser.parse(text, into: &rows)
        var parsed = ParsedChunk(
          index: ticket.index, segment: ticket.segment, entry: ticket.entry, row: ticket.row,
          byteCount: ticket.chunk.byteCount, reservedEntries: ticket.counts.colons, reservedRows: ticket.counts.newlines,
          worker: worker, rows: rows)
        if addsChecksum {
          parsed.checksum = UInt32(
            truncatingIfNeeded: crc32_z(0, ticket.chunk.text.baseAddress, ticket.chunk.byteCount))
        }
        dispatcher.finish(parsed)
      }
      tables.set(parser.labels, worker)
    }
    return Outcome(dispatcher: dispatcher, tables: tables.all)
  }

  /// What the rows have in common.
  private struct Content {
    var base: IndexBase
    var featureCount: Int
    /// Ascending.
    var classLabels: [Double]
  }

  /// - Throws: All errors of the file.
  private func checkedContent(_ outcome: Outcome) throws(ReadingFailure) -> Content {
    let base = options.indexBase ?? (outcome.smallestColumn < 0 ? .zero : .one)
    let featureCount = outcome.largestColumn < -1 ? 0 : Int(outcome.largestColumn) + (base == .zero ? 2 : 1)
    let classLabels = Set(outcome.tables.flatMap(\.labels)).sorted()
    try checkWhole(outcome, featureCount: featureCount, classLabels: classLabels, hasRows: outcome.hasRows)
    return Content(base: base, featureCount: featureCount, classLabels: classLabels)
  }

  /// - Throws: All errors of the file.
  private func checkWhole(
    _ outcome: Outcome, featureCount: Int, classLabels: [Double], hasRows: Bool
  ) throws(ReadingFailure) {
    var errors = outcome.chunks.flatMap(\.rows.errors).map {
      DataError(file: name, line: $0.line, column: $0.error.column, message: $0.error.message)
    }
    var errorCount = outcome.chunks.reduce(0) { $0 + $1.rows.errorCount }
    func note(_ error: DataError) {
      errors.append(error)
      errorCount += 1
    }
    if let interruption = outcome.dispatcher.interruption {
      note(
        DataError(
          file: name, line: interruption.line, column: interruption.column, message: interruption.message))
    }
    if outcome.dispatcher.isOutOfMemory {
      let message =
        "its rows may take more memory than is available: \(outcome.dispatcher.neededByteCount >> 20) MB up to line "
        + "\(outcome.dispatcher.lineCount), of \(outcome.dispatcher.availableByteCount >> 20) MB"
      note(DataError(file: name, message: message))
    }
    if errorCount == 0 {
      if !hasRows {
        let message = "the file holds no rows; a row is LABEL INDEX:VALUE ..."
        note(DataError(file: name, line: 1, column: 1, message: message))
      } else if featureCount == 0 {
        note(DataError(file: name, line: 1, column: 1, message: "no row has a feature; a feature is INDEX:VALUE"))
      } else if featureCount > Int(Int32.max) {
        let message = "\(featureCount) features, from index 0 to \(Int32.max), are one too many"
        note(DataError(file: name, line: 1, column: 1, message: message))
      }
      let fractionLine = outcome.tables.compactMap(\.firstFractionLine).min()
      if classLabels.count > LIBSVMReader.regressionLimit, let fractionLine {
        let message = "\(classLabels.count) distinct labels, some with fractions, are a regression target, not classes"
        note(DataError(file: name, line: fractionLine, column: 1, message: message))
      }
    }
    if errorCount > 0 { throw ReadingFailure(kind: .badData, errors: errors, errorCount: errorCount) }
  }
}

/// The label tables of the workers.
private final class Tables: @unchecked Sendable {
  private let monitor = Monitor()
  private var tables: [LabelTable]

  init(count: Int) { tables = Array(repeating: LabelTable(), count: count) }
  func set(_ table: LabelTable, _ worker: Int) { monitor.locked { tables[worker] = table } }
  var all: [LabelTable] { monitor.locked { tables } }
}

/// All chunks of a file, parsed.
private struct Outcome {
  let dispatcher: ChunkDispatcher
  let tables: [LabelTable]
  /// In the order of the file.
  let chunks: [ParsedChunk]

  init(dispatcher: ChunkDispatcher, tables: [LabelTable]) {
    self.dispatcher = dispatcher
    self.tables = tables
    chunks = dispatcher.parsed.sorted { $0.index < $1.index }
  }

  var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }
  var queryRowCount: Int { chunks.reduce(0) { $0 + $1.rows.queryRowCount } }
  var hasRows: Bool { chunks.contains { $0.rows.rowCount > 0 } }
  var smallestColumn: Int32 { chunks.map(\.rows.smallestColumn).min() ?? 0 }
  var largestColumn: Int32 { chunks.map(\.rows.largestColumn).max() ?? Int32.min }
  var checksum: UInt32 {
    UInt32(
      truncatingIfNeeded: chunks.reduce(uLong(0)) { crc32_combine($0, uLong($1.checksum), $1.byteCount) })
  }

  /// Moves the rows of a segment together, where chunks have fewer than room was made for.
  func closeGaps(segment number: Int, _ segment: RowSegment) -> (entries: Int, rows: Int) {
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
  func appendFurtherSegments(
    _ columns: inout [Int32], _ values: inout [Float], _ rowOffsets: inout [Int], _ labelCodes: inout [Int32]
  ) {
    let segments = dispatcher.segments
    guard segments.count > 1 else { return }
    var counts: [(entries: Int, rows: Int)] = [(columns.count, labelCodes.count)]
    for number in 1..<segments.count { counts.append(closeGaps(segment: number, segments[number])) }
    func append<Element>(_ array: inout [Element], _ count: (Int) -> Int, _ memory: (Int) -> UnsafeMutablePointer<Element>) {
      array.reserveCapacity(array.count + (1..<segments.count).reduce(0) { $0 + count($1) })
      for number in 1..<segments.count {
        array.append(contentsOf: UnsafeBufferPointer(start: memory(number), count: count(number)))
        memory(number).deallocate()
      }
    }
    append(&columns, { counts[$0].entries }, { segments[$0].columns })
    append(&values, { counts[$0].entries }, { segments[$0].values })
    append(&labelCodes, { counts[$0].rows }, { segments[$0].labelCodes })
    rowOffsets.reserveCapacity(labelCodes.count + 1)
    var before = counts[0].entries
    for number in 1..<segments.count {
      for row in 0..<counts[number].rows { rowOffsets.append(segments[number].rowEnds[row] + before) }
      before += counts[number].entries
      segments[number].rowEnds.deallocate()
    }
  }

  /// Frees the segments after the first, of a file that is refused.
  func deallocateFurtherSegments() {
    for segment in dispatcher.segments.dropFirst() { segment.deallocate() }
  }

  /// From numbers in the workers' tables to positions in the ascending list of labels.
  func replaceCodes(_ codes: inout [Int32], classLabels: [Double]) {
    let classes = Dictionary(uniqueKeysWithValues: zip(classLabels, Int32(0)...))
    let maps = tables.map { table in table.labels.map { classes[$0] ?? -1 } }
    codes.withUnsafeMutableBufferPointer { codes in
      var row = 0
      for chunk in chunks {
        let map = maps[chunk.worker]
        map.withUnsafeBufferPointer { map in
          for index in row..<(row + chunk.rows.rowCount) { codes[index] = map[Int(codes[index])] }
        }
        row += chunk.rows.rowCount
      }
    }
  }
}
