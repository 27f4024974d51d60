/// One file being read.
struct FileReading {
  let path: String
  /// As messages print it.
  let name: String
  let source: TextSource
  let options: ReadingOptions

  /// No decompressor and no pipe feeds more.
  private static let mostWorkersOfStream = 4

  private var threads: Int { max(1, options.threads ?? availableCoreCount) }

  func result() throws(ReadingFailure) -> LIBSVMFile {
    let parsed: ParsedText
    var arrays: RowArrays
    switch source.supply {
    case .resident(let chunks):
      let workers = min(threads, chunks.mostWorkers)
      // Its threads start while the text is sampled.
      let team = WorkerTeam(size: workers)
      if workers > 1 { chunks.file?.unmappingTeam = team }
      let room = try estimatedRoom(chunks)
      (parsed, arrays) = try parse(.resident(chunks.divided(among: workers)), first: nil, team: team, room: room)
    case .stream(let chunks):
      // A stream has a thread of its own, which decompresses while the others parse.
      let prefetched = threads > 1 ? PrefetchedChunks(chunks) : nil
      defer { prefetched?.stop() }
      let first = prefetched.map { $0.next() } ?? chunks.next()
      if let first { try TextSource.refuseStrangers(Array(first.text.prefix(8)), name) }
      let room = try estimatedRoom(first)
      let team = WorkerTeam(size: min(threads - 1, Self.mostWorkersOfStream))
      (parsed, arrays) = try parse(.stream(prefetched ?? chunks), first: first, team: team, room: room)
    }
    let content: FileContent
    do throws(ReadingFailure) {
      if case .failure(let failure) = parsed.dispatcher.prematureEnd { throw failure }
      if case .resident(let chunks) = source.supply { try chunks.file?.checkLength() }
      content = try FileContent(parsed, indexBase: options.indexBase, name: name)
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
    _ supply: ChunkDispatcher.Supply, first: TextChunk?, team: WorkerTeam, room: Room
  ) throws(ReadingFailure) -> (ParsedText, RowArrays) {
    let options = options
    let addsChecksums = options.computesChecksum && source.inflater == nil
    let dispatcher = ChunkDispatcher(
      supply, first: first, expected: room.expected, workers: team.size, memoryLimit: room.limit)
    let tables = LabelTables(count: team.size)
    // The others begin while this thread asks for memory.
    team.begin { number in
      let worker = ParsingWorker(number: number, dispatcher: dispatcher, options: options, addsChecksums: addsChecksums)
      tables.set(worker.run(), number)
    }
    var parsed: ParsedText?
    let arrays = RowArrays(entries: room.entries, rows: room.rows) { segment in
      dispatcher.prepareMemory(segment)
      team.finish()
      let text = ParsedText(dispatcher: dispatcher, labelTables: tables.all)
      parsed = text
      return text.closeGaps(segment: 0)
    }
    guard let parsed else { throw ReadingFailure(kind: .inputOutput, file: name, message: "nothing was read") }
    return (parsed, arrays)
  }
}
