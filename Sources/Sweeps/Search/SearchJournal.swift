import Foundation
import Training

/// The finished batches of searches in a results folder: one file for each problem, optimizer and length of run.
///
/// A batch (a generation, the rates of a schedule, a judgement) is on disk before the search goes on. A search decides everything
/// else from the results alone, so that a resumed one takes its batches from here and ends with the same bits. Torn or altered
/// lines are ignored, and what they held is trained again.
public final class SearchJournal: Sendable {
  /// Not a suffix of a sweep's journals, which may share the folder.
  static let suffix = ".search"

  let path: String
  /// nil in a sweep, which has locked the folder.
  private let lock: FolderLock?
  private let file: AppendedFile
  /// The results by key, as the file had them when it was opened.
  private let known: [String: [[Quantities]]]

  /// Opens the journal, and creates the folder if there is none.
  ///
  /// - Parameter identity: see `SearchTraining`.
  /// - Throws: `JournalError`.
  public convenience init(folder: String, identity: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw JournalError.cannotCreate(path: folder, reason: reason(of: error))
    }
    try self.init(
      folder: folder, name: SHA256.digest(identity, bytes: 8), lock: FolderLock(folder: folder, shard: nil))
  }

  /// Opens the journal of a sweep's search, in the folder of the sweep, which holds its lock.
  ///
  /// - Parameter key: the search's, as `RunKey` makes it.
  /// - Throws: `JournalError`.
  convenience init(sweepFolder: String, key: String) throws {
    try self.init(folder: sweepFolder, name: key, lock: nil)
  }

  private init(folder: String, name: String, lock: FolderLock?) throws {
    path = folder + "/" + name + Self.suffix
    self.lock = lock
    var known: [String: [[Quantities]]] = [:]
    if FileManager.default.fileExists(atPath: path) {
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw JournalError.cannotRead(path: path, reason: "it cannot be opened")
      }
      for line in bytes.split(separator: 0x0A) where JournalLine.fault(in: line) == nil {
        guard let batch = try? JSONDecoder().decode(Batch.self, from: line) else { continue }
        known[batch.key] = batch.results
      }
    }
    self.known = known
    file = try AppendedFile(path: path)
  }

  /// Removes the file of a search whose outcome is on disk elsewhere. One that stays does no harm.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func results(of key: String) -> [[Quantities]]? { known[key] }

  /// - Throws: `JournalError.cannotWrite`.
  func append(key: String, stage: String, results: [[Quantities]]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(Batch(key: key, stage: stage, results: results))
    try file.append(JournalLine.sealed(String(decoding: line, as: UTF8.self)))
  }

  /// One line: results by run, then by seed.
  private struct Batch: Codable {
    var key: String
    /// For readers of the file.
    var stage: String
    var results: [[Quantities]]
  }
}

extension Quantities: Codable {}
