#if arch(x86_64)
  import SIMDShims

  /// The fast way from text to rows: 64 bytes at a time into masks of colons and blanks, masks into positions, and eight
  /// entries at a time into numbers.
  ///
  /// It takes a window of whole lines or refuses it; what it refuses, the byte loop takes. It refuses whatever it does not
  /// know to be right: lines that are not rows, comments, `qid`, control characters, and every error.
  final class VectorLoop {
    private let indexBase: IndexBase?
    private let tables = TokenTables.shared
    private var capacity = 0
    // Of each entry: where its index begins, its colon, and where its value ends.
    private var starts = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    private var colons = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    private var ends = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    // Of each row: where its label begins and ends, and how many entries of the window there are up to its end.
    private var labelStarts = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    private var labelEnds = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    private var entriesUpTo = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)

    init(indexBase: IndexBase?) {
      self.indexBase = indexBase
      reserve(1 << 13)
    }

    deinit { deallocate() }

    private func deallocate() {
      for list in [starts, colons, ends, labelStarts, labelEnds, entriesUpTo] { list.deallocate() }
    }

    /// Makes room for the positions in a window of some bytes: an entry or a row takes two at least, and positions are
    /// written eight at a time.
    private func reserve(_ byteCount: Int) {
      let needed = byteCount / 2 + 128
      guard needed > capacity else { return }
      deallocate()
      capacity = needed
      starts = .allocate(capacity: needed)
      colons = .allocate(capacity: needed)
      ends = .allocate(capacity: needed)
      labelStarts = .allocate(capacity: needed)
      labelEnds = .allocate(capacity: needed)
      entriesUpTo = .allocate(capacity: needed)
    }

    /// Appends the rows of a window.
    ///
    /// - Parameters:
    ///   - text: Whole lines; 80 more bytes behind them can be read.
    ///   - rows: Has room for as many entries as the window has colons.
    /// - Returns: Whether it did; if not, `rows` is as before.
    func parse(_ text: UnsafeBufferPointer<UInt8>, into rows: inout ChunkRows, labels: inout LabelTable) -> Bool {
      guard let bytes = text.baseAddress, text.count < 1 << 26, bytes[text.count - 1] == UInt8(ascii: "\n") else {
        return false
      }
      reserve(text.count)
      guard let found = findTokens(bytes, text.count) else { return false }
      let columns = rows.columns + rows.entryCount
      let values = rows.values + rows.entryCount
      guard convertEntries(bytes, found.entries, columns, values),
        indicesAscend(columns, found, &rows),
        storeRows(bytes, found, &rows, &labels)
      else { return false }
      rows.entryCount += found.entries
      rows.rowCount += found.rows
      rows.lineCount += found.rows
      return true
    }

    private struct Found {
      var entries = 0
      var rows = 0
    }

    // MARK: Positions

    /// Fills the lists of positions; nil where the window is not made of plain rows.
    private func findTokens(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Found? {
      var startCount = 0
      var colonCount = 0
      var endCount = 0
      var labelCount = 0
      var labelEndCount = 0
      var rowCount = 0
      var wasBlank: UInt64 = 1
      var wasNewline: UInt64 = 1
      var labelCarry: UInt64 = 0
      var odd: UInt64 = 0
      var returns: UInt64 = 0
      var block = 0
      while block < count {
        let address = bytes + block
        let valid: UInt64 = count - block >= 64 ? ~0 : (1 << UInt64(count - block)) &- 1
        let newline = mask_of_equal(address, UInt8(ascii: "\n")) & valid
        let blank = mask_of_at_most(address, 0x20) | ~valid
        let colon = mask_of_equal(address, UInt8(ascii: ":")) & valid
        let carriageReturn = mask_of_equal(address, UInt8(ascii: "\r")) & valid
        let space = mask_of_equal(address, UInt8(ascii: " ")) | mask_of_equal(address, UInt8(ascii: "\t"))
        odd |= blank & valid & ~(space | newline | carriageReturn)
        returns |= carriageReturn

        let token = ~blank
        let afterBlank = blank << 1 | wasBlank
        wasBlank = blank >> 63
        let lineStart = (newline << 1 | wasNewline) & valid
        wasNewline = newline >> 63
        odd |= lineStart & blank
        let labelStart = lineStart & token
        // Adding its first bit to a run of ones carries to the bit behind the run.
        let (sum, overflow) = token.addingReportingOverflow(labelStart)
        let (carried, carryOverflow) = sum.addingReportingOverflow(labelCarry)
        labelCarry = overflow || carryOverflow ? 1 : 0
        let labelEnd: UInt64 = carried & blank
        let entryStart = token & afterBlank & ~labelStart
        let entryEnd = blank & ~afterBlank & ~labelEnd

        let base = UInt32(truncatingIfNeeded: block)
        Self.append(entryStart, base, starts, &startCount)
        Self.append(colon, base, colons, &colonCount)
        var rest = newline
        while rest != 0 {
          let upTo = rest ^ (rest &- 1)
          entriesUpTo[rowCount] = UInt32(truncatingIfNeeded: endCount &+ (entryEnd & upTo).nonzeroBitCount)
          rowCount &+= 1
          rest &= rest &- 1
        }
        Self.append(entryEnd, base, ends, &endCount)
        Self.appendFew(labelStart, base, labelStarts, &labelCount)
        Self.appendFew(labelEnd, base, labelEnds, &labelEndCount)
        guard colonCount < capacity - 72, startCount < capacity - 72 else { return nil }
        block &+= 64
      }
      guard odd == 0, startCount == colonCount, endCount == colonCount, labelCount == rowCount, labelEndCount == rowCount
      else { return nil }
      if returns != 0, !returnsEndLines(bytes, count) { return nil }
      return Found(entries: endCount, rows: rowCount)
    }

    /// Writes the positions of a mask's bits, in steps of eight of which the last may be garbage.
    @inline(__always)
    private static func append(_ mask: UInt64, _ base: UInt32, _ list: UnsafeMutablePointer<UInt32>, _ count: inout Int) {
      var rest = mask
      let bits = mask.nonzeroBitCount
      var place = list + count
      count &+= bits
      var left = bits
      repeat {
        for step in 0..<8 {
          place[step] = base &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
          rest &= rest &- 1
        }
        place += 8
        left &-= 8
      } while left > 0
    }

    /// The same for masks that mostly are empty.
    @inline(__always)
    private static func appendFew(
      _ mask: UInt64, _ base: UInt32, _ list: UnsafeMutablePointer<UInt32>, _ count: inout Int
    ) {
      var rest = mask
      while rest != 0 {
        list[count] = base &+ UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
        count &+= 1
        rest &= rest &- 1
      }
    }

    private func returnsEndLines(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
      for position in 0..<count where bytes[position] == UInt8(ascii: "\r") {
        if position + 1 < count, bytes[position + 1] != UInt8(ascii: "\n") { return false }
      }
      return true
    }

    // MARK: Numbers

    private func convertEntries(
      _ bytes: UnsafePointer<UInt8>, _ count: Int, _ columns: UnsafeMutablePointer<Int32>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      guard count > 0 else { return true }
      // The last eight are filled up with copies of the last one.
      for place in count..<(count + 8) {
        starts[place] = starts[count - 1]
        colons[place] = colons[count - 1]
        ends[place] = ends[count - 1]
      }
      return tables.controls.withUnsafeBufferPointer { controls in
        tables.divisors.withUnsafeBufferPointer { divisors in
          var entry = 0
          let whole = count & ~7
          while entry < whole {
            if !convertEight(bytes, entry, controls.baseAddress!, divisors.baseAddress!, columns + entry, values + entry),
              !convertOneByOne(bytes, entry, 8, columns, values)
            {
              return false
            }
            entry &+= 8
          }
          guard entry < count else { return true }
          return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8) { lastColumns in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 8) { lastValues in
              let isDone = convertEight(
                bytes, entry, controls.baseAddress!, divisors.baseAddress!, lastColumns.baseAddress!,
                lastValues.baseAddress!)
              guard isDone else { return convertOneByOne(bytes, entry, count - entry, columns, values) }
              for lane in 0..<(count - entry) {
                columns[entry + lane] = lastColumns[lane]
                values[entry + lane] = lastValues[lane]
              }
              return true
            }
          }
        }
      }
    }

    /// Converts eight entries from `entry` on; false where one of them is out of the ordinary.
    @inline(__always)
    private func convertEight(
      _ bytes: UnsafePointer<UInt8>, _ entry: Int, _ controls: UnsafePointer<UInt8>, _ divisors: UnsafePointer<Double>,
      _ columns: UnsafeMutablePointer<Int32>, _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      let starts = self.starts + entry
      let colons = self.colons + entry
      let ends = self.ends + entry
      var oddLengths: UInt32 = 0
      var strange = token_zero()

      @inline(__always) func index(_ lane: Int) -> UInt64 {
        let start = starts[lane]
        let length = colons[lane] &- start
        oddLengths |= (length &- 1) & ~7
        let word = UnsafeRawPointer(bytes + Int(start)).loadUnaligned(as: UInt64.self)
        return (word ^ 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
      }
      let lowIndices = token_from_words(token_make_words(index(0), index(1), index(4), index(5)))
      let highIndices = token_from_words(token_make_words(index(2), index(3), index(6), index(7)))
      strange = token_max(lowIndices, highIndices)
      token_store_integers(columns, token_less_one(token_integers_of(lowIndices, highIndices)))

      @inline(__always) func place(_ lane: Int) -> (start: UnsafePointer<UInt8>, length: UInt32, isNegative: UInt32) {
        let start = colons[lane] &+ 1
        let isNegative: UInt32 = bytes[Int(start)] == UInt8(ascii: "-") ? 1 : 0
        let length = ends[lane] &- start &- isNegative
        oddLengths |= (length &- 1) & ~15
        return (bytes + Int(start &+ isNegative), length & 31, isNegative)
      }
      @inline(__always) func pair(_ low: Int, _ high: Int) -> (digits: token_bytes, low: Double, high: Double) {
        let first = place(low)
        let second = place(high)
        let text = token_load_pair(first.start, second.start)
        let points = token_points(text)
        let firstPoint = (points & 0xFFFF | 1 &<< first.length).trailingZeroBitCount
        let secondPoint = (points >> 16 | 1 &<< second.length).trailingZeroBitCount
        let lowPoint = min(UInt32(truncatingIfNeeded: firstPoint), first.length)
        let highPoint = min(UInt32(truncatingIfNeeded: secondPoint), second.length)
        let control = token_load_pair(
          controls + Int((first.length &* 32 &+ lowPoint) &* 16), controls + Int((second.length &* 32 &+ highPoint) &* 16))
        return (
          token_shuffle(token_digits(text), control), divisors[Int(first.length &- lowPoint &+ first.isNegative &* 32)],
          divisors[Int(second.length &- highPoint &+ second.isNegative &* 32)]
        )
      }
      @inline(__always) func four(_ lane: Int) -> Bool {
        let outer = pair(lane, lane + 2)
        let inner = pair(lane + 1, lane + 3)
        strange = token_max(strange, token_max(outer.digits, inner.digits))
        let significands = token_significands(token_integers_of(outer.digits, inner.digits))
        let quotients = token_divide(significands, token_make_doubles(outer.low, inner.low, outer.high, inner.high))
        token_store_floats(values + lane, quotients)
        return token_is_unsettled(significands, quotients)
      }
      let isUnsettled = four(0)
      let isUnsettledToo = four(4)
      return !(isUnsettled || isUnsettledToo || oddLengths != 0 || token_has_strange(strange))
    }

    /// Converts a few entries with the careful scanner; false where one of them is wrong.
    private func convertOneByOne(
      _ bytes: UnsafePointer<UInt8>, _ first: Int, _ count: Int, _ columns: UnsafeMutablePointer<Int32>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      for entry in first..<(first + count) {
        let start = Int(starts[entry])
        let colon = Int(colons[entry])
        let end = Int(ends[entry])
        guard start < colon, colon - start <= 10, colon + 1 < end else { return false }
        var index = 0
        for position in start..<colon {
          let digit = bytes[position] &- UInt8(ascii: "0")
          guard digit < 10 else { return false }
          index = index * 10 + Int(digit)
        }
        let text = UnsafeBufferPointer(start: bytes + colon + 1, count: end - colon - 1)
        guard index <= LineScanner.largestIndex, let number = DecimalNumber(prefixOf: text),
          number.text.count == text.count
        else { return false }
        let value = number.float
        guard value.isFinite else { return false }
        columns[entry] = Int32(index - 1)
        values[entry] = value
      }
      return true
    }

    // MARK: Rows

    /// Whether indices ascend within rows and lie in the range that the index base allows; notes their range.
    private func indicesAscend(
      _ columns: UnsafeMutablePointer<Int32>, _ found: Found, _ rows: inout ChunkRows
    ) -> Bool {
      var descents: Int32 = 0
      var entry = 1
      while entry < found.entries {
        descents &+= columns[entry] <= columns[entry &- 1] ? 1 : 0
        entry &+= 1
      }
      var smallest = Int32.max
      var largest = Int32.min
      var start = 0
      for row in 0..<found.rows {
        let end = Int(entriesUpTo[row])
        if end > start {
          if start > 0, columns[start] <= columns[start - 1] { descents &-= 1 }
          smallest = min(smallest, columns[start])
          largest = max(largest, columns[end - 1])
        }
        start = end
      }
      guard descents == 0 else { return false }
      if indexBase == .one, smallest < 0 { return false }
      if indexBase == .zero, largest == Int32.max - 1 { return false }
      rows.smallestColumn = min(rows.smallestColumn, smallest)
      rows.largestColumn = max(rows.largestColumn, largest)
      return true
    }

    private func storeRows(
      _ bytes: UnsafePointer<UInt8>, _ found: Found, _ rows: inout ChunkRows, _ labels: inout LabelTable
    ) -> Bool {
      let base = rows.firstEntry + rows.entryCount
      for row in 0..<found.rows {
        guard let code = labelCode(bytes, Int(labelStarts[row]), Int(labelEnds[row]), rows.line + row, &labels) else {
          return false
        }
        rows.labelCodes[rows.rowCount + row] = code
        rows.rowEnds[rows.rowCount + row] = base &+ Int(entriesUpTo[row])
      }
      return true
    }

    @inline(__always)
    private func labelCode(
      _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ line: Int, _ labels: inout LabelTable
    ) -> Int32? {
      var position = start
      let sign = bytes[start]
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
      if end - position <= 3, position < end {
        var value = 0
        var isWhole = true
        while position < end {
          let digit = bytes[position] &- UInt8(ascii: "0")
          isWhole = isWhole && digit < 10
          value = value &* 10 &+ Int(digit)
          position &+= 1
        }
        if isWhole { return labels.code(small: sign == UInt8(ascii: "-") ? -value : value, line: line) }
      }
      let text = UnsafeBufferPointer(start: bytes + start, count: end - start)
      guard let number = DecimalNumber(prefixOf: text), number.text.count == text.count else { return nil }
      let label = number.double
      guard label.isFinite else { return nil }
      return labels.code(label == 0 ? 0 : label, line: line)
    }
  }
#endif
