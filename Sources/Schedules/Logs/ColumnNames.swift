/// Which columns of a log, or keys of JSON objects, count steps, and which one holds the values.
enum ColumnNames {
  /// Whether a column of this name counts steps or time, or is an envelope that Weights & Biases exports beside the values.
  static func isNeverTheValues(_ name: String) -> Bool {
    let lower = name.lowercased()
    // An unnamed first column is an index, as pandas writes it.
    if lower.isEmpty || lower.hasPrefix("unnamed:") || lower.hasSuffix("__min") || lower.hasSuffix("__max") { return true }
    // Lightning appends "_step" and "_epoch" to the metrics it averages, norms included.
    if isNamedAsValues(lower) { return false }
    let words = words(of: lower)
    if words.starts(with: ["relative", "time"]) { return true }
    return words.last.map { steps.contains($0) || epochs.contains($0) || times.contains($0) } ?? false
  }

  private static let steps: Set = ["step", "steps", "globalstep", "iteration", "iterations", "iter", "iters", "it"]
  private static let measures: Set = ["loss", "losses", "accuracy", "acc", "perplexity"]
  private static let epochs: Set = ["epoch", "epochs"]
  private static let times: Set = ["time", "timestamp", "runtime", "walltime", "date", "datetime", "index"]

  private static func words(of name: String) -> [String] {
    name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// Whether a name denotes norms, gradients or factors.
  static func isNamedAsValues(_ name: String) -> Bool {
    ["norm", "grad", "factor"].contains { name.lowercased().contains($0) }
  }

  /// Whether a name denotes what trainers log beside the norms: never to be taken for them unasked.
  private static func isAnotherMeasure(_ name: String) -> Bool {
    !isNamedAsValues(name) && words(of: name).contains { measures.contains($0) }
  }

  /// The indices of the columns that count steps, in order of preference: the optimizer's steps, then a logger's own.
  static func steps(in names: [String]) -> [Int] {
    let ranked = names.indices.compactMap { index -> (rank: Int, index: Int)? in
      let words = words(of: names[index])
      guard let last = words.last, steps.contains(last), isNeverTheValues(names[index]) else { return nil }
      if last == "globalstep" || words.contains("global") { return (0, index) }
      // In Weights & Biases, "_step" counts logging calls.
      return (names[index].hasPrefix("_") ? 2 : 1, index)
    }
    return ranked.sorted { $0 < $1 }.map(\.index)
  }

  static func epoch(in names: [String]) -> Int? {
    names.indices.first { index in words(of: names[index]).last.map(epochs.contains) == true && isNeverTheValues(names[index]) }
  }

  /// How likely a name is to be that of the norms, or of the factors: lower is likelier.
  private static func rank(_ name: String) -> Int {
    let lower = name.lowercased()
    let words = words(of: lower)
    // Clipping limits, and norms after clipping.
    let isDerived = ["clip", "max", "min", "ratio"].contains { word in words.contains { $0.hasPrefix(word) } }
    let own = lower.split(separator: "/").last.flatMap { $0.split(separator: " ").last } ?? ""
    let plain = Self.words(of: String(own)).joined()
    if ["gradnorm", "gradientnorm", "gnorm", "factor", "factors"].contains(plain), !isDerived { return 0 }
    let isTotal = words.contains { ["total", "global", "all", "overall"].contains($0) }
    guard lower.contains("norm"), lower.contains("grad") || isTotal, !isDerived else {
      return isNamedAsValues(lower) && !isDerived ? 4 : 5
    }
    return (isTotal ? 1 : 2) + (words.last == "epoch" ? 1 : 0)
  }

  /// The norm that a name states, as "grad_2.0_norm" and "l1" do.
  private static func norm(in name: String) -> GradientNorm? {
    let lower = name.lowercased()
    let words = words(of: lower)
    guard words.count == 1 || isNamedAsValues(lower) else { return nil }
    if words.contains("l1") || lower.contains("1.0_norm") || words.contains("norm1") { return .l1 }
    if words.contains("l2") || lower.contains("2.0_norm") || words.contains("norm2") { return .l2 }
    return nil
  }

  static func loggedNorm(_ name: String) -> GradientNorm? {
    norm(in: name) ?? (rank(name) < 4 && isNamedAsValues(name) && !name.lowercased().contains("factor") ? .l2 : nil)
  }

  /// The index of the only column that can hold the values.
  ///
  /// - Parameters:
  ///   - numeric: the columns that hold numbers.
  ///   - never: columns that count steps although their names do not say so.
  ///   - norm: decides between two columns that differ only in the norm.
  static func values(
    among numeric: [Int], of names: [String], except never: [Int] = [], norm: GradientNorm, path: String
  ) throws -> Int {
    if names.count == 1, names[0].isEmpty || !isNeverTheValues(names[0]), !isAnotherMeasure(names[0]) { return 0 }
    func isPossible(_ index: Int) -> Bool { !isNeverTheValues(names[index]) && !never.contains(index) }
    let candidates = numeric.filter(isPossible)
    let best = candidates.map { rank(names[$0]) }.min()
    let likeliest = candidates.filter { rank(names[$0]) == best }
    if likeliest.count == 1 {
      guard isAnotherMeasure(names[likeliest[0]]) else { return likeliest[0] }
      throw ScheduleFileError(
        .malformed, path: path,
        "'\(names[likeliest[0]])' does not look like gradient norms; choose it with column if it holds them; columns: "
          + listed(names))
    }
    let ofNorm = likeliest.filter { Self.norm(in: names[$0]) == norm }
    if ofNorm.count == 1 { return ofNorm[0] }
    // If no column is all numbers, read the one that should be: the error then names the offending cell.
    let possible = names.indices.filter(isPossible)
    if candidates.isEmpty, possible.count == 1 { return possible[0] }
    let list = names.isEmpty ? "none" : listed(names)
    throw ScheduleFileError(
      .malformed, path: path,
      candidates.isEmpty
        ? "no column of numbers that can be the values; columns: \(list)"
        : "\(likeliest.count) columns can be the values (\(listed(likeliest.map { names[$0] }))); "
          + "choose one with column; columns: \(list)")
  }
}

/// The item that a user gives by name or by number, from 1.
func namedItem(_ text: String, kind: String, among names: [String], path: String) throws -> String {
  if names.contains(text) { return text }
  if let number = Int(text), names.indices.contains(number - 1) { return names[number - 1] }
  throw ScheduleFileError(
    .malformed, path: path,
    "no \(kind) '\(text)'\(suggestion(for: text, among: names)); expected one of: \(listed(names))")
}

/// Names as a message lists them: the first twenty.
func listed(_ names: [String]) -> String {
  names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
}
