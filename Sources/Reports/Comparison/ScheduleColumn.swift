/// A column of the tables: schedules that differ only in their own hyper-parameters, shown at the best of them.
///
/// `inverse`, `inverse:offset=0.001` and `inverse:offset=0.1` are one column. Warmup, which every schedule takes, makes another
/// column: `linear:warmup=0.1` is compared with `linear`, not merged into it.
public struct ScheduleColumn: Sendable, Hashable {
  /// The name, with the warmup where there is one: `inverse`, `linear:warmup=0.1`.
  public let key: String
  public let name: String
  public let title: String
  /// Canonical spellings, in the configuration's order.
  public let schedules: [String]
  let style: ScheduleStyle

  private init(key: String, schedules: [String], style: ScheduleStyle) {
    self.key = key
    self.schedules = schedules
    self.style = style
    name = Self.name(of: key)
    title = ScheduleStyle.title(of: key)
  }

  /// One column per spelling.
  static func each(_ spellings: [String]) -> [ScheduleColumn] {
    zip(spellings, ScheduleStyle.styles(of: spellings.map(name))).map { spelling, style in
      ScheduleColumn(key: spelling, schedules: [spelling], style: style)
    }
  }

  static func name(of key: String) -> String { key.split(separator: ":").first.map(String.init) ?? key }

  /// The hyper-parameters that distinguish a spelling within its column, as in `offset=0.1`; empty for defaults.
  static func parameters(of schedule: String) -> String {
    schedule.split(separator: ":").dropFirst().filter { !$0.hasPrefix("warmup=") }.joined(separator: " ")
  }

  static func key(of schedule: String) -> String {
    let parts = schedule.split(separator: ":")
    return ([parts.first ?? ""] + parts.dropFirst().filter { $0.hasPrefix("warmup=") }).joined(separator: ":")
  }

  /// Columns in the order in which their first spelling appears.
  static func columns(of schedules: [String]) -> [ScheduleColumn] {
    var order: [String] = []
    var members: [String: [String]] = [:]
    for schedule in schedules {
      let key = key(of: schedule)
      if members[key] == nil { order.append(key) }
      if members[key]?.contains(schedule) != true { members[key, default: []].append(schedule) }
    }
    return zip(order, ScheduleStyle.styles(of: order.map(name))).map { key, style in
      ScheduleColumn(key: key, schedules: members[key] ?? [], style: style)
    }
  }
}
