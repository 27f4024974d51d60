import Foundation
import Schedules
import Sweeps
import Training

/// What tuning is worth to each method of a sweep: its training loss (the objective where it is regularised) if k rates of a
/// fixed window are tried, and if one rate serves all problems, above that of the best method with its whole window tried.
///
/// A diverged run counts with the loss of the starting point, at which all classes are equally likely.
struct Tuning {
  struct Row {
    let column: ScheduleColumn
    var title: String { column.title }
    /// For k = 1, 2, ..., in per cent above the best tuned method, a mean over the problems; empty for a method with a single
    /// rate.
    let byTries: [Double]
    /// The same with one rate for all problems, the one that is best on the other problems; with its only rate for a method
    /// that has no other.
    let withOneRate: Double?
    /// Number of problems whose lowest mean is at the smallest or largest rate of the window, so that rates outside it may be
    /// better; 0 for a single rate.
    let problemsAtEdge: Int
  }

  let rows: [Row]
  /// Number of problems averaged over.
  let problemCount: Int
  let isRegularised: Bool
  let identifier: String
  let title: String

  /// - Parameters:
  ///   - results: Of the condition that the methods belong to.
  /// - Returns: nil if fewer than two methods have at least four rates each, or fewer than two problems are complete.
  init?(_ methods: MethodComparison, results: SweepResults) {
    let configuration = results.configuration
    let window = exp2(Double(configuration.minimumExponent))...exp2(Double(configuration.maximumExponent))
    let own = results.methods.indices
    let problems = methods.problems.indices.filter { problem in
      !methods.separable[problem] && own.allSatisfy { methods.columns[$0].isComplete[problem] }
    }
    guard problems.count > 1 else { return nil }
    let losses = own.map { method in
      MethodLosses(
        results.methods[method].runs.filter { configuration.learningRates != nil || window.contains($0.learningRate) },
        all: results.methods[method].runs, problems: problems.map { methods.problems[$0] }, seeds: methods.seeds)
    }
    guard losses.count(where: { ($0?.candidates.count ?? 0) >= 4 }) > 1 else { return nil }
    let expected = losses.map { losses in losses?.values.map { TuningValue($0)?.expected ?? [] } }
    let best = problems.indices.map { problem in
      expected.compactMap { $0?[problem].last }.min() ?? .nan
    }
    /// Relative to the best, in per cent, averaged over the problems.
    func excess(_ values: [Double]) -> Double {
      zip(values, best).reduce(0) { $0 + 100 * ($1.0 / $1.1 - 1) } / Double(best.count)
    }
    rows = own.compactMap { method -> Row? in
      guard let losses = losses[method], let expected = expected[method] else { return nil }
      let tries = losses.candidates.count
      return Row(
        column: methods.drawn[method],
        byTries: tries < 4 ? [] : (0..<tries).map { k in excess(expected.map { $0[k] }) },
        withOneRate: losses.chosenElsewhere().map(excess), problemsAtEdge: losses.problemsAtEdge)
    }
    problemCount = problems.count
    isRegularised = methods.isRegularised
    identifier = methods.identifier
    title = methods.title
  }

  /// Markup: the methods that are ahead untuned and tuned.
  var bullet: String? {
    let untuned = rows.compactMap { row in row.withOneRate.map { (row.title, $0) } }.sorted { $0.1 < $1.1 }
    let tuned = rows.compactMap { row in row.byTries.last.map { (row.title, $0) } }.sorted { $0.1 < $1.1 }
    guard untuned.count > 1, tuned.count > 1 else { return nil }
    func text(_ rows: [(String, Double)]) -> String {
      rows.prefix(2).map { "\(Markup.plain($0.0)) (\(Self.text($0.1)))" }.joined(separator: ", ")
    }
    let limited = rows.count { 2 * $0.problemsAtEdge > problemCount }
    return
      "**What tuning is worth**, in \(isRegularised ? "objective" : "training loss") above the best tuned method, a mean of "
      + "\(problemCount) problems, not tested: ahead with one rate for all problems \(text(untuned)); with every rate tried "
      + "\(text(tuned))."
      + (limited == 0 ? "" : " The grid is too narrow for \(counted(limited, "method")) on most problems.")
  }

  static func text(_ excess: Double) -> String { excess >= 1000 ? "> 1000 %" : "\(fixed(excess, excess < 10 ? 2 : 0)) %" }
}

/// The losses of one method at the rates that every problem and seed has.
private struct MethodLosses {
  struct Candidate: Hashable {
    let schedule: String
    let learningRate: Double
  }

  /// By rate, then spelling.
  let candidates: [Candidate]
  /// By problem, candidate and seed.
  let values: [[[Double]]]

  /// - Parameters:
  ///   - runs: In the window of rates.
  ///   - all: The runs to fall back on, of a method whose only rate is outside the window.
  /// - Returns: nil without a rate that every problem and seed has, and with fewer than two seeds.
  init?(_ runs: [RunRecord], all: [RunRecord], problems: [ProblemSummary], seeds: Int) {
    let runs = runs.isEmpty ? all : runs
    let byProblem = Dictionary(grouping: runs) { $0.problem }
    let tables = problems.map { problem in
      Dictionary(grouping: byProblem[problem.name] ?? []) { Candidate(schedule: $0.schedule, learningRate: $0.learningRate) }
        .filter { $0.value.count == seeds }
    }
    let common = tables.dropFirst().reduce(Set((tables.first ?? [:]).keys)) { $0.intersection($1.keys) }
    guard seeds > 1, !common.isEmpty else { return nil }
    candidates = common.sorted { ($0.learningRate, $0.schedule) < ($1.learningRate, $1.schedule) }
    values = zip(problems, tables).map { [candidates] problem, table in
      let start = log(Double(problem.classes))
      return candidates.map { candidate in
        (table[candidate] ?? []).sorted { $0.seed < $1.seed }.map { run in
          run.diverged ? start : min(run[.trainObjective] ?? start, .greatestFiniteMagnitude)
        }
      }
    }
  }

  /// By problem, then candidate: the mean over the seeds.
  private var means: [[Double]] { values.map { $0.map { $0.reduce(0, +) / Double($0.count) } } }

  var problemsAtEdge: Int {
    let rates = candidates.map(\.learningRate)
    guard let low = rates.first, let high = rates.last, low < high else { return 0 }
    return means.count { means in
      let best = means.min()
      // A tie with a rate inside is no edge.
      return rates.indices.allSatisfy { means[$0] != best || rates[$0] == low || rates[$0] == high }
    }
  }

  /// By problem, the mean at the candidate with the lowest mean log-ratio to the method's best on the other problems.
  func chosenElsewhere() -> [Double]? {
    let means = means
    guard candidates.count > 1 else { return means.map { $0[0] } }
    let ratios = means.map { means in means.map { log($0 / (means.min() ?? 1)) } }
    return means.indices.map { problem in
      let scores = candidates.indices.map { candidate in
        ratios.indices.reduce(0) { $1 == problem ? $0 : $0 + ratios[$1][candidate] }
      }
      return means[problem][scores.indices.min { scores[$0] < scores[$1] } ?? 0]
    }
  }
}
