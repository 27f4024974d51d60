import Foundation
import Sparse

/// Synthetic problems with the shape of well-known datasets, for benchmarks without the files.
///
/// Labels are uniform; rows scatter around the centre of their class, so that training behaves as on real data.
public enum MadeUpProblem: String, Sendable, CaseIterable {
  case iris, vowel, pendigits, letter, a9a, news20, aloi

  /// Rows, features, classes, and nonzeros per row. aloi has a tenth of its 108,000 rows, which does not affect the
  /// measurements.
  var shape: (rows: Int, features: Int, classes: Int, nonzeros: Int) {
    switch self {
    case .iris: (150, 4, 3, 4)
    case .vowel: (528, 10, 11, 10)
    case .pendigits: (7494, 16, 10, 16)
    case .letter: (15000, 16, 26, 16)
    case .a9a: (32561, 123, 2, 14)
    case .news20: (15935, 62061, 20, 80)
    case .aloi: (10800, 128, 1000, 128)
    }
  }

  /// - Complexity: O(rows x nonzeros of a row).
  public func problem() -> Problem {
    var random = SplitMix64(seed: SplitMix64.mix(1))
    let (rows, features, classes, nonzeros) = shape
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    var labels: [Int32] = []
    for _ in 0..<rows {
      let label = random.below(classes)
      labels.append(Int32(label))
      let row =
        nonzeros == features
        ? denseRow(label, features, &random) : sparseRow(label, features: features, nonzeros: nonzeros, &random)
      for (column, value) in row {
        columns.append(Int32(column))
        values.append(value)
      }
      offsets.append(values.count)
    }
    return Problem(
      name: "\(rawValue)-shaped",
      training: LabelledSparseData(
        matrix: SparseMatrix(rowOffsets: offsets, columns: columns, values: values, columnCount: features),
        classes: labels, classLabels: (0..<classes).map(Double.init)))
  }

  private func denseRow(_ label: Int, _ features: Int, _ random: inout SplitMix64) -> [(Int, Float)] {
    (0..<features).map { feature in
      var centre = SplitMix64(seed: SplitMix64.mix(UInt64(label * features + feature)))
      return (feature, max(-1, min(1, 0.7 * (2 * centre.uniform() - 1) + 0.8 * (random.uniform() - 0.5))))
    }
  }

  /// Distinct features in ascending order. a9a has one feature of each group; news20 has the original's word frequencies, and a
  /// third of its words depend on the class.
  private func sparseRow(_ label: Int, features: Int, nonzeros: Int, _ random: inout SplitMix64) -> [(Int, Float)] {
    if self == .a9a {
      return (0..<nonzeros).map { group in
        let start = group * features / nonzeros
        let width = (group + 1) * features / nonzeros - start
        let u = random.uniform()
        return (start + min(width - 1, Int(u * u * Float(width)) + (label == 1 && random.below(4) == 0 ? 1 : 0)), 1)
      }
    }
    var chosen: Set<Int> = []
    while chosen.count < nonzeros {
      var rank = Self.wordRank(Double(random.uniform()))
      if random.below(3) == 0 { rank = rank / 20 * 20 + label }
      // Scatters frequent words over the features; 48,271 is prime.
      chosen.insert(rank * 48_271 % features)
    }
    return chosen.sorted().map { ($0, 0.05 + 0.3 * random.uniform()) }
  }

  /// Cumulative share of all nonzeros in the most frequent features of LIBSVM's news20, which determines cache behaviour.
  private static let wordShares: [(share: Double, rank: Double)] = [
    (0, 1), (0.120, 100), (0.403, 1000), (0.613, 3000), (0.826, 10_000), (0.914, 20_000), (0.976, 40_000), (1, 60_346),
  ]

  /// The rank of a word, from 0: the inverse of `wordShares`, interpolated logarithmically.
  private static func wordRank(_ share: Double) -> Int {
    let next = wordShares.firstIndex { $0.share > share } ?? wordShares.count - 1
    let (low, high) = (wordShares[next - 1], wordShares[next])
    let position = (share - low.share) / (high.share - low.share)
    return Int(low.rank * pow(high.rank / low.rank, position)) - 1
  }
}
