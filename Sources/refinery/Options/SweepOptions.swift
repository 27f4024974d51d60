import ArgumentParser
import Foundation
import Schedules
import Sweeps
import Training

/// A configuration file, and the options that override it.
struct SweepOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("Configuration (see `refinery sweep --print-config`).", valueName: "CONFIG.yml"))
  var file: String?
  @Option(
    help: ArgumentHelp(
      "Folders, files or quoted patterns, separated by commas (default: datasets).", valueName: "GLOB|DIR"))
  var data: [String] = []
  @Option(
    help: ArgumentHelp(
      "Schedules, separated by commas; commas within parentheses do not separate.", valueName: "NAME[,NAME...]")) var schedule:
    String?
  @Option(
    help: ArgumentHelp(
      "Optimizers, separated by commas: NAME[:key=value]... (see `refinery train --help`).", valueName: "NAME[,NAME...]"))
  var optimizer: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of seeds.", valueName: "N")) var seeds: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("Epochs.", valueName: "N")) var epochs: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("Rounds of refinement.", valueName: "N")) var rounds: Int?

  /// - Throws: `Failure` for a file that cannot be read, `ConfigurationError` for its contents, `ValidationError` for options.
  func configuration() throws -> SweepConfiguration {
    var configuration = SweepConfiguration()
    if let file {
      guard InputPath(file).isFile else {
        throw Failure(
          "\(file): error: \(InputPath(file).isFolder ? "a folder" : "no such file"), expected a configuration file", .noInput)
      }
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw Failure("\(file): error: cannot be read as UTF-8, expected a configuration file", .noInput)
      }
      configuration = try SweepConfiguration(yaml: text, file: file)
      if configuration.name == nil { configuration.name = stem(of: file) }
    }
    // A comma may be part of a name.
    if !data.isEmpty { configuration.data = data.flatMap { InputPath($0).isFile ? [$0] : commaSeparated($0) } }
    do {
      if let schedule { configuration.schedules = try Schedule.list(parsing: schedule).map(configuration.spelling) }
      if let optimizer {
        configuration.optimizers = try Optimizer.list(parsing: optimizer)
      }
      if let seeds { configuration.seeds = seeds }
      if let epochs { configuration.epochs = epochs }
      if let rounds { configuration.rounds = rounds }
      // What names one that the option has taken away.
      if schedule != nil, !configuration.namesReference { configuration.reference = nil }
      if optimizer != nil || schedule != nil, !configuration.namesReferenceMethod { configuration.referenceMethod = nil }
      try configuration.validate()
    } catch {
      throw ValidationError("\(error)")
    }
    return configuration
  }

  /// An error of a schedule, with its place if the file names the schedule.
  func located(_ error: ScheduleError) -> any Error {
    guard let file, let text = try? String(contentsOfFile: file, encoding: .utf8) else { return error }
    return ConfigurationError(error, in: text, file: file) ?? error
  }

  /// A file's name without its extension; nil where there is nothing to call it by.
  private func stem(of file: String) -> String? {
    let name = InputPath(file).name
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return stem.isEmpty || file == "-" || file.hasPrefix("/dev/") ? nil : stem
  }
}
