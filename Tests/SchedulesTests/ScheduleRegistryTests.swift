import Foundation
import Schedules
import Testing

struct ScheduleRegistryTests {
  /// One type in one file (`SawtoothSchedule.swift`) and one line that names it, through the public interface.
  private let extended = ScheduleRegistry(
    ScheduleRegistry.builtIn.shapes + [
      SawtoothSchedule.self
    ])

  @Test func aNewScheduleIsEverywhere() throws {
    let schedule = try Schedule(parsing: "sawtooth:low=0.0:teeth=2:warmup=0.5", in: extended)
    #expect(schedule.description == "sawtooth:teeth=2:warmup=0.5")
    #expect(schedule.columnTitle == "sawtooth (teeth 2, warmup 0.5)")
    #expect(schedule.color == "#6a6fd1")
    #expect(try schedule.factors(steps: 8) == [0.25, 0.5, 0.75, 1, 1, 0.5, 1, 0.5])
    #expect(extended.names.last == "sawtooth")
    #expect(extended.help.contains("sawtooth"))
    #expect(extended.help.contains("How often it falls. (a number from 1 to 1000; default 4)"))
    #expect(try Schedule.list(parsing: "linear,sawtooth", in: extended).count == 2)
    #expect(
      throws: ScheduleError(
        spelling: "sawtooth:teeth=0", "'0' is not a value for 'teeth'; expected a number from 1 to 1000")
    ) { try Schedule(parsing: "sawtooth:teeth=0", in: extended) }
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "sawtooth") }
  }

  /// The page on adding a schedule shows the file that is tested here.
  @Test func thePageShowsThisFile() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = try String(contentsOf: tests.appendingPathComponent("SawtoothSchedule.swift"), encoding: .utf8)
    let page = try String(
      contentsOf: tests.appendingPathComponent("../../docs/adding-a-schedule.md").standardized, encoding: .utf8)
    let lines = Set(page.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    for line in file.split(separator: "\n").dropFirst() {
      #expect(lines.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
    }
  }

  @Test func everythingHasANameHelpAndAColorOfItsOwn() throws {
    let shapes = ScheduleRegistry.builtIn.shapes
    #expect(Set(ScheduleRegistry.builtIn.names).count == shapes.count)
    #expect(Set(shapes.map { $0.columnTitle }).count == shapes.count)
    #expect(Set(shapes.map { $0.color }).count == shapes.count)
    for shape in shapes {
      #expect(ScheduleRegistry.builtIn.help.contains("\n\(shape.name) ") || shape.name == shapes[0].name)
      #expect(Set(shape.parameters.map { $0.key } + ["warmup"]).count == shape.parameters.count + 1)
    }
  }

  /// A hue of six hexadecimal digits; charts adapt its lightness to their background.
  @Test func colorsAreSixHexadecimalDigits() {
    for shape in ScheduleRegistry.builtIn.shapes {
      #expect(shape.color.count == 7 && shape.color.hasPrefix("#"), "\(shape.name)")
      #expect(shape.color.dropFirst().allSatisfy { $0.isHexDigit }, "\(shape.name)")
    }
  }
}
