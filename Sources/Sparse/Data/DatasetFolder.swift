import Platform

/// The datasets of a folder, determined from the file names alone; no file is opened.
///
/// Subfolders are not searched. Directories, dot files, `*.md` and `*.py` are skipped. A symbolic link counts under its own
/// name, and a name that is not UTF-8 is spelled with `\xNN` for each non-ASCII byte. The suffixes `.gz`, `.bz2`, `.xz` and
/// `.zst` are not part of a dataset's name. `NAME.t` is the test file of `NAME`.
public struct DatasetFolder: Sendable, Hashable {
  /// One dataset.
  public struct Entry: Sendable, Hashable {
    /// Name of the training file without its compression suffix.
    public let name: String
    /// The folder's path, a slash and the file name.
    public let path: String
    /// nil if there is no `NAME.t`.
    public let testPath: String?
  }

  public static let compressionSuffixes = [".gz", ".bz2", ".xz", ".zst"]

  /// Sorted by the bytes of their names.
  public let entries: [Entry]
  /// One for each name that matches several files or has several test files, and for each `NAME.t` without `NAME`; sorted by
  /// name.
  public let failures: [ReadingFailure]

  /// - Throws: `ReadingFailure` of kind `noInput` if the folder cannot be listed.
  /// - Complexity: O(n log n) for n files.
  public init(_ path: String) throws(ReadingFailure) {
    let names = try Self.regularFiles(in: path)
    // String equality is canonical equivalence: names that differ only in the encoding of accents share a key.
    let files = Dictionary(grouping: names.sorted(by: Self.precedes)) { Self.datasetName(ofFile: $0) }
    let folder = path.hasSuffix("/") ? path : path + "/"
    var entries: [Entry] = []
    var failures: [ReadingFailure] = []
    for (name, candidates) in files.sorted(by: { Self.precedes($0.key, $1.key) }) {
      let path = folder + candidates[0]
      let training = name.hasSuffix(".t") && name.count > 2 ? String(name.dropLast(2)) : nil
      let tests = files[name + ".t"] ?? []
      // Duplicate test files are reported for the training file, if there is one.
      if let training, files[training]?.count == 1 { continue }
      if candidates.count > 1 {
        failures.append(Self.clash(candidates, path, "one dataset, \(name)"))
      } else if let training {
        guard files[training] == nil else { continue }
        let message = "test file without training file; \(training) belongs beside it"
        failures.append(ReadingFailure(kind: .badData, file: path, message: message))
      } else if tests.count > 1 {
        failures.append(Self.clash(tests, path, "one test file"))
      } else {
        entries.append(Entry(name: name, path: path, testPath: tests.first.map { folder + $0 }))
      }
    }
    self.entries = entries
    self.failures = failures
  }

  private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

  /// The last component of a path, without its compression suffix.
  public static func datasetName(ofFile path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    for suffix in compressionSuffixes where file.hasSuffix(suffix) && file.count > suffix.count {
      return String(file.dropLast(suffix.count))
    }
    return file
  }

  /// The failure for several files that claim the same name, or whose names look the same when printed.
  private static func clash(_ files: [String], _ path: String, _ what: String) -> ReadingFailure {
    let list = files.joined(separator: ", ")
    let reason: String
    if Set(files.map { Array($0.utf8) }).count < files.count {
      reason = "are spelled alike, and one of the names is not UTF-8; rename one"
    } else if Set(files.map { Array(datasetName(ofFile: $0).utf8) }).count > 1 {
      reason = "have names that differ only in how accents are encoded, composed or decomposed; rename one"
    } else {
      reason = "are \(what), compressed differently; keep one"
    }
    return ReadingFailure(kind: .badData, file: path, message: "\(list) \(reason)")
  }

  private static func regularFiles(in path: String) throws(ReadingFailure) -> [String] {
    guard let names = namesInFolder(path) else {
      let reason = errno == ENOENT ? "no such folder" : systemErrorMessage()
      throw ReadingFailure(kind: .noInput, file: path, message: reason)
    }
    return names.filter { name in
      if name.utf8.first == UInt8(ascii: ".") || name.hasSuffix(".md") || name.hasSuffix(".py") { return false }
      var status = stat()
      // A dangling link stays in the list, so that reading it reports the missing target.
      return withPath(path + "/" + name) { stat($0, &status) } != 0 || status.st_mode & S_IFMT == S_IFREG
    }
  }
}
