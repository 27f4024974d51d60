/// The median over a window of `width` values centred on each value. Before the start, the first value is repeated; after the
/// end, the sequence is reflected without repeating the edge value, as often as needed.
///
/// Bitwise equal to SciPy's
/// `median_filter(np.pad(g, (0, 2*width), mode="reflect"), size=width, mode="nearest")[:len(g)]`.
///
///     runningMedian([1, 9, 2, 8, 3], width: 3)  // [1, 2, 8, 3, 8]
///
/// Algorithm: every value gets a unique rank, and a set of ranks holds the window; as the window advances by one value, the
/// median moves by at most one element of the set.
///
/// - Parameters:
///   - values: in the order of the steps.
///   - width: odd, at least 1.
/// - Precondition: no value is NaN.
/// - Complexity: O(n log n) for any width: one sort, then O(log n) per step with base 64.
public func runningMedian(_ values: [Double], width: Int) -> [Double] {
  precondition(width > 0 && width % 2 == 1, "a window of \(width) values; expected an odd number")
  guard width > 1, values.count > 1 else { return values }
  let half = width / 2
  let padded = reflectedPadding(values, before: half, after: half)
  // The order of equal values does not matter, as long as their ranks differ.
  let order = padded.enumerated().map { (value: $1, index: $0) }.sorted { $0.value < $1.value }
  var ranks = [Int](repeating: 0, count: padded.count)
  for (rank, entry) in order.enumerated() { ranks[entry.index] = rank }

  var window = OrderedBitSet(count: padded.count)
  for rank in ranks[..<width] { window.insert(rank) }
  var median = ranks[..<width].sorted()[half]
  var medians = [order[median].value]
  medians.reserveCapacity(values.count)
  for start in 1..<values.count {
    let leaving = ranks[start - 1]
    let entering = ranks[start + width - 1]
    window.insert(entering)
    // With an even number of elements, the median is the lower of the middle two until one of them leaves.
    if entering < median {
      if leaving >= median { median = window.next(below: median) }
    } else if leaving <= median {
      median = window.next(above: median)
    }
    window.remove(leaving)
    medians.append(order[median].value)
  }
  return medians
}

/// `before` copies of the first value, the values, and `after` values of their reflection.
private func reflectedPadding(_ values: [Double], before: Int, after: Int) -> [Double] {
  let period = 2 * (values.count - 1)
  let reflected = (values.count..<values.count + after).map { index in
    let phase = index % period
    return values[phase < values.count ? phase : period - phase]
  }
  return [Double](repeating: values[0], count: before) + values + reflected
}

/// A set of integers 0 ..< count with fast neighbour search: a bit set and, above every 64 words, a word that marks the
/// non-empty ones, up to a single word.
private struct OrderedBitSet {
  private var levels: [[UInt64]] = []

  init(count: Int) {
    var words = count
    repeat {
      words = (words + 63) / 64
      levels.append([UInt64](repeating: 0, count: words))
    } while words > 1
  }

  mutating func insert(_ element: Int) {
    var index = element
    for level in levels.indices {
      let wasEmpty = levels[level][index >> 6] == 0
      levels[level][index >> 6] |= 1 << UInt64(index & 63)
      if !wasEmpty { return }
      index >>= 6
    }
  }

  mutating func remove(_ element: Int) {
    var index = element
    for level in levels.indices {
      levels[level][index >> 6] &= ~(1 << UInt64(index & 63))
      if levels[level][index >> 6] != 0 { return }
      index >>= 6
    }
  }

  /// The smallest element above `element`, which must exist.
  func next(above element: Int) -> Int {
    var index = element
    var level = 0
    while true {
      let rest = levels[level][index >> 6] & (~0 << UInt64(index & 63)) & ~(1 << UInt64(index & 63))
      if rest != 0 {
        index = index & ~63 | rest.trailingZeroBitCount
        break
      }
      index >>= 6
      level += 1
    }
    while level > 0 {
      level -= 1
      index = index << 6 | levels[level][index].trailingZeroBitCount
    }
    return index
  }

  /// The largest element below `element`, which must exist.
  func next(below element: Int) -> Int {
    var index = element
    var level = 0
    while true {
      let rest = levels[level][index >> 6] & ((1 << UInt64(index & 63)) - 1)
      if rest != 0 {
        index = index & ~63 | (63 - rest.leadingZeroBitCount)
        break
      }
      index >>= 6
      level += 1
    }
    while level > 0 {
      level -= 1
      index = index << 6 | (63 - levels[level][index].leadingZeroBitCount)
    }
    return index
  }
}
