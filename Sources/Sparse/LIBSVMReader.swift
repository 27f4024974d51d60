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

  private var threads: Int { max(1, options.threads ?? availableCoreCount) }

  func result() throws(ReadingFailure) -> LIBSVMFile {
    let parsed: ParsedText
    var arrays: RowArrays
    switch source.supply {
    case .resident(let chunks):
      (parsed, arrays) = try parse(
        .resident(chunks), first: nil, workers: min(threads, chunks.mostWorkers), room: estimatedRoom(chunks))
    case .stream(let chunks):
      // A stream has a thread of its own, which decompresses while the others parse.
      let prefetched = threads > 1 ? PrefetchedChunks(chunks) : nil
      defer { prefetched?.stop() }
      let first = prefetched.map { $0.next() } ?? chunks.next()
      if let first { try TextSource.refuseStrangers(Array(first.text.prefix(8)), name) }
      (parsed, arrays) = try parse(
        .stream(prefetched ?? chunks), first: first, workers: max(1, threads - 1), room: estimatedRoom(first))
    }
    let content: Content
    do throws(ReadingFailure) {
      content = try checkedContent(parsed)
    } catch {
      parsed.deallocateFurtherSegments()
      throw error
    }
    parsed.appendFurtherSegments(to: &arrays)
    parsed.replaceCodes(&arrays.labelCodes, classLabels: content.classLabels)
    if content.base == .zero {
      arrays.columns.withUnsafeMutableBufferPointer { buffer in
        for index in buffer.indices { buffer[index] &+= 1 }
      }
    }
    let matrix = SparseMatrix(
      rowOffsets: arrays.rowOffsets, columns: arrays.columns, values: arrays.values, columnCount: content.featureCount)
    return LIBSVMFile(
      path: path, data: LabelledSparseData(matrix: matrix, classes: arrays.labelCodes, classLabels: content.classLabels),
      indexBase: content.base, byteCount: parsed.byteCount,
      checksum: options.computesChecksum ? source.inflater?.checksum ?? parsed.checksum : nil,
      queryRowCount: parsed.queryRowCount)
  }

  /// Entries and rows to make room for at first; virtual memory, of which the part that is not needed stays untouched.
  private struct Room {
    var expected: ByteCounts
    var limit: MemoryLimit
    var entries: Int
    var rows: Int
  }

  private func estimatedRoom(_ text: ResidentChunks) throws(ReadingFailure) -> Room {
    let (counts, areExact) = text.estimatedCounts()
    return try room(for: counts, offBy: areExact ? 1 : 2)
  }

  private func estimatedRoom(_ first: TextChunk?) throws(ReadingFailure) -> Room {
    guard let first else { return try room(for: ByteCounts(colons: 0, newlines: 0), offBy: 1) }
    var counts = ByteCounts(first.text)
    if let announced = source.announcedByteCount, announced > first.byteCount, first.byteCount > 0 {
      let factor = Double(announced) / Double(first.byteCount)
      counts.colons = Int(Double(counts.colons) * factor)
      counts.newlines = Int(Double(counts.newlines) * factor)
    }
    return try room(for: counts, offBy: 4)
  }

  /// - Parameter error: by which factor the counts may be too large. What may fit after all is read as far as it does.
  /// - Throws: `ReadingFailure` where there is not as much memory.
  private func room(for estimate: ByteCounts, offBy error: Int) throws(ReadingFailure) -> Room {
    var counts = estimate
    let limit = MemoryLimit(options.memoryLimit)
    let needed = counts.colons * ChunkDispatcher.entrySize + counts.newlines * ChunkDispatcher.rowSize
    if !limit.allows(needed) {
      let available = limit.byteCount
      guard needed / error <= available else {
        let message =
          "its rows would take about \(needed >> 20) MB (\(counts.colons) entries, \(counts.newlines) rows), and only "
          + "\(available >> 20) MB of memory are available"
        throw ReadingFailure(kind: .badData, file: name, message: message)
      }
      let factor = Double(available) / Double(needed) / 2
      counts.colons = Int(Double(counts.colons) * factor)
      counts.newlines = Int(Double(counts.newlines) * factor)
    }
    return Room(
      expected: counts, limit: limit,
      entries: MemoryAdvice.arrayCapacity(counts.colons + (error == 1 ? 1 : counts.colons / 8 + (1 << 12))),
      rows: MemoryAdvice.arrayCapacity(counts.newlines + (error == 1 ? 1 : counts.newlines / 8 + (1 << 12))))
  }

  /// Parses all chunks; the rows of the first segment into the memory of the arrays that become the result.
  private func parse(
    _ supply: ChunkDispatcher.Supply, first: TextChunk?, workers: Int, room: Room
  ) throws(ReadingFailure) -> (ParsedText, RowArrays) {
    var parsed: ParsedText?
    let arrays = RowArrays(entries: room.entries, rows: room.rows) { segment in
      segment.adviseLargePages(entries: room.expected.colons, rows: room.expected.newlines)
      let team = WorkerTeam(size: workers)
      if workers > 1, case .resident(let chunks) = supply { chunks.file?.unmappingTeam = team }
      let dispatcher = ChunkDispatcher(
        supply, first: first, segment: segment, expectedEntries: workers > 1 ? room.expected.colons : nil,
        memoryLimit: room.limit)
      let text = parse(dispatcher, team)
      parsed = text
      return text.closeGaps(segment: 0)
    }
    guard let parsed else { throw ReadingFailure(kind: .inputOutput, file: name, message: "nothing was read") }
    return (parsed, arrays)
  }

  private func parse(_ dispatcher: ChunkDispatcher, _ team: WorkerTeam) -> ParsedText {
    let tables = LabelTables(count: team.size)
    let options = options
    let addsChecksum = options.computesChecksum && source.inflater == nil
    team.perform { worker in
      let parser = ChunkParser(indexBase: options.indexBase, usesVectors: options.usesVectors)
      while let ticket = dispatcher.next() {
        if let page = ticket.pageAhead { MemoryAdvice.bringLargePage(page) }
        var rows = ticket.rows
        var text = ticket.chunk.text
        if ticket.index == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
        withExtendedLifetime(ticket.chunk.owner) { parser.parse(text, into: &rows) }
        var parsed = ParsedChunk(
          index: ticket.index, segment: ticket.segment, entry: ticket.entry, row: ticket.row,
          byteCount: ticket.chunk.byteCount, reserved: ticket.counts, worker: worker, rows: rows)
        if addsChecksum {
          withExtendedLifetime(ticket.chunk.owner) {
            parsed.checksum = UInt32(
              truncatingIfNeeded: crc32_z(0, ticket.chunk.text.baseAddress, ticket.chunk.byteCount))
          }
        }
        dispatcher.finish(parsed)
      }
      tables.set(parser.labels, worker)
    }
    return ParsedText(dispatcher: dispatcher, labelTables: tables.all)
  }

  /// What the rows have in common.
  private struct Content {
    var base: IndexBase
    var featureCount: Int
    /// Ascending.
    var classLabels: [Double]
  }

  /// - Throws: All errors of the file.
  private func checkedContent(_ parsed: ParsedText) throws(ReadingFailure) -> Content {
    if case .failure(let failure) = parsed.dispatcher.prematureEnd { throw failure }
    if case .resident(let chunks) = source.supply { try chunks.file?.checkLength() }
    let largest = parsed.largestColumn
    let base = options.indexBase ?? (parsed.smallestColumn < 0 ? .zero : .one)
    let content = Content(
      base: base, featureCount: largest < -1 ? 0 : Int(largest) + (base == .zero ? 2 : 1), classLabels: parsed.classLabels)
    try check(parsed, content)
    return content
  }

  /// - Throws: All errors of the file.
  private func check(_ parsed: ParsedText, _ content: Content) throws(ReadingFailure) {
    var errors = parsed.chunks.flatMap(\.rows.errors).map {
      DataError(file: name, line: $0.line, column: $0.error.column, message: $0.error.message)
    }
    var errorCount = parsed.chunks.reduce(0) { $0 + $1.rows.errorCount }
    func note(line: Int? = nil, column: Int? = nil, _ message: String) {
      errors.append(DataError(file: name, line: line, column: column, message: message))
      errorCount += 1
    }
    let lineCount = parsed.dispatcher.lineCount
    switch parsed.dispatcher.prematureEnd {
    case .interruption(let message, let column): note(line: lineCount + 1, column: column, message)
    case .memory(let needed, let available):
      note(
        "its rows may take more memory than is available: \(needed >> 20) MB up to line \(lineCount), of \(available >> 20) MB")
    case .failure, nil: break
    }
    if errorCount == 0 {
      if !parsed.hasRows {
        note(line: 1, column: 1, "the file holds no rows; a row is LABEL INDEX:VALUE ...")
      } else if content.featureCount == 0 {
        note(line: 1, column: 1, "no row has a feature; a feature is INDEX:VALUE")
      } else if content.featureCount > Int(Int32.max) {
        note(line: 1, column: 1, "\(content.featureCount) features, from index 0 to \(Int32.max), are one too many")
      }
      let labelCount = content.classLabels.count
      let fractionLine = parsed.labelTables.compactMap(\.firstFractionLine).min()
      if labelCount > LIBSVMReader.regressionLimit, let fractionLine {
        note(
          line: fractionLine, column: 1,
          "\(labelCount) distinct labels, some with fractions, are a regression target, not classes")
      }
    }
    if errorCount > 0 { throw ReadingFailure(kind: .badData, errors: errors, errorCount: errorCount) }
  }
}
