import Foundation
import Testing

@testable import Sweeps

@Suite struct SlurmSubmissionTests {
  static let submission = SlurmSubmission(
    executable: "/opt/refinery", sweepArguments: ["my config.yml", "--seeds", "3"], results: "it's here", report: "REPORT.md",
    tasks: 4,
    threadsPerTask: 2, partition: "short", timeLimit: "01:00:00",
    sbatchOptions: ["--account=my group", "--mem=8G"])

  @Test func theArrayTrainsShards() {
    let script = Self.submission.arrayScript
    #expect(script.hasPrefix("#!/bin/sh\n#SBATCH --job-name=refinery-sweep\n#SBATCH --partition=short\n"))
    for option in ["--array=1-4", "--cpus-per-task=2", "--time=01:00:00", "--requeue"] {
      #expect(script.contains("#SBATCH \(option)\n"))
    }
    #expect(script.contains("/opt/refinery sweep 'my config.yml' --seeds 3 --results 'it'\\''s here'"))
    #expect(script.contains("--shard \"$SLURM_ARRAY_TASK_ID/4\""))
  }

  @Test func theReportWaitsForTheArray() {
    #expect(Self.submission.reportScript.contains("exec /opt/refinery report 'it'\\''s here' --out REPORT.md"))
    #expect(Self.submission.submissionScript.contains("--dependency=\"afterok:${array%%;*}\""))
  }

  @Test func optionsAfterTheTerminatorReachBothJobs() {
    let calls = Self.submission.submissionScript.split(separator: "\n").filter { $0.contains("$(sbatch") }
    #expect(calls.count == 2)
    #expect(calls.allSatisfy { $0.contains(" '--account=my group' --mem=8G <<'REFINERY") })
  }

  @Test func shellsAcceptTheScripts() throws {
    for script in [Self.submission.arrayScript, Self.submission.reportScript, Self.submission.submissionScript] {
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-n", "-c", script]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0)
    }
  }
}
