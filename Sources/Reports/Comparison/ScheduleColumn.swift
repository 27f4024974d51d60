import Sweeps

/// A column of the tables by optimizer: a column of the configuration, with how it is drawn.
public struct ScheduleColumn: Sendable, Hashable {
  /// Unique in a report: the spelling of its schedule or, where several compete, what they have in common.
  public let key: String
  public let title: String
  /// Canonical spellings, in the configuration's order.
  public let schedules: [String]
  let style: ScheduleStyle

  static func name(of spelling: String) -> String { spelling.split(separator: ":").first.map(String.init) ?? spelling }

  /// The hyper-parameters that distinguish a spelling within its column, as in `offset=0.1`; empty for defaults.
  static func parameters(of schedule: String) -> String {
    schedule.split(separator: ":").dropFirst().filter { !$0.hasPrefix("warmup=") }.joined(separator: " ")
  }

  /// The name of a schedule, with its warmup.
  private static func stem(of spelling: String) -> String {
    let parts = spelling.split(separator: ":")
    return ([parts.first ?? ""] + parts.dropFirst().filter { $0.hasPrefix("warmup=") }).joined(separator: ":")
  }

  /// The columns of a configuration, then one for each further schedule.
  static func columns(of configured: [Column], further schedules: [String]) -> [ScheduleColumn] {
    let known = Set(configured.flatMap(\.schedules))
    let all = configured + schedules.filter { !known.contains($0) }.map { Column($0) }
    var taken: Set<String> = []
    let keys = all.map { column -> String in
      let first = column.schedules.first ?? ""
      let key = column.schedules.count == 1 ? first : stem(of: first)
      // Several columns may show one schedule under different names.
      let unique = ([key] + (2...(all.count + 1)).map { "\(key):column=\($0)" }).first { !taken.contains($0) } ?? key
      taken.insert(unique)
      return unique
    }
    let styles = ScheduleStyle.styles(of: keys.map(name))
    return zip(zip(all, keys), styles).map { entry, style in
      ScheduleColumn(
        key: entry.1, title: entry.0.title.replacing("sqrt(t)", with: "√t"), schedules: entry.0.schedules, style: style)
    }
  }
}
