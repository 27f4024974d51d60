import ArgumentParser
import Schedules

struct RefineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refine",
    abstract: "Turn the gradient norms of a training run into the schedule for the next one.",
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Log of gradient norms: CSV, TSV, JSON Lines, text or .npy, also gzipped.", valueName: "NORMS"))
  var norms: String
  @OptionGroup var log: NormLogOptions
  @Option(help: ArgumentHelp("Smoothing: the running median's window as a fraction of the run.", valueName: "X")) var tau = 0.1
  @Option(help: "closed: the paper's formula; bound: the schedule that minimises the last-iterate bound.")
  var method = RefinementOptions.Method.closed
  @Option(help: ArgumentHelp("Length of the schedule (default: as many as norms).", valueName: "N")) var points: Int?
  @OptionGroup var output: FactorOutputOptions

  func run() throws {
    let log = try NormLog(path: norms, selection: log.selection)
    if log.omitted > 0 { report("\(norms): warning: \(log.omitted) norms that are missing or not finite are left out") }
    let options = RefinementOptions(norm: self.log.norm, smoothing: tau, method: method, points: points)
    let result: RefinementResult
    do {
      result = try RefinementResult(refining: log.norms, options: options)
    } catch let error as RefinementError {
      throw Failure("\(norms): error: \(error)", .badData)
    }
    try output.write(result.factors, named: "refined")
  }
}

extension RefinementOptions.Method: ExpressibleByArgument {}
