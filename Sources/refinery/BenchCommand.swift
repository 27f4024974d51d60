import ArgumentParser
import Foundation
import Sparse
import Training

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "This machine's speed, as fractions of its own limits.",
    discussion: """
      Measures one core's FMA peak and memory bandwidth, then the trainer: CPU time of one thread, medians of five. The \
      fraction of the peak counts only the multiply-adds of forward and gradient, 64 (d+1) C a run and step at batch size 16.

      Without files: made-up problems of the shapes of letter, vowel, pendigits, a9a, news20 and aloi.
      """,
    version: Refinery.version)

  @Option(help: ArgumentHelp("Files in LIBSVM format, separated by commas.", valueName: "FILE[,FILE...]")) var data: String?
  @Option(help: ArgumentHelp("Repetitions; the median counts.", valueName: "N")) var repetitions = 5
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard repetitions >= 1 else { throw ValidationError("--repetitions is \(repetitions): 1 or more would be right") }
  }

  func run() throws {
    let machine = TrainerBenchmark.measureMachine()
    let files = data.map { $0.split(separator: ",").map(String.init) }
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
    let reader = try files.map { try $0.map { try readingSpeed(of: $0) } } ?? []
    if json {
      try Output.write(Output.json(Results(machine: machine, trainer: trainer, reader: reader)), to: nil)
    } else {
      try Output.write(Self.text(machine, trainer, reader), to: nil)
    }
  }

  /// Wall time of whole reads, one thread and two, into fresh arrays: medians.
  private func readingSpeed(of path: String) throws -> Reading {
    func median(threads: Int) throws -> (seconds: Double, bytes: Int) {
      var times: [Double] = []
      var bytes = 0
      let clock = ContinuousClock()
      for _ in 0..<max(repetitions, 5) {
        let options = ReadingOptions(threads: threads, computesChecksum: false)
        let time = try clock.measure { bytes = try LIBSVMReader.read(path: path, options: options).byteCount }
        times.append(time / .seconds(1))
      }
      return (times.sorted()[times.count / 2], bytes)
    }
    let one = try median(threads: 1)
    let two = try median(threads: 2)
    let megabytes = Double(one.bytes) / 1e6
    return Reading(
      problem: DatasetFolder.datasetName(ofFile: path), bytes: one.bytes, megabytesPerSecond: megabytes / one.seconds,
      megabytesPerSecondTwoThreads: megabytes / two.seconds)
  }

  private static func text(_ machine: TrainerBenchmark.Machine, _ trainer: [TrainerBenchmark.Timing], _ reader: [Reading])
    -> String
  {
    var text =
      String(
        format: "FMA peak of a core %.0f GFLOP/s, memory bandwidth %.1f GB/s, vectors of %d floats\n\n",
        machine.peakFlops / 1e9, machine.memoryBandwidth / 1e9, machine.vectorWidth)
    var table = TextTable(
      header: ["problem", "optimizer", "path", "runs", "us a run and step", "ns a nonzero and class", "% of peak"], leftAligned: [0, 1, 2])
    for timing in trainer {
      table.append([
        timing.problem, timing.optimizer, timing.path, "\(timing.runs)",
        String(format: "%.4f", timing.microsecondsPerRunAndStep),
        String(format: "%.3f", timing.nanosecondsPerNonzeroAndClass), String(format: "%.1f", timing.fractionOfPeak * 100),
      ])
    }
    text += table.text
    guard !reader.isEmpty else { return text }
    var speeds = TextTable(header: ["file", "bytes", "MB/s, one thread", "two threads"])
    for reading in reader {
      speeds.append([
        reading.problem, "\(reading.bytes)", String(format: "%.0f", reading.megabytesPerSecond),
        String(format: "%.0f", reading.megabytesPerSecondTwoThreads),
      ])
    }
    return text + "\n" + speeds.text
  }

  private struct Results: Encodable {
    var machine: TrainerBenchmark.Machine
    var trainer: [TrainerBenchmark.Timing]
    var reader: [Reading]
  }

  private struct Reading: Encodable {
    var problem: String
    /// Of uncompressed text.
    var bytes: Int
    var megabytesPerSecond: Double
    var megabytesPerSecondTwoThreads: Double
  }
}
