import Schedules

/// A sweep on a Slurm cluster: an array of jobs that train one shard each, and a dependent job that merges and reports.
///
/// The results folder must be on a file system that all nodes see. A task that is preempted, killed or out of time is
/// requeued (`--requeue`, and `scontrol requeue` shortly before the time limit) and continues where its journal ends.
public struct SlurmSubmission: Sendable, Hashable {
  /// The program's path on every node.
  public var executable: String
  /// Arguments of `refinery sweep` other than results, shard and threads: the configuration file and options that override
  /// it.
  public var sweepArguments: [String]
  public var results: String
  /// Where the dependent job writes the report.
  public var report: String
  /// Number of tasks in the array, one per shard.
  public var tasks: Int
  public var threadsPerTask: Int
  public var partition: String?
  /// As `sbatch --time` takes it; nil for the partition's own limit.
  public var timeLimit: String?
  /// Further options of `sbatch`, for both jobs.
  public var sbatchOptions: [String]

  public init(
    executable: String, sweepArguments: [String], results: String, report: String, tasks: Int,
    threadsPerTask: Int = 1, partition: String? = nil, timeLimit: String? = nil, sbatchOptions: [String] = []
  ) {
    self.executable = executable
    self.sweepArguments = sweepArguments
    self.results = results
    self.report = report
    self.tasks = tasks
    self.threadsPerTask = threadsPerTask
    self.partition = partition
    self.timeLimit = timeLimit
    self.sbatchOptions = sbatchOptions
  }

  /// The script of the array job.
  ///
  /// Slurm sends USR1 a minute before the time limit: the sweep is then stopped cleanly and the task requeued, as it is if
  /// the sweep was killed. If the sweep ends otherwise, the task ends with its exit code.
  public var arrayScript: String {
    script(
      name: "refinery-sweep", options: ["--array=1-\(tasks)", "--cpus-per-task=\(threadsPerTask)", "--signal=B:USR1@60"],
      body: """
        out_of_time=
        trap 'out_of_time=yes; kill -TERM "$sweep" 2>/dev/null' USR1
        trap 'kill -TERM "$sweep" 2>/dev/null' TERM
        \(command(["sweep"] + sweepArguments)) --results \(quoted(results)) \\
          --shard "$SLURM_ARRAY_TASK_ID/\(tasks)" --jobs "${SLURM_CPUS_PER_TASK:-\(threadsPerTask)}" --quiet &
        sweep=$!
        status=0
        wait "$sweep" || status=$?
        # A trapped signal ends the first wait, not the sweep.
        while kill -0 "$sweep" 2>/dev/null; do status=0; wait "$sweep" || status=$?; done
        # 137 says killed, as by a machine without memory: that may be tried again, though not for ever.
        if [ "$status" -ne 0 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 20 ]; then
          if [ -n "$out_of_time" ] || [ "$status" -eq 137 ]; then
            scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && exit 0
          fi
        fi
        # 65 says that some files could not be read and the others were swept: the report says which.
        [ "$status" -eq 65 ] && status=0
        exit "$status"
        """)
  }

  /// The script of the job that waits for the array.
  public var reportScript: String {
    script(
      name: "refinery-report", options: [],
      body: "exec \(command(["report", results, "--out", report]))")
  }

  /// One shell script that submits both, for people and for `sh`.
  ///
  /// It prints the job IDs of the array and of the report.
  public var submissionScript: String {
    let options = sbatchOptions.map { " " + quoted($0) }.joined()
    return """
      #!/bin/sh
      # Submits the sweep (\(counted(tasks, "task"))) and the report that waits for it.
      set -eu
      mkdir -p \(quoted(results))
      array=$(sbatch --parsable\(options) <<'REFINERY_ARRAY'
      \(arrayScript)
      REFINERY_ARRAY
      )
      report=$(sbatch --parsable --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes\(options) <<'REFINERY_REPORT'
      \(reportScript)
      REFINERY_REPORT
      )
      echo "sweep: job ${array%%;*}, report: job ${report%%;*}"

      """
  }

  private func script(name: String, options: [String], body: String) -> String {
    var lines = ["#!/bin/sh", "#SBATCH --job-name=\(name)"]
    if let partition { lines.append("#SBATCH --partition=\(partition)") }
    if let timeLimit { lines.append("#SBATCH --time=\(timeLimit)") }
    lines += options.map { "#SBATCH \($0)" }
    lines += ["#SBATCH --requeue", "#SBATCH --open-mode=append"]
    return (lines + [body]).joined(separator: "\n")
  }

  private func command(_ arguments: [String]) -> String {
    ([executable] + arguments).map(quoted).joined(separator: " ")
  }

  /// One shell word that stands for the text literally.
  private func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_./=,:+@%".utf8.contains($0)
      }
    return isPlain ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
