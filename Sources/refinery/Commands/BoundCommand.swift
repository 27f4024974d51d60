import ArgumentParser
import Schedules
import Sweeps

struct BoundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bound",
    abstract: "Compute the last-iterate bound of a schedule for given gradient norms.",
    discussion: """
      Prints the bound of Theorem 10 of arXiv 2310.07831 with the factors as step sizes, the scale gamma of the factors that \
      minimises it, and the bound at that scale. Norms are not smoothed. G_t is the l2 \
      norm of the gradient at step t; an l1 norm takes the place of G_t^2.

      A schedule given by name gets as many steps as the log has norms; a file of factors must have exactly that many.
      """,
    version: Refinery.version)

  @Option(help: ArgumentHelp("Schedule, or a file of step sizes, one per line.", valueName: "FILE|NAME")) var schedule: String
  @Option(help: ArgumentHelp("Log of gradient norms, in any format that refine reads.", valueName: "FILE"))
  var norms: String
  @OptionGroup var log: NormLogOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Distance from the starting point to the optimum.", valueName: "D"))
  var distance: Double
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard distance.isFinite, distance > 0 else {
      throw ValidationError("--distance: expected a number above 0, got \(distance)")
    }
  }

  func run() throws {
    let norm = log.norm ?? .l2
    let log = try NormLog(path: norms, selection: log.selection(of: norm))
    report(log.messages, of: norms)
    let stepSizes =
      InputPath(schedule).isFile
      ? try FactorFile.read(schedule) { report([$0], of: schedule) }
      : try Schedule(parsing: schedule).factors(steps: log.norms.count, unspecifiedNorm: norm) { report([$1], of: $0) }
    let bound: LastIterateBound
    do {
      bound = try LastIterateBound(stepSizes: stepSizes, norms: log.norms, norm: norm, distance: distance)
    } catch let error as LastIterateBoundError {
      throw Failure("\(norms): error: \(error)", .badData)
    }
    if json {
      try Output.write(
        Output.json([
          "bound": bound.value, "best_scale": bound.bestScale, "bound_at_best_scale": bound.valueAtBestScale,
        ]), to: nil)
    } else {
      try Output.write(
        """
        bound                \(bound.value)
        best scale           \(bound.bestScale)
        bound at best scale  \(bound.valueAtBestScale)

        """, to: nil)
    }
  }
}
