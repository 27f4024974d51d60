import ArgumentParser
import Reports
import Schedules

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Print or plot a schedule: one factor per step.",
    discussion: """
      Factors are relative to the base learning rate and have 17 significant digits. Schedules, written NAME[:key=value]..., \
      as in inverse:offset=0.01:warmup=0.1:

      \(ScheduleRegistry.builtIn.help)
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Schedule.", valueName: "NAME[:key=value]...")) var schedule: String
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of steps of the run.", valueName: "T")) var steps: Int
  @OptionGroup var output: FactorOutputOptions

  func validate() throws {
    try CountLimits.check("--steps", steps, to: CountLimits.steps)
  }

  func run() throws {
    let schedule = try Schedule(parsing: schedule)
    let factors = try schedule.factors(steps: steps) { report([$1], of: $0) }
    if let plot = output.plot { try Output.write(SchedulePlot([(schedule.description, factors)]).svg, to: plot) }
    try output.write(factors, object: Item(schedule: schedule.description, factors: factors))
  }

  private struct Item: Encodable {
    var schedule: String
    var factors: [Double]
  }
}
