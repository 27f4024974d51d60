import ArgumentParser
import Foundation
import Reports
import Schedules

struct RefineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refine",
    abstract: "Turn the gradient norms of a training run into the schedule for the next one.",
    discussion: """
      Algorithms 1 and 2 of arXiv 2310.07831: norms are smoothed by a running median; the factor of a step is its weight \
      (g^-2 for l2 norms and SGD, g^-1 for l1 norms and Adam) times the sum of the weights after it. A log's column \
      of steps is used: rows are sorted by it, of a step that was logged twice the last row counts, and uneven gaps are interpolated \
      over. Logs of every k-th step count as evenly spaced; --points T gives a factor for each of T steps.

      With Adam the theory is about l1 norms. Where only the l2 norm was logged, --norm l2 gives the schedule that SGD would \
      want of these norms, which the paper found to work too.

      Example: refinery refine run.csv --column grad_norm --norm l2 --points 20000 --out schedule.txt --plot schedule.svg
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Log of gradient norms: CSV, TSV, JSON, text or .npy, also gzipped.", valueName: "NORMS"))
  var norms: String
  @OptionGroup var log: NormLogOptions
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Smoothing: the running median's window as a fraction of the run.", valueName: "X"))
  var tau = 0.1
  @Option(help: "closed: the paper's formula; bound: the schedule that minimises the last-iterate bound.")
  var method = RefinementOptions.Method.closed
  @Option(parsing: .unconditional, help: ArgumentHelp("Length of the schedule (default: as many as norms).", valueName: "N"))
  var points: Int?
  @OptionGroup var output: FactorOutputOptions
  @Option(help: "Print code for another framework instead of factors.") var emit: TrainerSnippet?

  func validate() throws {
    guard (0...1).contains(tau) else { throw ValidationError("--tau is \(tau): 0 to 1 would be right") }
    if let points { try CountLimits.check("--points", points, from: 2, to: CountLimits.steps) }
    if emit != nil, output.json { throw ValidationError("--emit and --json exclude each other") }
  }

  func run() throws {
    let log = try NormLog(path: norms, selection: log.selection)
    report(log.messages, of: norms)
    let options = RefinementOptions(norm: self.log.norm, smoothing: tau, method: method, points: points)
    let result: RefinementResult
    do {
      result = try RefinementResult(refining: log.norms, options: options)
    } catch let error as RefinementError {
      throw Failure("\(norms): error: \(error)", .badData)
    }
    for warning in result.warnings { report("\(norms): warning: \(warning)") }
    let fit = result.polynomialFit
    report("closest warmup and polynomial decay: \(fit.spelling)")
    report("the same in Python: \(fit.pythonLambda(steps: result.factors.count))")
    if let plot = output.plot {
      let factors = try Schedule(parsing: fit.spelling).factors(steps: result.factors.count)
      let label = String(format: "warmup %.3g, power %.3g", fit.warmup, fit.power)
      let figure = RefinementPlot(result, title: norms, fit: factors, fitLabel: label)
      try Output.write(figure.svg, to: plot)
    }
    if let emit {
      if let out = output.out, out != "-" { try FactorFile.write(result.factors, to: out) }
      try Output.write(emit.code(for: result.factors), to: nil)
    } else {
      try output.write(result.factors, object: Summary(result, log: log, fit: fit))
    }
  }

  private struct Summary: Encodable {
    var factors: [Double]
    var omitted: Int
    var warnings: [String]
    var polynomialFit: String
    var polynomialFitError: Double

    init(_ result: RefinementResult, log: NormLog, fit: PolynomialDecayFit) {
      factors = result.factors
      omitted = log.omitted
      warnings = log.messages.map(\.text) + result.warnings
      polynomialFit = fit.spelling
      polynomialFitError = fit.error
    }

    enum CodingKeys: String, CodingKey {
      case factors, omitted, warnings
      case polynomialFit = "polynomial_fit"
      case polynomialFitError = "polynomial_fit_error"
    }
  }
}

extension RefinementOptions.Method: ExpressibleByArgument {}
extension TrainerSnippet: ExpressibleByArgument {}
