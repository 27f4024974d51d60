import ArgumentParser
import Foundation
import Sweeps

struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Run a sweep on a cluster.", version: Refinery.version,
    subcommands: [SubmitSlurmCommand.self])
}

struct SubmitSlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Submit a sweep as a Slurm job array, with a dependent job that writes the report.",
    discussion: """
      Each task of the array trains one shard. A task that is killed or out of time is requeued and continues where its \
      journal ends. The results folder, the data and this program must be on a file system that every node sees.

      Options after -- are passed on to sbatch, for the tasks and for the report: -- --account=NAME --mem=8G.
      """,
    version: Refinery.version)

  @OptionGroup var options: SweepOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of tasks in the array.", valueName: "N")) var array: Int
  @Option(help: "Slurm partition.") var partition: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Threads per task.", valueName: "J")) var jobs = 1
  @Option(help: ArgumentHelp("Time limit of a task, in the format of sbatch.", valueName: "TIME")) var time: String?
  @Option(help: ArgumentHelp("Folder of the journals.", valueName: "DIR")) var results = "results"
  @Option(help: ArgumentHelp("Report to write (default: RESULTS/REPORT.md).", valueName: "FILE")) var out: String?
  @Flag(help: "Print what would be submitted, and exit.") var dryRun = false
  @Flag(help: "Print the scripts as JSON, and exit.") var json = false
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Further options of sbatch, such as --account=NAME --constraint=avx512.", valueName: "SBATCH OPTION"))
  var sbatchOptions: [String] = []

  func validate() throws {
    if !(1...100_000).contains(array) { throw ValidationError("--array: expected a number from 1 to 100000, got \(array)") }
    if jobs < 1 { throw ValidationError("--jobs: expected a number of at least 1, got \(jobs)") }
  }

  func run() throws {
    if !json && !dryRun && !Self.isOnPath("sbatch") {
      throw Failure(
        "sbatch: error: not found on the PATH, expected Slurm's command; run this where jobs are submitted, or see what would be "
          + "submitted with --dry-run", .software)
    }
    let configuration = try options.configuration().withAbsolutePaths()
    let results = InputPath(results).absolute
    let file = results + "/sweep.yml"
    let submission = SlurmSubmission(
      executable: ProcessInfo.processInfo.arguments[0].contains("/")
        ? InputPath(ProcessInfo.processInfo.arguments[0]).absolute : ProcessInfo.processInfo.arguments[0],
      sweepArguments: [file], results: results, report: out.map { InputPath($0).absolute } ?? results + "/REPORT.md",
      tasks: array, threadsPerTask: jobs, partition: partition, timeLimit: time, sbatchOptions: sbatchOptions)
    if json {
      let scripts = [
        "array": submission.arrayScript, "report": submission.reportScript, "submission": submission.submissionScript,
      ]
      try Output.write(Output.json(scripts), to: nil)
      return
    }
    if dryRun {
      try Output.write(submission.submissionScript, to: nil)
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
      try configuration.yaml.write(toFile: file, atomically: true, encoding: .utf8)
    } catch {
      throw Failure("\(file): error: cannot write: \(error.localizedDescription)", .cannotCreate)
    }
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", submission.submissionScript]
    shell.currentDirectoryURL = URL(fileURLWithPath: results)
    do {
      try shell.run()
    } catch {
      throw Failure("/bin/sh: error: cannot be run: \(error.localizedDescription)", .software)
    }
    shell.waitUntilExit()
    guard shell.terminationStatus == 0 else {
      throw Failure("error: sbatch rejected the jobs; --dry-run shows them", .software)
    }
  }

  private static func isOnPath(_ program: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
    return folders.contains { access(($0.isEmpty ? "." : $0) + "/" + program, X_OK) == 0 }
  }
}
