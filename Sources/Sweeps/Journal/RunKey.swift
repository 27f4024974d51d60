import Training

/// What identifies a run: 128 bits of SHA-256, as 32 hexadecimal digits, over everything that determines its result.
///
/// A run in the journal is reused exactly if its key matches; after any change here, old lines are kept but no longer used.
/// Names of datasets, the limits of the grid, the other schedules and the number of seeds are not part of the key.
struct RunKey {
  /// Incremented whenever a change of code alters the bits of a result.
  static let engineVersion = 1

  private let common: String

  /// - Parameter configuration: one condition's.
  init(problem: ProblemSummary, optimizer: Optimizer, configuration: SweepConfiguration) {
    common = """
      run, engine \(RunKey.engineVersion)
      data \(RunKey.identity(of: problem))
      optimizer \(optimizer.fullSpelling)
      epochs \(configuration.epochs)
      batch size \(configuration.batchSize)
      drop last \(!configuration.keepsLastBatch)

      """ + RunKey.line(l2: configuration.l2)
  }

  /// - Parameters:
  ///   - schedule: its spelling, without the paths of files.
  ///   - factors: digest of the schedule's factors; nil only in journals from before every key had it, for schedules that are
  ///     fully determined by their spelling.
  func key(schedule: String, factors: String?, learningRate: Double, seed: UInt64) -> String {
    let text =
      common + "schedule \(schedule)\nfactors \(factors ?? "-")\nlearning rate \(learningRate.bitPattern)\nseed \(seed)\n"
    return SHA256.digest(text, bytes: 16)
  }

  /// The key of a search for the best schedule.
  func search(_ settings: SearchSettings) -> String {
    let text = """
      search
      \(common)objective \(settings.objective.rawValue)
      knots \(settings.knots)
      seeds \(settings.seeds) from \(settings.firstSeed)
      budget \(settings.budget)
      schedules \(settings.schedules.joined(separator: ", "))

      """
    return SHA256.digest(text, bytes: 16)
  }

  /// The key of a refinement: the run that provided the norms, and how they are refined.
  static func refinement(ofRun key: String, schedule: String, round: Int, smoothing: Double) -> String {
    let text = "refinement, engine \(engineVersion)\nrun \(key)\nschedule \(schedule)\nround \(round)\n"
    return SHA256.digest(text + "tau \(smoothing.bitPattern)\n", bytes: 16)
  }

  static func trace(ofRun key: String) -> String { SHA256.digest("trace\nrun \(key)\n", bytes: 16) }

  static func optimum(of problem: ProblemSummary, l2: Double) -> String {
    SHA256.digest("optimum, engine \(engineVersion)\ndata \(identity(of: problem))\n" + line(l2: l2), bytes: 16)
  }

  /// Nothing without regularisation: keys are then those from before there was any.
  private static func line(l2: Double) -> String { l2 > 0 ? "l2 \(l2.bitPattern)\n" : "" }

  /// Digest of a schedule's factors, all bits of each.
  static func digest(of factors: [Double]) -> String {
    var hash = SHA256()
    for start in stride(from: 0, to: factors.count, by: 1024) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(8192)
      for factor in factors[start..<min(start + 1024, factors.count)] {
        withUnsafeBytes(of: factor.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      hash.update(bytes)
    }
    return hash.finish(bytes: 16)
  }

  /// Identifies the data of a problem, whatever its name.
  static func identity(of problem: ProblemSummary) -> String {
    let shape = "\(problem.rows) x \(problem.features), \(problem.nonzeros) nonzeros, \(problem.classes) classes"
    return "\(problem.checksum) (\(shape)), test \(problem.testChecksum ?? "-") (\(problem.testRows ?? 0) rows)"
  }
}
