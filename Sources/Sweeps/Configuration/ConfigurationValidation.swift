import Schedules
import Training

extension SweepConfiguration {
  /// Checks constraints between settings, and values set on the command line.
  ///
  /// - Throws: `SettingError`.
  public func validate() throws {
    try require(!data.isEmpty, .data, "is empty, expected at least one")
    try require(!data.contains(""), .data, "found '', expected a folder, a file or a pattern")
    let lists: [(SettingKey, Bool)] = [
      (.schedules, columns.contains { $0.schedules.isEmpty } || columns.isEmpty), (.optimizers, optimizers.isEmpty),
      (.methods, methods.contains { $0.column.schedules.isEmpty }), (.learningRates, learningRates?.isEmpty ?? false),
      (.epochs, epochsAxis.isEmpty), (.batchSize, batchSizeAxis.isEmpty), (.l2, l2Axis.isEmpty),
    ]
    for (key, isEmpty) in lists { try require(!isEmpty, key, "is empty, expected at least one") }
    try validateEntries()
    try validateReferences()
    try validateRates()
    try requireDistinct(epochsAxis, .epochs)
    try requireDistinct(batchSizeAxis, .batchSize)
    try requireDistinct(l2Axis, .l2)
    let counts = [(SettingKey.seeds, [seeds]), (.epochs, epochsAxis), (.batchSize, batchSizeAxis), (.rounds, [rounds])]
    for (key, values) in counts {
      for count in values {
        try require((1...1_000_000).contains(count), key, "expected a whole number from 1 to 1000000, found \(count)")
      }
    }
    for strength in l2Axis {
      let isStrength = strength >= 0 && Float(strength).isFinite && (strength == 0 || Float(strength) > 0)
      try require(isStrength, .l2, "expected a number of at least 0, found \(shortText(strength))")
    }
    if let racing {
      try require(
        (1..<max(seeds, 1)).contains(racing), .racing, "expected fewer than the \(counted(seeds, "seed")), found \(racing)")
    }
    try require(Set(checkpoints).count == checkpoints.count, .checkpoints, "a fraction is listed twice")
    for share in checkpoints {
      try require(
        share > 0 && share < 1, .checkpoints, "expected fractions of a run above 0 and below 1, found \(shortText(share))")
    }
    try require(
      smoothing >= 0 && smoothing <= 1, .smoothing, "expected a fraction from 0 to 1, found \(shortText(smoothing))")
    try require(
      !SweepConfiguration.isRefined(priorSchedule), .prior, "a refined schedule needs a prior run and cannot be one")
    do {
      try searchSettings?.validate()
    } catch let error as SettingError {
      throw SettingError(key: SettingKey.search.rawValue, message: "\(error.key): \(error.message)")
    }
  }

  private func require(_ condition: Bool, _ key: SettingKey, _ message: @autoclosure () -> String) throws {
    if !condition { throw SettingError(key: key.rawValue, message: message()) }
  }

  private func requireDistinct<Value: Hashable>(_ values: [Value], _ key: SettingKey) throws {
    var seen: Set<Value> = []
    for value in values { try require(seen.insert(value).inserted, key, "'\(value)' is listed twice") }
  }

  private func validateEntries() throws {
    for column in columns { try requireDistinct(column.schedules, .schedules) }
    try requireDistinct(columns.filter { $0.schedules.count == 1 }.flatMap(\.schedules), .schedules)
    try requireDistinct(columns.compactMap(\.name), .schedules)
    try requireDistinct(optimizers.map(\.spelling), .optimizers)
    try requireDistinct(optimizerEntries.map(\.title), .optimizers)
    let titles = Set(optimizerEntries.map(\.title))
    for method in methods {
      try require(
        !titles.contains(method.name), .methods,
        "name '\(method.name)' is also that of an optimizer under optimizers, which has a column in the same table")
    }
    try requireDistinct(methods.map(\.name), .methods)
  }

  private func validateReferences() throws {
    if let reference {
      let known = tableColumns.flatMap { column in [column.name].compactMap { $0 } + column.schedules }
      try require(
        namesReference, .reference,
        "'\(reference)' is no column under schedules"
          + (nearestName(to: reference, among: known).map { "; did you mean '\($0)'?" } ?? ""))
    }
    if let referenceMethod {
      let known = comparedMethods.map(\.name)
      try require(
        namesReferenceMethod, .referenceMethod,
        "'\(referenceMethod)' is no method; expected one of: \(known.joined(separator: ", "))")
    }
  }

  private func validateRates() throws {
    if let learningRates { return try requireDistinct(learningRates, .learningRates) }
    for (low, high, key) in [
      (minimumExponent, maximumExponent, SettingKey.exponents),
      (minimumExtendedExponent, maximumExtendedExponent, .extendedExponents),
    ] {
      try require(low <= high, key, "the first exponent is above the last: [\(low), \(high)]")
      try require(low >= -60 && high <= 60, key, "expected exponents from -60 to 60, found [\(low), \(high)]")
    }
    try require(
      minimumExtendedExponent <= minimumExponent && maximumExtendedExponent >= maximumExponent, .extendedExponents,
      "[\(minimumExtendedExponent), \(maximumExtendedExponent)] does not contain learning_rate_exponents "
        + "[\(minimumExponent), \(maximumExponent)]")
    try require(
      learningRateStep >= 0.01 && learningRateStep <= 120, .step,
      "expected a number from 0.01 to 120, found \(shortText(learningRateStep))")
  }
}
