import Foundation
import Testing

@Suite struct ScheduleCommandTests {
  @Test func printsOneFactorALine() throws {
    let result = try Program.run("schedule", "linear", "--steps", "4")
    #expect(result.status == 0)
    #expect(result.output.split(separator: "\n").compactMap { Double($0) } == [1, 0.75, 0.5, 0.25])
  }

  @Test func unknownSchedulesAreUsageErrors() throws {
    let result = try Program.run("schedule", "lineer", "--steps", "4")
    #expect(result.status == 64)
    #expect(result.errors.contains("linear"))
  }
}
