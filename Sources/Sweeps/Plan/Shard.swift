/// One of several equal parts of a sweep: `I/N`, counted from 1.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
  public let index: Int
  public let count: Int

  public var description: String { "\(index)/\(count)" }

  /// The suffix that distinguishes the shard's journal files: `-2-of-4`.
  var suffix: String { "-\(index)-of-\(count)" }

  /// - Throws: `SpellingError` unless 1 <= index <= count.
  public init(index: Int, count: Int) throws {
    guard count >= 1, (1...count).contains(index), count <= 100_000 else {
      throw SpellingError("shard \(index)/\(count): expected I/N with I from 1 to N, as in 2/4")
    }
    self.index = index
    self.count = count
  }

  /// Parses `I/N`.
  public init(parsing text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else {
      throw SpellingError("shard '\(text)': expected I/N with I from 1 to N, as in 2/4")
    }
    try self.init(index: index, count: count)
  }

  /// Distributes work so that the shards cost nearly the same: the most expensive first, each to the shard with the least so
  /// far (Graham's longest-processing-time rule: the costliest shard is within 4/3 of the optimum).
  ///
  /// - Returns: For each cost, its shard, from 1. Depends only on the costs; equal costs keep their order.
  /// - Complexity: O(n log n + n count).
  static func assignments(of costs: [Double], count: Int) -> [Int] {
    var loads = [Double](repeating: 0, count: count)
    var shards = [Int](repeating: 1, count: costs.count)
    let order = costs.indices.sorted { (-costs[$0], $0) < (-costs[$1], $1) }
    for i in order {
      var least = 0
      for shard in loads.indices where loads[shard] < loads[least] { least = shard }
      loads[least] += costs[i]
      shards[i] = least + 1
    }
    return shards
  }
}

/// An invalid spelling of a shard.
public struct SpellingError: Error, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
