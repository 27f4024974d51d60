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
    // Of each entry three positions: where its index begins, its colon, and where its value ends.
    private var positions = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    // Of each row: its newline, and how many entries of the window there are up to it.
    private var newlines = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)
    private var entriesUpTo = UnsafeMutablePointer<UInt32>.allocate(capacity: 0)

    init(indexBase: IndexBase?) {
      self.indexBase = indexBase
    }

    deinit { deallocate() }

    private func deallocate() {
      for list in [positions, newlines, entriesUpTo] { list.deallocate() }
    }

    /// Makes room for what a window of some bytes can have: no byte has more than one position, and those of 64 bytes are
    /// written 64 at a time.
    private func reserve(_ byteCount: Int) {
      let needed = byteCount + 160
      guard needed > capacity else { return }
      deallocate()
      capacity = needed
      positions = .allocate(capacity: needed)
      newlines = .allocate(capacity: needed)
      entriesUpTo = .allocate(capacity: needed)
    }

    /// Appends the rows of a window.
    ///
    /// - Parameters:
    ///   - text: Whole lines; 80 more bytes behind them can be read.
    ///   - readableBefore: Bytes before them that can be read.
    ///   - rows: Has room for as many entries as the window has colons.
    /// - Returns: Whether it did; if not, `rows` is as before.
    func parse(
      _ text: UnsafeBufferPointer<UInt8>, readableBefore: Int, into rows: inout ChunkRows, labels: inout LabelTable
    ) -> Bool {
      guard let bytes = text.baseAddress, !text.isEmpty, text.count <= Self.longestWindow,
        bytes[text.count - 1] == UInt8(ascii: "\n")
      else {
        return false
      }
      reserve(text.count)
      guard let found = findTokens(bytes, text.count) else { return false }
      let columns = rows.columns + rows.entryCount
      let values = rows.values + rows.entryCount
      guard convertEntries(bytes, found.entries, readableBefore, columns, values),
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
    ///
    /// The start, the colon and the end of each entry make one list. Whether they come in this order is not looked at here:
    /// where they do not, what stands between two of them is no number.
    private func findTokens(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Found? {
      var positionCount = 0
      var colonCount = 0
      var rowCount = 0
      var wasBlank: UInt64 = 1
      var wasNewline: UInt64 = 1
      var wasCarriageReturn: UInt64 = 0
      var labelCarry: UInt64 = 0
      var strange: UInt64 = 0
      var block = 0
      while block < count {
        let address = bytes + block
        let valid: UInt64 = count - block >= 64 ? ~0 : (1 << UInt64(count - block)) &- 1
        let newline = mask_of_equal(address, UInt8(ascii: "\n")) & valid
        let blank = mask_of_blanks(address) | ~valid
        let colon = mask_of_equal(address, UInt8(ascii: ":")) & valid
        let carriageReturn = mask_of_equal(address, UInt8(ascii: "\r")) & valid

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
        let labelEnd = carried & blank
        // An entry begins where a token does, and ends where one does, unless that is a label.
        let edge = (blank ^ afterBlank) & ~(labelStart | labelEnd)
        let position = edge & valid | colon
        // A line begins with a label; a carriage return is a blank where a newline follows.
        strange |= lineStart & blank | (carriageReturn << 1 | wasCarriageReturn) & ~newline
        wasCarriageReturn = carriageReturn >> 63

        mask_store_positions(position, UInt32(truncatingIfNeeded: block), positions + positionCount)
        // Most blocks have one newline or none: written in any case, and counted where there is one.
        var rest = newline
        repeat {
          let upTo = rest ^ (rest &- 1)
          newlines[rowCount] = UInt32(truncatingIfNeeded: block &+ rest.trailingZeroBitCount)
          entriesUpTo[rowCount] = UInt32(truncatingIfNeeded: positionCount &+ (position & upTo).nonzeroBitCount) / 3
          rowCount &+= rest == 0 ? 0 : 1
          rest &= rest &- 1
        } while rest != 0
        positionCount &+= position.nonzeroBitCount
        colonCount &+= colon.nonzeroBitCount
        block &+= 64
      }
      guard strange == 0, positionCount == 3 * colonCount else { return nil }
      return Found(entries: colonCount, rows: rowCount)
    }

    // MARK: Numbers

    private func convertEntries(
      _ bytes: UnsafePointer<UInt8>, _ count: Int, _ readableBefore: Int, _ columns: UnsafeMutablePointer<Int32>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      guard count > 0 else { return true }
      // The last eight are filled up with copies of the last one.
      for place in (3 * count)..<(3 * count + 24) { positions[place] = positions[place - 3] }
      return Self.powersOfTen.withUnsafeBufferPointer { powers in
        guard let powers = powers.baseAddress else { return false }
        var entry = 0
        // Words are read that end where an entry does.
        if readableBefore + Int(positions[2]) < 8 {
          entry = min(8, count)
          guard convertOneByOne(bytes, 0, entry, columns, values) else { return false }
        }
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

    /// Eight entries side by side, each value with the minus sign passed over.
    private struct EightEntries {
      /// The digits of indices at the upper end of words, zeros below.
      let index: token_words
      /// Not 0 where an index has not 1 to 8 characters.
      let oddIndices: token_positions
      /// Characters of values, with the minus sign and without.
      let wholeLength: token_positions
      let length: token_positions
      /// The first characters of values less "0", three at least.
      let head: token_positions
      /// All bits set where there is a minus sign.
      let isNegative: token_positions

      @inline(__always)
      init(_ bytes: UnsafePointer<UInt8>, _ places: UnsafePointer<UInt32>) {
        let one = positions_splat(1)
        let colon = positions_load_second_of_three(places)
        let indexLength = positions_subtract(colon, positions_load_first_of_three(places))
        oddIndices = positions_and(positions_subtract(indexLength, one), positions_splat(~7))
        let characters = words_xor(words_gather_every_third(bytes, places), words_splat(0x3030_3030_3030_3030))
        let unused = positions_subtract(positions_splat(64), positions_times_eight(indexLength))
        index = words_shift_up(characters, words_from_positions(unused))

        let head = positions_gather_every_third(bytes + 1, places + 1)
        let minus = positions_splat(UInt32(UInt8(ascii: "-")))
        isNegative = positions_equal(positions_and(head, positions_splat(0xFF)), minus)
        wholeLength = positions_subtract(positions_subtract(positions_load_third_of_three(places), colon), one)
        length = positions_add(wholeLength, isNegative)
        self.head = positions_shift_down(
          positions_xor(head, positions_splat(0x3030_3030)), positions_and(isNegative, positions_splat(8)))
      }

      var signs: token_positions { @inline(__always) get { positions_and(isNegative, positions_splat(1 << 31)) } }
    }

    /// Converts eight entries from `entry` on; false where one of them is out of the ordinary: an index of more than 8
    /// digits, a value of more than 16 characters, any character that is not a digit, a point or a minus sign in its place, or
    /// a value that one division does not round for certain.
    @inline(__always)
    private func convertEight(
      _ bytes: UnsafePointer<UInt8>, _ entry: Int, _ powersOfTen: UnsafePointer<Double>,
      _ columns: UnsafeMutablePointer<Int32>, _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      let places = positions + 3 * entry
      let eight = EightEntries(bytes, places)
      positions_store(columns, positions_subtract(words_value_of_digits(eight.index), positions_splat(1)))
      return convertIntegers(eight, values) || convertOneDigitValues(eight, bytes, places, values)
        || convertAnyValues(bytes, places, powersOfTen, values)
    }

    /// Converts eight values if all are integers of at most four characters.
    @inline(__always)
    private func convertIntegers(_ eight: EightEntries, _ values: UnsafeMutablePointer<Float>) -> Bool {
      let one = positions_splat(1)
      let oddLengths = positions_and(
        positions_or(positions_subtract(eight.wholeLength, one), positions_subtract(eight.length, one)), positions_splat(~3))
      guard positions_are_zero(positions_or(eight.oddIndices, oddLengths)) else { return false }
      let unused = positions_subtract(positions_splat(32), positions_times_eight(eight.length))
      let digits = positions_shift_up(eight.head, unused)
      guard !bytes_have_above(eight.index, digits, 9) else { return false }
      positions_store_as_floats(values, positions_value_of_digits(digits), eight.signs)
      return true
    }

    /// Converts eight values if all have one digit, or one, a point and at most eight digits behind it.
    @inline(__always)
    private func convertOneDigitValues(
      _ eight: EightEntries, _ bytes: UnsafePointer<UInt8>, _ places: UnsafePointer<UInt32>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      let one = positions_splat(1)
      let oddLengths = positions_and(
        positions_or(positions_subtract(eight.length, one), positions_subtract(positions_splat(10), eight.length)),
        positions_splat(~15))
      let point = UInt32(UInt8(ascii: ".") ^ UInt8(ascii: "0")) << 8
      let isNoPoint = positions_without(
        positions_and(positions_above(eight.length, one), positions_splat(0xFF00)),
        positions_equal_bytes(eight.head, positions_splat(point)))
      guard positions_are_zero(positions_or(positions_or(eight.oddIndices, oddLengths), isNoPoint)) else { return false }
      let first = positions_and(eight.head, positions_splat(0xFF))
      let fractionLength = positions_max(positions_subtract(eight.length, positions_splat(2)), positions_splat(0))
      let unused = words_from_positions(positions_subtract(positions_splat(64), positions_times_eight(fractionLength)))
      let fraction = words_and(
        words_xor(words_gather_every_third(bytes - 8, places + 2), words_splat(0x3030_3030_3030_3030)),
        words_shift_up(words_splat(~0), unused))
      // Without a point the fraction is 0, whatever it is divided by.
      let scale = doubles_power_of_ten(positions_subtract(positions_max(fractionLength, one), one))
      let quotients = doubles_divide(doubles_of_parts(first, scale, words_value_of_digits(fraction)), scale)
      guard !bytes_have_above(words_max_of_bytes(eight.index, fraction), first, 9), !doubles_are_unsettled(quotients) else {
        return false
      }
      doubles_store_as_floats(values, quotients, eight.signs)
      return true
    }

    /// Converts eight values of at most 16 characters, or 15 behind a minus sign, in decimal notation.
    @inline(never)
    private func convertAnyValues(
      _ bytes: UnsafePointer<UInt8>, _ places: UnsafePointer<UInt32>, _ powersOfTen: UnsafePointer<Double>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      let one = positions_splat(1)
      let zeros = words_splat(0x3030_3030_3030_3030)
      let eight = EightEntries(bytes, places)
      let (index, length) = (eight.index, eight.length)
      let end = positions_load_third_of_three(places)
      let oddLengths = positions_and(
        positions_or(positions_subtract(length, one), positions_subtract(eight.wholeLength, one)), positions_splat(~15))
      guard positions_are_zero(positions_or(eight.oddIndices, oddLengths)) else { return false }
      let bits = words_from_positions(positions_times_eight(length))
      let headDigits = words_shift_down(
        words_xor(words_gather_every_third(bytes + 1, places + 1), zeros),
        words_from_positions(positions_and(eight.isNegative, positions_splat(8))))

      // Integers of at most 8 characters.
      if positions_are_zero(positions_and(positions_subtract(eight.wholeLength, one), positions_splat(~7))) {
        let digits = words_shift_up(headDigits, words_subtract(words_splat(64), bits))
        if !bytes_have_above(words_max_of_bytes(index, digits), positions_splat(0), 9) {
          positions_store_as_floats(values, words_value_of_digits(digits), eight.signs)
          return true
        }
      }

      // The last 8 characters in `low`, what comes before them in `high`; zeros where there is none.
      let tail = words_gather(
        bytes, positions_max(positions_subtract(end, positions_splat(8)), positions_subtract(end, length)))
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
      let digitsAfterPoint = words_to_positions(
        words_sum_of_bytes(words_add(words_and(afterInLow, ones), words_and(afterInHigh, ones))))

      let significands = doubles_of_parts(words_value_of_digits(high), doubles_splat(1e8), words_value_of_digits(low))
      let quotients = doubles_divide(significands, doubles_look_up(powersOfTen, digitsAfterPoint))
      doubles_store_as_floats(values, quotients, eight.signs)
      // A point alone is no number.
      let isPoint = positions_and(words_to_positions(hasPoint), positions_equal(length, one))
      let characters = words_max_of_bytes(index, words_max_of_bytes(low, high))
      return !bytes_have_above(characters, isPoint, 9) && !doubles_reach(significands, 0x1p53)
        && !doubles_are_unsettled(quotients)
    }

    /// Converts a few entries with the careful scanner; false where one of them is wrong.
    private func convertOneByOne(
      _ bytes: UnsafePointer<UInt8>, _ first: Int, _ count: Int, _ columns: UnsafeMutablePointer<Int32>,
      _ values: UnsafeMutablePointer<Float>
    ) -> Bool {
      for entry in first..<(first + count) {
        let start = Int(positions[3 * entry])
        let colon = Int(positions[3 * entry + 1])
        let end = Int(positions[3 * entry + 2])
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
      var start = 0
      for row in 0..<found.rows {
        guard let code = labelCode(bytes, start, rows.line + row, &labels) else { return false }
        rows.labelCodes[rows.rowCount + row] = code
        rows.rowEnds[rows.rowCount + row] = base &+ Int(entriesUpTo[row])
        start = Int(newlines[row]) + 1
      }
      return true
    }

    /// The code of the label that begins at `start` and ends at a blank.
    @inline(__always)
    private func labelCode(
      _ bytes: UnsafePointer<UInt8>, _ start: Int, _ line: Int, _ labels: inout LabelTable
    ) -> Int32? {
      let sign = bytes[start]
      let isNegative = sign == UInt8(ascii: "-")
      let signLength = isNegative || sign == UInt8(ascii: "+") ? 1 : 0
      let digits = word_at(bytes + start + signLength) ^ 0x3030_3030_3030_3030
      // Bit 7 of each character that is not a digit.
      let others = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
      let length = others.trailingZeroBitCount >> 3
      if length >= 1, length <= 3, isBlank(bytes[start + signLength + length]) {
        let last = digits << UInt64(64 - 8 * length)
        let value = Int(last >> 40 & 0xFF) &* 100 &+ Int(last >> 48 & 0xFF) &* 10 &+ Int(last >> 56)
        return labels.code(small: isNegative ? -value : value, line: line)
      }
      var end = start
      while !isBlank(bytes[end]) { end += 1 }
      let text = UnsafeBufferPointer(start: bytes + start, count: end - start)
      guard let number = DecimalNumber(prefixOf: text), number.text.count == text.count else { return nil }
      let label = number.double
      guard label.isFinite else { return nil }
      return labels.code(label == 0 ? 0 : label, line: line)
    }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
  }
#endif
