extension NumberSeries {
  /// The finite values in step order, evenly spaced.
  ///
  /// Rows are sorted by step; if several rows have the same step, as a resumed run writes them, the last one counts. Unevenly
  /// spaced values are interpolated linearly onto evenly spaced steps, as many as the median gap divides the run into. Steps
  /// within 0.1 % of the run of an even spacing count as evenly spaced. Without a column of steps, rows keep their order.
  ///
  /// - Returns: The values; the points they come from, in step order, NaN where they were left out because they are not
  ///   finite; and one line about each thing that was done.
  /// - Complexity: O(n log n).
  func inOrderOfSteps() -> (values: [Double], points: [NormLog.Point], messages: [LogMessage]) {
    var messages = messages
    if missing > 0 {
      messages.append(LogMessage(.note, "\(counted(missing, "row")) of \(values.count + missing) without a value left out"))
    }
    let points: [NormLog.Point]
    // Without steps, values that are left out leave no gap.
    var hasSteps = false
    if let (name, steps) = usableSteps(&messages) {
      hasSteps = true
      points = lastOfEachStep(steps, name: name, &messages)
    } else {
      points = values.enumerated().map { NormLog.Point(step: Double($0), norm: $1) }
    }
    let finite = points.filter(\.norm.isFinite)
    let omitted = points.count - finite.count
    if omitted > 0 {
      let verb = omitted == 1 ? "is not finite and was" : "are not finite and were"
      messages.append(LogMessage(.warning, "\(omitted) of \(counted(points.count, "value")) \(verb) left out"))
    }
    return (hasSteps ? evenlySpaced(finite, &messages) : finite.map(\.norm), points, messages)
  }

  /// The first column of steps with a number in at least half of the rows, or the epochs if each occurs once.
  private func usableSteps(_ messages: inout [LogMessage]) -> (name: String, steps: [Double])? {
    guard values.count > 1 else { return nil }
    var isUnusable: String?
    for counter in steps {
      let known = counter.numbers.filter(\.isFinite)
      // Only rows of another kind, without values, have these steps.
      if known.isEmpty { continue }
      if 2 * known.count < values.count {
        isUnusable = isUnusable ?? "has a number in \(known.count) of \(values.count) rows"
      } else if known.allSatisfy({ $0 == known[0] }) {
        isUnusable = isUnusable ?? "has the same number in all rows"
      } else if let restarted = stepsOverEpochs(counter.numbers) {
        messages.append(LogMessage(.note, "'\(counter.name)' starts again in every epoch; rows are ordered by epoch and step"))
        return (counter.name, restarted)
      } else {
        return (counter.name, counter.numbers)
      }
    }
    if let isUnusable, let name = steps.first?.name {
      messages.append(LogMessage(.warning, "column '\(name)' \(isUnusable); rows count in the order of the file"))
      return nil
    }
    // Rows within an epoch are its steps.
    guard let epochs, epochs.numbers.allSatisfy(\.isFinite),
      zip(epochs.numbers, epochs.numbers.dropFirst()).allSatisfy({ $0 != $1 })
    else { return nil }
    return (epochs.name, epochs.numbers)
  }

  /// Steps counted over all epochs, if they restart in each; nil if they do not.
  private func stepsOverEpochs(_ steps: [Double]) -> [Double]? {
    guard let epochs = epochs?.numbers, epochs.allSatisfy(\.isFinite) else { return nil }
    let restarts = (1..<steps.count).contains { steps[$0] < steps[$0 - 1] && epochs[$0] > epochs[$0 - 1] }
    let known = steps.filter(\.isFinite)
    guard restarts, let first = known.min(), let last = known.max() else { return nil }
    let length = last - first + (medianGap(known.sorted()) ?? 1)
    return zip(steps, epochs).map { $0 + $1 * length }
  }

  private func lastOfEachStep(
    _ steps: [Double], name: String, _ messages: inout [LogMessage]
  ) -> [NormLog.Point] {
    let known = steps.indices.filter { steps[$0].isFinite }
    if known.count < steps.count {
      let left = counted(steps.count - known.count, "row")
      messages.append(LogMessage(.warning, "\(left) without a number in '\(name)' left out"))
    }
    // Stable: rows with the same step keep their file order.
    let sorted = known.sorted { (steps[$0], $0) < (steps[$1], $1) }
    let kept = sorted.indices.filter { $0 + 1 == sorted.count || steps[sorted[$0 + 1]] != steps[sorted[$0]] }.map { sorted[$0] }
    if kept.count < sorted.count {
      let repeated = sorted.count - kept.count
      messages.append(
        LogMessage(
          .warning,
          "\(counted(repeated, "row")) of \(sorted.count) \(repeated == 1 ? "repeats" : "repeat") a step in '\(name)' "
            + "(a resumed run?); the last row of each step counts"))
      if let restart = known.dropFirst().first(where: { steps[$0] == steps[known[0]] && steps[$0 - 1] > steps[$0] }) {
        messages.append(
          LogMessage(
            .warning,
            "'\(name)' starts again at value \(restart + 1): if a resume only set the counter back, number the rows through"))
      }
    }
    if zip(kept, kept.dropFirst()).contains(where: { $0 > $1 }) {
      messages.append(LogMessage(.warning, "rows are not in the order of '\(name)'; sorted by it"))
    }
    return kept.map { NormLog.Point(step: steps[$0], norm: values[$0]) }
  }

  /// How many randomly chosen points tools keep of a log, and where to find all of them.
  private static let limits = [
    500: "500 unevenly spaced values: a sample, as Weights & Biases' history() gives? run.scan_history() has them all",
    1000: "1000 unevenly spaced values: a sample, as TensorBoard's interface keeps? The event files have them all",
    1500: "1500 unevenly spaced values: a sample, as Weights & Biases' charts export? run.scan_history() has them all",
  ]

  private func evenlySpaced(_ points: [NormLog.Point], _ messages: inout [LogMessage]) -> [Double] {
    let values = points.map(\.norm)
    guard let first = points.first?.step, let last = points.last?.step, points.count > 2 else { return values }
    let range = last - first
    let spacing = range / Double(points.count - 1)
    let gaps = zip(points, points.dropFirst()).map { $1.step - $0.step }
    let (smallest, largest) = (gaps.min() ?? 0, gaps.max() ?? 0)
    guard largest > smallest * (1 + 1e-9) else { return values }
    if largest >= 2 * smallest, let limit = Self.limits[points.count] { messages.append(LogMessage(.warning, limit)) }
    let difference = points.enumerated().map { abs($1.step - (first + Double($0) * spacing)) }.max() ?? 0
    if difference <= 0.001 * range {
      // Rounded numbers, such as fractions of epochs, need no message.
      if largest >= 2 * smallest, first.rounded() == first, gaps.allSatisfy({ $0.rounded() == $0 }) {
        messages.append(
          LogMessage(
            .note,
            "gaps of \(shortText(smallest)) to \(shortText(largest)) steps; taken as evenly spaced, as none is off by more "
              + "than 0.1 % of the run"))
      }
      return values
    }
    let gap = medianGap(points.map(\.step)) ?? spacing
    let count = min(Int(min(1e9, range / gap).rounded()) + 1, max(1_000_000, points.count))
    messages.append(
      LogMessage(
        .warning,
        "steps are unevenly spaced (gaps of \(shortText(smallest)) to \(shortText(largest))); interpolated linearly onto "
          + "\(count) evenly spaced ones"))
    var left = 0
    return (0..<count).map { index in
      let step = index == count - 1 ? last : first + range * Double(index) / Double(count - 1)
      while left < points.count - 2, points[left + 1].step <= step { left += 1 }
      let (a, b) = (points[left], points[left + 1])
      return a.norm + (b.norm - a.norm) * ((step - a.step) / (b.step - a.step))
    }
  }

  /// The median of the positive gaps between ascending steps.
  private func medianGap(_ steps: [Double]) -> Double? {
    let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }.sorted()
    return gaps.isEmpty ? nil : gaps[(gaps.count - 1) / 2]
  }
}
