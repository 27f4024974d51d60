import Platform
import Schedules
import Sparse
import Yams

/// An error in a configuration file, with its position: `FILE:LINE:COLUMN: error: ...`.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  public let file: String
  /// Both count from 1.
  public let line: Int
  public let column: Int
  public let message: String

  public var description: String { "\(file.printable):\(line):\(column): error: \(message)" }
}

extension ConfigurationError {
  /// An error of a schedule that shows only when its factors are computed, at the place that names the schedule.
  ///
  /// - Parameters:
  ///   - yaml: the text of the file.
  ///   - file: its name, for messages.
  /// - Returns: nil if the file does not name the schedule.
  public init?(_ error: ScheduleError, in yaml: String, file: String) {
    func places(_ node: Node) -> [Node] {
      switch node {
      case .scalar(let scalar):
        (try? Schedule(parsing: scalar.string).description) == error.spelling || scalar.string == error.spelling ? [node] : []
      case .mapping(let mapping): mapping.flatMap { places($0.value) }
      case .sequence(let sequence): sequence.flatMap(places)
      case .alias: []
      }
    }
    guard let root = try? Yams.compose(yaml: yaml), let place = places(root).first else { return nil }
    self.init(at: place, file: file, "\(error)")
  }
}

/// An invalid setting, whether from a file or from the command line.
public struct SettingError: Error, Hashable, CustomStringConvertible {
  /// The setting's key in a configuration file.
  public let key: String
  public let message: String

  public var description: String { "\(key): \(message)" }
}
