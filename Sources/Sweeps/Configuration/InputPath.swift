import Foundation
import Schedules

/// The path of an input, as the user gave it: a data file, folder or pattern, a configuration, a schedule's file.
///
/// The text is taken literally, `~` included, relative to the working directory.
public struct InputPath: Sendable, Hashable, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }

  public var description: String { text }

  /// Everything before the last component; `.` if there is nothing.
  public var folder: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == text.startIndex ? "/" : String(text[..<slash])
  }

  /// The last component; empty where the path ends in a slash.
  public var name: String {
    text.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(text[text.utf8.index(after: $0)...]) } ?? text
  }

  /// The absolute path. Symbolic links are kept, as they may differ on another machine; so is `-`, standard input.
  public var absolute: String {
    text.hasPrefix("/") || text == "-" ? text : FileManager.default.currentDirectoryPath + "/" + text
  }

  public var isFolder: Bool { status.map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

  /// Whether there is something to read: a file, a pipe, a device.
  public var isFile: Bool { status.map { $0.st_mode & S_IFMT != S_IFDIR } ?? false }

  /// Equal for all paths to the same file or folder, links resolved; what does not exist is identified by its folder and
  /// name.
  public var identity: String {
    if let status { return "\(status.st_dev) \(status.st_ino)" }
    var parent = stat()
    return stat(folder, &parent) == 0 ? "\(parent.st_dev) \(parent.st_ino) \(name)" : text
  }

  private var status: stat? {
    var status = stat()
    return stat(text, &status) == 0 ? status : nil
  }
}

extension SweepConfiguration {
  /// The same configuration with absolute paths, for a process with another working directory.
  ///
  /// - Throws: `SettingError` where the spelling of a schedule cannot hold the path.
  public func withAbsolutePaths() throws -> SweepConfiguration {
    var absolute = self
    absolute.data = data.map { InputPath($0).absolute }
    for index in columns.indices {
      absolute.columns[index].schedules = try columns[index].schedules.map {
        try SweepConfiguration.withAbsolutePaths($0, key: .schedules)
      }
    }
    for index in methods.indices {
      absolute.methods[index].column.schedules = try methods[index].column.schedules.map {
        try SweepConfiguration.withAbsolutePaths($0, key: .methods)
      }
    }
    // A name is no path.
    if let reference, !columns.contains(where: { $0.name == reference }) {
      absolute.reference = try SweepConfiguration.withAbsolutePaths(reference, key: .reference)
    }
    absolute.priorSchedule = try SweepConfiguration.withAbsolutePaths(priorSchedule, key: .prior)
    return absolute
  }

  private static func withAbsolutePaths(_ spelling: String, key: SettingKey) throws -> String {
    guard let schedule = try? Schedule(parsing: spelling), !schedule.paths.isEmpty else { return spelling }
    let absolute = schedule.spelling { InputPath($0).absolute }
    guard (try? Schedule(parsing: absolute))?.paths == schedule.paths.map({ InputPath($0).absolute }) else {
      throw SettingError(
        key: key.rawValue,
        message: "'\(absolute)': a path with a colon cannot be spelled in a schedule; expected a folder without one")
    }
    return absolute
  }

  /// The spelling without the paths of its files: their contents count, not their location.
  static func withoutPaths(_ spelling: String) -> String {
    guard spelling.contains("="), let schedule = try? Schedule(parsing: spelling), !schedule.paths.isEmpty else {
      return spelling
    }
    return schedule.spelling { _ in "" }
  }
}
