import Schedules

/// A column of the tables: one schedule, or several of which the best is shown.
public struct Column: Sendable, Hashable {
  /// The title that the configuration gives; nil for the schedule's own.
  public var name: String?
  /// Canonical spellings, at least one; several compete (`best_of`).
  public var schedules: [String]

  public init(_ schedule: String) { self.init(name: nil, schedules: [schedule]) }

  public init(name: String?, schedules: [String]) {
    self.name = name
    self.schedules = schedules
  }

  /// The heading: `name`, or the schedule's own, as in "wsd (cooldown 0.1)"; of several spellings, what they have in common.
  public var title: String {
    if let name { return name }
    guard let first = schedules.first else { return "" }
    return Column.title(of: schedules.count == 1 ? first : Column.stem(of: first))
  }

  private static func title(of spelling: String) -> String {
    let parts = spelling.split(separator: ":")
    let round = parts.last.flatMap { $0.hasPrefix("round=") ? $0.dropFirst(6) : nil }
    let schedule = round == nil ? spelling : parts.dropLast().joined(separator: ":")
    let title = (try? Schedule(parsing: schedule))?.columnTitle(keeping: "tau") ?? schedule
    return title + (round.map { " (round \($0))" } ?? "")
  }

  /// The name of a schedule with its warmup: what competed in one column before columns were entries of their own.
  private static func stem(of spelling: String) -> String {
    let parts = spelling.split(separator: ":")
    return ([parts.first ?? ""] + parts.dropFirst().filter { $0.hasPrefix("warmup=") }).joined(separator: ":")
  }

  /// The columns of protocols recorded before columns were entries of their own: spellings of one schedule competed, and so did
  /// the rounds of a refinement.
  static func grouped(_ spellings: [String], rounds: Int) -> [Column] {
    var columns: [Column] = []
    var places: [String: Int] = [:]
    for spelling in spellings {
      let isRounds = rounds > 1 && SweepConfiguration.isRefined(spelling)
      let members = isRounds ? (1...rounds).map { "\(spelling):rounds=\($0)" } : [spelling]
      if let place = places[stem(of: spelling)] {
        columns[place].schedules += members
      } else {
        places[stem(of: spelling)] = columns.count
        columns.append(Column(name: nil, schedules: members))
      }
    }
    return columns
  }
}
