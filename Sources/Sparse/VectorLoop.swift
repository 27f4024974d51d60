#if arch(x86_64)
  import SIMDShims

  /// The fast way from text to rows: 64 bytes at a time into masks of colons and blanks, masks into positions, and eight
  /// entries at a time into numbers.
  ///
  /// It takes a window of whole lines or refuses it; what it refuses, the byte loop takes. It refuses whatever it does not
  /// know to be right: lines that are not rows, comments, `qid`, control characters, and every error.
  final class VectorLoop {
    /// Longer lines are left to the byte loop, so that the lists of positions stay small.
    private static let longestWindow = 1 << 18

    private let indexBase: IndexBase?
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
    }

    deinit { deallocate() }

    private func deallocate() {
      for list in [starts, colons, ends, labelStarts, labelEnds, entriesUpTo] { list.deallocate() }
    }

    /// Makes room for the positions in a window of some bytes: an entry or a row takes two at least, and positions are
    /// written up to sixteen at a time.
    private func reserve(_ byteCount: Int) {
      let needed = byteCount / 2 + 160
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
      guard let bytes = text.baseAddress, !text.isEmpty, text.count <= Self.longestWindow,
        bytes[text.count - 1] == UInt8(ascii: "\n")
      else {
        return false
      }
      reserve(text.count)
      guard let found = findTokens(bytes, text.count) else { return false }
      let columns = rows.columns + rows.entryCount
      let values = rows.values + rows.entryCount
      guard convertEntries(bytes, found.entries, columns, values),
        let range = rangeOfAscending(columns, found),
        storeRows(bytes, found, &rows, &labels)
      else { return false }
      rows.smallestColumn = min(rows.smallestColumn, range.smallest)
      rows.largestColumn = max(rows.largestColumn, range.largest)
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
      var block = 0
      while block < count {
        let address = bytes + block
        let valid: UInt64 = count - block >= 64 ? ~0 : (1 << UInt64(count - block)) &- 1
        let newline = mask_of_equal(address, UInt8(ascii: "\n")) & valid
        let blank = mask_of_at_most(address, 0x20) | ~valid
        let colon = mask_of_equal(address, UInt8(ascii: ":")) & valid
        let space = mask_of_equal(address, UInt8(ascii: " ")) | mask_of_equal(address, UInt8(ascii: "\t"))
        var odd = blank & valid & ~(space | newline)
        if odd != 0 {
          // A carriage return is a blank where a newline follows.
          odd &= ~(mask_of_equal(address, UInt8(ascii: "\r")) & mask_of_equal(address + 1, UInt8(ascii: "\n")))
        }

        let token = ~blank
        let afterBlank = blank << 1 | wasBlank
        wasBlank = blank >> 63
        let lineStart = (newline << 1 | wasNewline) & valid
        wasNewline = newline >> 63
        let labelStart = lineStart & token
        // Adding its first bit to a run of ones carries to the bit behind the run.
        let (sum, overflow) = token.addingReportingOverflow(labelStart)
        let (carried, carryOverflow) = sum.addingReportingOverflow(labelCarry)
        labelCarry = overflow || carryOverflow ? 1 : 0
        let labelEnd: UInt64 = carried & blank
        let entryStart = token & afterBlank & ~labelStart
        let entryEnd = blank & ~afterBlank & ~labelEnd
        // Refused at once, so that the lists never hold more positions than rows and entries have bytes.
        guard odd | lineStart & blank == 0, colonCount < capacity - 80 else { return nil }

        let base = UInt32(truncatingIfNeeded: block)
        mask_store_positions(entryStart, base, starts + startCount)
        mask_store_positions(colon, base, colons + colonCount)
        mask_store_positions(entryEnd, base, ends + endCount)
        if newline | labelStart | labelEnd != 0 {
          mask_store_positions(labelStart, base, labelStarts + labelCount)
          mask_store_positions(labelEnd, base, labelEnds + labelEndCount)
          labelCount &+= labelStart.nonzeroBitCount
          labelEndCount &+= labelEnd.nonzeroBitCount
          var rest = newline
          while rest != 0 {
            let upTo = rest ^ (rest &- 1)
            entriesUpTo[rowCount] = UInt32(truncatingIfNeeded: endCount &+ (entryEnd & upTo).nonzeroBitCount)
            rowCount &+= 1
            rest &= rest &- 1
          }
        }
        startCount &+= entryStart.nonzeroBitCount
        colonCount &+= colon.nonzeroBitCount
        endCount &+= entryEnd.nonzeroBitCount
        block &+= 64
      }
      guard startCount == colonCount, endCount == colonCount, labelCount == rowCount, labelEndCount == rowCount else {
        return nil
      }
      return Found(entries: endCount, rows: rowCount)
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
      return Self.powersOfTen.withUnsafeBufferPointer { powers in
        guard let powers = powers.baseAddress else { return false }
        var entry = 0
        let whole = count & ~7
        while entry < whole {
          if !convertEight(bytes, entry, powers, columns + entry, values + entry),
            !convertOneByOne(bytes, entry, 8, columns, values)
          {
            return false
          }
          entry &+= 8
        }
        guard entry < count else { return true }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 8) { lastColumns in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: 8) { lastValues in
            guard let someColumns = lastColumns.baseAddress, let someValues = lastValues.baseAddress,
              convertEight(bytes, entry, powers, someColumns, someValues)
            else { return convertOneByOne(bytes, entry, count - entry, columns, values) }
            for lane in 0..<(count - entry) {
              columns[entry + lane] = lastColumns[lane]
              values[entry + lane] = lastValues[lane]
            }
            return true
          }
        }
      }
    }

    private static let powersOfTen: [Double] = [
      1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// Converts eight entries from `entry` on; false where one of them is out of the ordinary: an index of more than 8
    /// digits, a value of more than 16 characters, any character that is not a digit, a point or a minus sign in its place, or
    /// a value that one division does not round for certain.
    @inline(__always)
    private func convertEight(
      _ bytes: UnsafePointer<UInt8>, _ entry: Int, _ powersOfTen: UnsafePointer<Double>,
      _ columns: UnsafeMutablePointer<Int32>, _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      let start = positions_load(starts + entry)
      let colon = positions_load(colons + entry)
      let end = positions_load(ends + entry)
      let one = positions_splat(1)
      let zeros = words_splat(0x3030_3030_3030_3030)

      // The digits of an index at the upper end of a word, zeros below.
      let indexLength = positions_subtract(colon, start)
      var oddLengths = positions_and(positions_subtract(indexLength, one), positions_splat(~7))
      let unusedBits = words_subtract(words_splat(64), words_from_positions(positions_times_eight(indexLength)))
      let index = words_shift_up(words_xor(words_gather(bytes, start), zeros), unusedBits)
      words_store_less_one(columns, words_value_of_digits(index))

      // A minus sign is passed over; what follows it must be 1 to 15 characters, and 1 to 16 where there is none.
      let head = words_gather(bytes + 1, colon)
      let isNegative = words_is_low_byte(head, UInt8(ascii: "-"))
      let signLength = words_to_positions(isNegative)
      let wholeLength = positions_subtract(positions_subtract(end, colon), one)
      let length = positions_subtract(wholeLength, signLength)
      oddLengths = positions_or(oddLengths, positions_and(positions_subtract(length, one), positions_splat(~15)))
      oddLengths = positions_or(oddLengths, positions_and(positions_subtract(wholeLength, one), positions_splat(~15)))
      guard positions_are_zero(oddLengths) else { return false }
      let bits = words_from_positions(positions_times_eight(length))
      let headDigits = words_shift_down(words_xor(head, zeros), words_times_eight(isNegative))
      let signs = words_as_sign_bits(isNegative)

      // Integers of at most 8 characters.
      if positions_are_zero(positions_and(positions_subtract(wholeLength, one), positions_splat(8))) {
        let digits = words_shift_up(headDigits, words_subtract(words_splat(64), bits))
        if !words_have_byte_above(words_max_of_bytes(index, digits), 9) {
          let integers = doubles_of_digits(words_splat(0), words_value_of_digits(digits))
          doubles_store_as_floats(values, doubles_flip_signs(integers, signs))
          return true
        }
      }

      // The last 8 characters in `low`, what comes before them in `high`; zeros where there is none.
      let digitsStart = positions_add(positions_add(colon, one), signLength)
      let tail = words_gather(bytes, positions_max(positions_subtract(end, positions_splat(8)), digitsStart))
      var low = words_shift_up(words_xor(tail, zeros), words_subtract_to_zero(words_splat(64), bits))
      var high = words_shift_up(headDigits, words_subtract_to_zero(words_splat(128), bits))

      // The point is taken out: what stands before it moves up by one byte. Any second point stays, and is found to be strange.
      let point = UInt8(ascii: ".") ^ UInt8(ascii: "0")
      let lowPoints = words_equal_bytes(low, point)
      let isLow = words_not_zero(lowPoints)
      let highPoints = words_without(words_equal_bytes(high, point), isLow)
      let hasPoint = words_not_zero(words_or(lowPoints, highPoints))
      let lowBit = words_lowest_bit(lowPoints)
      let highBit = words_lowest_bit(highPoints)
      let beforeInLow = words_and(words_subtract(lowBit, words_splat(1)), isLow)
      let beforeInHigh = words_and(words_subtract(highBit, words_splat(1)), hasPoint)
      let afterInLow = words_not(words_or(beforeInLow, words_subtract(words_up_one_byte(lowBit), lowBit)))
      let afterInHigh = words_not(words_or(beforeInHigh, words_subtract(words_up_one_byte(highBit), highBit)))
      low = words_or(
        words_or(words_and(low, afterInLow), words_up_one_byte(words_and(low, beforeInLow))),
        words_and(words_top_byte(high), isLow))
      high = words_or(words_and(high, afterInHigh), words_up_one_byte(words_and(high, beforeInHigh)))
      // Digits after the point; 16 where there is no point.
      let ones = words_splat(0x0101_0101_0101_0101)
      let places = words_sum_of_bytes(words_add(words_and(afterInLow, ones), words_and(afterInHigh, ones)))

      let significands = doubles_of_digits(words_value_of_digits(high), words_value_of_digits(low))
      let quotients = doubles_divide(significands, doubles_look_up(powersOfTen, places))
      doubles_store_as_floats(values, doubles_flip_signs(quotients, signs))
      // A point alone is no number.
      let isOneCharacter = words_not(words_not_zero(words_xor(bits, words_splat(8))))
      let characters = words_max_of_bytes(
        words_max_of_bytes(index, words_and(hasPoint, isOneCharacter)), words_max_of_bytes(low, high))
      return !words_have_byte_above(characters, 9) && !doubles_are_unsettled(significands, quotients)
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

    /// The range of the columns; nil where they do not ascend within rows, or are not all in the range that the index base allows.
    private func rangeOfAscending(
      _ columns: UnsafeMutablePointer<Int32>, _ found: Found
    ) -> (smallest: Int32, largest: Int32)? {
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
      guard descents == 0 else { return nil }
      if indexBase == .one, smallest < 0 { return nil }
      if indexBase == .zero, largest == Int32.max - 1 { return nil }
      return (smallest, largest)
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
