import Foundation
import Synchronization

/// The journal of one sweep, open for writing: `runs.jsonl` with one run per line and, beside it, `details.ndjson` with
/// everything else that a report needs; for a shard, `runs-2-of-4.jsonl` and so on.
///
/// A batch of lines counts as done once it is on disk. A thread that finishes while another one is waiting for the disk
/// leaves its lines to that thread, so that a slow disk blocks no more than one thread.
final class Journal: Sendable {
  let folder: String
  /// Name of the details file within the folder.
  let detailsFile: String
  /// What was wrong with the folder's own lines, which are set aside.
  let warnings: [String]
  private let lock: FolderLock
  private let runs: AppendedFile
  private let details: AppendedFile
  private let state: Mutex<State>

  private struct State {
    var waitingRuns = ""
    var waitingDetails = ""
    var waitingRunCount = 0
    var durableRunCount = 0
    var isFlushing = false
  }

  /// Opens the journal for writing and reads everything that the folder holds.
  ///
  /// Torn or altered lines are moved to `set-aside.txt` and reported in `warnings`. A shard does so only with its own files,
  /// as other shards may be in the middle of writing a line.
  ///
  /// - Throws: `JournalError`.
  static func open(folder: String, shard: Shard?) throws -> (journal: Journal, contents: JournalContents) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw JournalError.cannotCreate(path: folder, reason: reason(of: error))
    }
    let lock = try FolderLock(folder: folder, shard: shard)
    let suffix = shard?.suffix ?? ""
    let files = ["runs\(suffix)\(JournalContents.runsSuffix)", "details\(suffix)\(JournalContents.detailsSuffix)"]
    var contents = try JournalContents(folder: folder)
    var warnings: [String] = []
    for (file, lines) in Dictionary(grouping: contents.badLines, by: \.place.file).sorted(by: { $0.key < $1.key })
    where shard == nil || files.contains(file) {
      try setAside(lines, in: file, folder: folder)
      warnings += lines.map {
        "\(folder)/\($0.place): warning: \($0.reason); moved to set-aside.txt; what it held is computed again"
      }
    }
    contents.badLines = []
    let journal = Journal(
      folder: folder, detailsFile: files[1], warnings: warnings, lock: lock,
      runs: try AppendedFile(path: folder + "/" + files[0]), details: try AppendedFile(path: folder + "/" + files[1]))
    return (journal, contents)
  }

  private init(
    folder: String, detailsFile: String, warnings: [String], lock: FolderLock, runs: AppendedFile, details: AppendedFile
  ) {
    self.folder = folder
    self.detailsFile = detailsFile
    self.warnings = warnings
    self.lock = lock
    self.runs = runs
    self.details = details
    state = Mutex(State())
  }

  /// How many of the appended runs are on disk.
  var durableRunCount: Int { state.withLock { $0.durableRunCount } }

  /// Adds a batch. On return it is on disk, or another thread is about to write it.
  ///
  /// - Throws: `JournalError.cannotWrite`; the journal then has nothing of the batch.
  func append(runs: [RunRecord] = [], details: [DetailLine] = []) throws {
    let runLines = runs.map(\.journalLine).joined()
    let detailLines = try details.map { try $0.journalLine() }.joined()
    let isWriter = state.withLock { state in
      state.waitingRuns += runLines
      state.waitingDetails += detailLines
      state.waitingRunCount += runs.count
      if state.isFlushing { return false }
      state.isFlushing = true
      return true
    }
    if isWriter { try flush() }
  }

  /// Writes until nothing is waiting. Only the thread that set `isFlushing` runs this.
  private func flush() throws {
    while true {
      let batch = state.withLock { state -> Batch? in
        if state.waitingRuns.isEmpty && state.waitingDetails.isEmpty {
          state.isFlushing = false
          return nil
        }
        defer { (state.waitingRuns, state.waitingDetails, state.waitingRunCount) = ("", "", 0) }
        return Batch(runs: state.waitingRuns, details: state.waitingDetails, runCount: state.waitingRunCount)
      }
      guard let batch else { return }
      do {
        if !batch.runs.isEmpty { try runs.append(batch.runs) }
        if !batch.details.isEmpty { try details.append(batch.details) }
      } catch {
        state.withLock { $0.isFlushing = false }
        throw error
      }
      state.withLock { $0.durableRunCount += batch.runCount }
    }
  }

  private struct Batch {
    let runs: String
    let details: String
    let runCount: Int
  }

  /// Moves lines of a file to `set-aside.txt`; the file is atomically replaced by one without them.
  private static func setAside(_ lines: [JournalContents.BadLine], in file: String, folder: String) throws {
    let path = folder + "/" + file
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw JournalError.cannotRead(path: path, reason: "it cannot be opened")
    }
    let bad = Set(lines.map(\.place.line))
    var kept = Data()
    var removed = Data()
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      if bad.contains(index + 1) {
        removed.append(Data("\(timestamp()) \(file):\(index + 1): ".utf8) + line + [0x0A])
      } else {
        kept.append(line + [0x0A])
      }
    }
    do {
      let aside = folder + "/set-aside.txt"
      try (FileManager.default.contents(atPath: aside).map { $0 + removed } ?? removed).write(to: URL(fileURLWithPath: aside))
      let temporary = folder + "/." + file + ".new"
      try kept.write(to: URL(fileURLWithPath: temporary))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
      try handle.synchronize()
      try handle.close()
      guard rename(temporary, path) == 0 else {
        throw JournalError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      try synchronizeFolder(of: path)
    } catch let error as JournalError {
      throw error
    } catch {
      throw JournalError.cannotWrite(path: path, reason: reason(of: error))
    }
  }
}
