import ArgumentParser
import Foundation
import Reports
import Schedules
import Training

struct RefineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refine",
    abstract: "Turn the gradient norms of a training run into the schedule for the next one.",
    discussion: """
      Algorithms 1 and 2 of arXiv 2310.07831: norms are smoothed by a running median; the factor of a step is its weight \
      (g^-2 for l2 norms and SGD, g^-1 for l1 norms and Adam) times the sum of the weights after it.

      If the log has a column of steps, rows are sorted by it; if a step was logged twice, the last row counts; uneven gaps \
      are interpolated. A log of every k-th step counts as evenly spaced; --points T gives a factor for each of T steps. \
      Several logs, one per run, are combined by their median.

      Formats: CSV, TSV and plain text, JSON and JSON Lines, TensorBoard event files, folders of them, and TensorBoard's CSV \
      and JSON, logs of Weights & Biases, Lightning, Hugging Face, Keras and MLflow, .npy and .npz; each may be gzipped.

      --optimizer NAME chooses the norm and the powers for the optimizer. For Adam and similar optimizers these are l1 norms \
      and g^-1; `refinery emit norm-logger pytorch` prints code that logs them.

      Example: refinery refine run.csv --column grad_norm --norm l2 --points 20000 --out schedule.txt --plot schedule.svg
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Logs of gradient norms, one per run.", valueName: "NORMS"))
  var norms: [String]
  @OptionGroup var log: NormLogOptions
  @Option(help: ArgumentHelp("Use the norm and the powers for this optimizer, such as adam or sgd.", valueName: "NAME"))
  var optimizer: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Smoothing: the window of the running median as a fraction of the run (default: 0.1).", valueName: "X"))
  var tau: Double?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("The window as an odd number of norms, instead of --tau.", valueName: "N"))
  var window: Int?
  @Option(
    help: ArgumentHelp(
      "Factor of a step: its g^-A times the sum of the later g^-B (default: 2/2 for l2 norms, 1/1 for l1 norms).",
      valueName: "A/B"),
    transform: Self.powers)
  var powers: RefinementOptions.Powers?
  @Option(help: "closed: the paper's formula; bound: the schedule that minimises the last-iterate bound.")
  var method = RefinementOptions.Method.closed
  @Option(parsing: .unconditional, help: ArgumentHelp("Length of the schedule (default: the number of norms).", valueName: "N"))
  var points: Int?
  @OptionGroup var output: FactorOutputOptions
  @Option(help: "Print Python code for this framework instead of the factors; written to --out if that ends in .py.")
  var emit: TrainerSnippet?

  func validate() throws {
    if let tau, !(0...1).contains(tau) { throw ValidationError("--tau: expected a number from 0 to 1, got \(tau)") }
    if tau != nil, window != nil { throw ValidationError("--tau and --window exclude each other") }
    if let window, window < 1 || window % 2 == 0 {
      throw ValidationError("--window: expected an odd number, got \(window)")
    }
    if powers != nil, method == .bound { throw ValidationError("--powers requires --method closed") }
    if let optimizer, Self.norm(of: optimizer) == nil {
      throw ValidationError(
        "--optimizer: expected one of \(GradientNorm.optimizers.joined(separator: ", ")), got '\(optimizer)'")
    }
    if let points { try CountLimits.check("--points", points, from: 2, to: CountLimits.steps) }
    if emit != nil, output.json { throw ValidationError("--emit and --json exclude each other") }
  }

  /// That of an optimizer of this program, or of others.
  private static func norm(of optimizer: String) -> GradientNorm? {
    (try? Optimizer(parsing: optimizer))?.norm ?? GradientNorm(optimizer: optimizer)
  }

  private static func powers(_ text: String) throws -> RefinementOptions.Powers {
    guard let powers = RefinementOptions.Powers(parsing: text) else {
      throw ValidationError("--powers: expected two numbers from 0 to 10, as in 1/2, got '\(text)'")
    }
    return powers
  }

  func run() throws {
    let native = optimizer.flatMap(Self.norm)
    let logs = try norms.map { try NormLog(path: $0, selection: self.log.selection(of: self.log.norm ?? native ?? .l2)) }
    // The name of the column takes precedence over the norm for the optimizer.
    let named = Set(logs.map(\.namedNorm))
    let norm = self.log.norm ?? (named.count == 1 ? named.first.flatMap { $0 } : nil) ?? native ?? .l2
    if self.log.norm == nil, native == nil, norm == .l1 {
      report(
        "\(norms[0]): note: '\(logs[0].column ?? "")' are l1 norms; refined as Adam's, with the power -1 (--norm l2 otherwise)")
    }
    for log in logs {
      report(log.messages, of: log.path)
      if native == .l1, norm == .l2 || log.namedNorm == .l2 {
        report(
          "\(log.path): warning: \(log.column.map { "'\($0)'" } ?? "these") are l2 norms; for \(optimizer ?? "Adam") the paper refines l1 norms, "
            + "with the power -1: log those too (refinery emit norm-logger pytorch)")
      }
    }
    let name = norms.joined(separator: ", ")
    let options = RefinementOptions(
      norm: norm, smoothing: tau ?? 0.1, window: window, powers: powers ?? native.map { .init($0) }, method: method,
      points: points)
    let result: RefinementResult
    do {
      result = try RefinementResult(refining: medianOverRuns(logs.map(\.norms)), options: options)
    } catch let error as RefinementError {
      throw Failure("\(name): error: \(error)", .badData)
    }
    for warning in result.warnings { report("\(name): warning: \(warning)") }
    let fit = result.polynomialFit
    report("closest warmup and polynomial decay: \(fit.spelling)")
    report(String(format: "its difference from the schedule: root mean square %.3f, largest %.3f", fit.error, fit.largestError))
    report("the same in Python: \(fit.pythonLambda(steps: result.factors.count))")
    var piecewise: PiecewiseFit?
    if fit.largestError > 0.05 {
      piecewise = PiecewiseFit(of: result.factors)
      if let piecewise {
        report("closer: \(piecewise.spelling)")
        report(
          String(
            format: "its difference from the schedule: root mean square %.3f, largest %.3f", piecewise.error,
            piecewise.largestError))
        report("the same for any trainer: \(piecewise.pythonLambda)")
      } else {
        report("no form of up to 100 knots is closer than 0.02; --out or --emit has the schedule itself")
      }
    }
    if let plot = output.plot {
      let factors = try Schedule(parsing: fit.spelling).factors(steps: result.factors.count)
      let label = String(format: "warmup %.3g, power %.3g", fit.warmup, fit.power)
      let figure = RefinementPlot(
        result, title: name, log: logs.count == 1 ? logs[0].points : [], fit: factors, fitLabel: label)
      try Output.write(figure.svg, to: plot)
    }
    if let emit {
      let code = emit.code(for: result.factors, origin: origin(of: logs, result))
      let isCode = output.out?.hasSuffix(".py") == true
      if let out = output.out, out != "-", !isCode { try FactorFile.write(result.factors, to: out) }
      try Output.write(code, to: isCode ? output.out : nil)
    } else {
      try output.write(result.factors, object: Summary(result, logs: logs, fit: fit, piecewise: piecewise))
    }
  }

  /// The lines of emitted code that say where its factors come from.
  private func origin(of logs: [NormLog], _ result: RefinementResult) -> [String] {
    let options = result.options
    let powers = options.powers ?? .init(options.norm)
    let form = options.method == .bound ? "minimum of the last-iterate bound" : "powers \(powers.text)"
    return [
      "Refined by refinery \(Refinery.version) from \(counted(result.norms.count, "norm")) "
        + "(\(options.norm.rawValue), running median over \(result.width), \(form)) of"
    ] + logs.map { $0.path + ($0.column.map { ", \($0)" } ?? "") }
  }

  private struct Summary: Encodable {
    var factors: [Double]
    var omitted: Int
    var warnings: [String]
    var polynomialFit: String
    var polynomialFitError: Double
    var polynomialFitLargestError: Double
    var piecewiseFit: String?

    init(_ result: RefinementResult, logs: [NormLog], fit: PolynomialDecayFit, piecewise: PiecewiseFit?) {
      factors = result.factors
      omitted = logs.reduce(0) { $0 + $1.omitted + $1.missing }
      warnings = logs.flatMap { $0.messages.map(\.text) } + result.warnings
      polynomialFit = fit.spelling
      polynomialFitError = fit.error
      polynomialFitLargestError = fit.largestError
      piecewiseFit = piecewise?.spelling
    }

    enum CodingKeys: String, CodingKey {
      case factors, omitted, warnings
      case polynomialFit = "polynomial_fit"
      case polynomialFitError = "polynomial_fit_error"
      case polynomialFitLargestError = "polynomial_fit_largest_error"
      case piecewiseFit = "piecewise_fit"
    }
  }
}

extension RefinementOptions.Method: ExpressibleByArgument {}
extension TrainerSnippet: ExpressibleByArgument {}
