import ArgumentParser
import Benchmarking
import Foundation
import Sparse
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure speed on this machine, relative to the machine's own limits.",
    discussion: """
      First one core's FMA peak and memory bandwidth, then the trainer: CPU time of one thread, median of --repetitions. The \
      column "with norms" also records the gradient norms of every step, as the prior run of a refinement does. The percentage \
      of the peak counts only the multiply-adds of the forward pass and the gradient: 64 (d+1) C operations per run and step \
      at batch size 16, with d features and C classes, for dense rows, and those of the nonzeros for sparse rows.

      Then the reader: wall time from the page cache into new arrays, with one thread and with two; peak memory relative to \
      that of the finished arrays; reading gzipped text relative to a loop that only inflates it. Compared variants alternate \
      every 50 ms, and ratios are medians over neighbouring turns. "Two apart" is two threads that share nothing and each read \
      the whole text: the limit of the machine.

      Without files: synthetic problems with the shapes of letter, vowel, pendigits, a9a, news20 and aloi, and synthetic text \
      with the shapes of letter, a9a, news20 and a file of 1 GB.
      """,
    version: Refinery.version)

  @Option(help: ArgumentHelp("Files in LIBSVM format, separated by commas.", valueName: "FILE[,FILE...]")) var data: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("Repetitions for the median.", valueName: "N")) var repetitions = 5
  @Option(help: ArgumentHelp("Write the tables to a Markdown page.", valueName: "FILE.md")) var out: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard repetitions >= 1 else { throw ValidationError("--repetitions: expected a number of at least 1, got \(repetitions)") }
  }

  func run() throws {
    let machine = TrainerBenchmark.measureMachine()
    let files = data.map(commaSeparated)
    let problems = try files.map { try $0.map { try Problem(path: $0) } } ?? MadeUpProblem.allCases.map { $0.problem() }
    var trainer: [TrainerBenchmark.Timing] = []
    for problem in problems {
      for optimizer in [Optimizer.sgd(), .adam()] {
        report("measuring \(problem.name), \(optimizer.name)")
        for runs in TrainerBenchmark.runCounts(problem, optimizer: optimizer) {
          trainer.append(
            try TrainerBenchmark.time(
              problem, optimizer: optimizer, runs: runs, peakFlops: machine.peakFlops, repetitions: repetitions))
        }
      }
    }
    let reader = try measureReader(files)
    if json {
      try Output.write(Output.json(Results(machine: machine, trainer: trainer, reader: reader)), to: nil)
    } else {
      let limits = Self.limits(machine)
      let tables = [Self.table(trainer)] + (reader.isEmpty ? [] : [Self.table(reader)])
      try Output.write(([limits + "\n"] + tables.map(\.text)).joined(separator: "\n"), to: nil)
      if let out {
        try Output.write(Self.page(limits, tables), to: out)
        report("wrote \(out)")
      }
    }
  }

  /// Texts for which there is no room are skipped, with a message.
  private func measureReader(_ files: [String]?) throws -> [ReaderBenchmark.Timing] {
    guard let files else {
      return try MadeUpText.allCases.compactMap { text in
        report("measuring the reader, \(text.rawValue)")
        do {
          return try ReaderBenchmark.time(text, repetitions: repetitions)
        } catch let skipped as ReaderBenchmark.Skipped {
          report("refinery: \(skipped)")
          return nil
        }
      }
    }
    return try files.map { path in
      report("measuring the reader, \(path)")
      do {
        return try ReaderBenchmark.time(
          path: path, name: DatasetFolder.datasetName(ofFile: path), repetitions: max(repetitions, 5))
      } catch let skipped as ReaderBenchmark.Skipped {
        throw Failure("refinery: error: \(skipped)", .cannotCreate)
      }
    }
  }

  private static func limits(_ machine: TrainerBenchmark.Machine) -> String {
    String(
      format: "FMA peak of a core %.0f GFLOP/s, memory bandwidth %.1f GB/s, vectors of %d floats",
      machine.peakFlops / 1e9, machine.memoryBandwidth / 1e9, machine.vectorWidth)
  }

  private static func page(_ limits: String, _ tables: [TextTable]) -> String {
    let version = Refinery.version
    let intro = """
      # Performance

      Written by `make bench` (Refinery \(version)); `refinery bench --help` says what each column is. Speeds are those of one machine at one
      time: compare ratios and shares of its limits, not single figures.

      \(limits).

      """
    return ([intro] + tables.map(\.markdown)).joined(separator: "\n")
  }

  private static func table(_ timings: [TrainerBenchmark.Timing]) -> TextTable {
    var table = TextTable(
      header: [
        "problem", "optimizer", "kernels", "runs", "us a run and step", "with norms", "ns a nonzero and class", "% of peak",
      ],
      leftAligned: [0, 1, 2])
    for timing in timings {
      table.append([
        timing.problem, timing.optimizer, timing.path, "\(timing.runs)",
        String(format: "%.4f", timing.microsecondsPerRunAndStep), String(format: "%.4f", timing.microsecondsWithNorms),
        String(format: "%.3f", timing.nanosecondsPerNonzeroAndClass), String(format: "%.1f", timing.fractionOfPeak * 100),
      ])
    }
    return table
  }

  private static func table(_ timings: [ReaderBenchmark.Timing]) -> TextTable {
    func number(_ format: String, _ value: Double?) -> String { value.map { String(format: format, $0) } ?? "-" }
    var table = TextTable(
      header: [
        "text", "bytes", "MB/s, one thread", "two threads", "two / one", "two apart / one", "peak memory / arrays",
        "gzip / inflate alone", "inflate, MB/s",
      ])
    for timing in timings {
      table.append([
        timing.problem, "\(timing.bytes)", number("%.0f", timing.megabytesPerSecond),
        number("%.0f", timing.megabytesPerSecondTwoThreads), number("%.2f", timing.twoThreadSpeedup),
        number("%.2f", timing.twoReaderSpeedup), number("%.2f", timing.peakMemoryRatio),
        number("%.2f", timing.gzipTimeRatio), number("%.0f", timing.inflateMegabytesPerSecond),
      ])
    }
    return table
  }

  private struct Results: Encodable {
    var machine: TrainerBenchmark.Machine
    var trainer: [TrainerBenchmark.Timing]
    var reader: [ReaderBenchmark.Timing]
  }
}
