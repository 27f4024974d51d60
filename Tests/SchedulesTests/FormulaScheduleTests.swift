import Foundation
import Testing

@testable import Schedules

/// `formula` and `piecewise`.
struct FormulaScheduleTests {
  private func factors(_ spelling: String, _ steps: Int = 100) throws -> [Double] {
    try Schedule(parsing: spelling).factors(steps: steps)
  }

  @Test(arguments: [
    ("1 - u", "linear"), ("1 - t/T", "linear"), ("3 * (1-u)^2", "polynomial"), ("(1 + cos(pi * t / T)) / 2", "cosine"),
    ("if(u >= 0.8, 1 - (t - 0.8*T)/(0.2*T), 1)", "wsd"), ("0.01 ^ u", "exponential"), ("7", "flat"),
    ("min(1, max(0.1^3, if(u < 0.6, 1, if(u < 0.8, 0.1, if(u < 0.95, 0.01, 0.001)))))", "stepwise"),
  ])
  func formulasOfOtherSchedules(expression: String, schedule: String) throws {
    #expect(try absoluteDifference(factors("formula:s=\(expression)"), factors(schedule)) < 1e-13)
    #expect(try absoluteDifference(factors("formula:s=\(expression):warmup=0.25"), factors(schedule + ":warmup=0.25")) < 1e-13)
  }

  @Test(arguments: [
    ("formula", "formula:s=EXPRESSION"), ("formula:s=1+", "column 3 of the expression: nothing more"),
    ("formula:s=u-0.5", "the expression is -0.5 at t = 0 of T = 100"), ("formula:s=1/(t-3)", "at t = 0 of T = 100"),
    ("formula:s=1/abs(t-3)", "the expression is inf at t = 3"), ("formula:s=0", "the expression is 0 at all of 100 steps"),
    ("formula:s=sqrt(1-t)", "at t = 2 of"),
    ("piecewise", "piecewise:knots="), ("piecewise:knots=0@0/1@0", "all knots are 0"),
    ("piecewise:knots=0@1/0@0", "shares ascending"),
    ("piecewise:knots=0@1/1@-1", "factors 0 or more"), ("piecewise:knots=0.5", "SHARE@FACTOR"),
    ("piecewise:knots=0@1/1@0:scale=lg", "did you mean 'log'?"), ("refined:norms=x:window=10", "expected an odd whole number"),
    ("refined:norms=x:window=11:tau=0.1", "both tau and window"), ("refined:norms=x:powers=1", "two numbers from 0 to 10"),
    ("refined:norms=x:powers=1/2:method=bound", "powers go with the method closed"),
  ])
  func errorsSayWhatWouldBeRight(spelling: String, part: String) throws {
    let text = try #require(errorText { _ = try factors(spelling) })
    #expect(text.contains(part), "\(text)")
    #expect(text.hasPrefix("schedule '\(spelling)': "))
  }

  @Test(arguments: [
    ("formula:s=min(1,t/(0.03*T))*(1-u)^1.5", "formula: min(1,t/(0.03*T))*(1-u)^1.5"),
    ("formula:s=1-u:warmup=0.1", "formula: 1-u (warmup 0.1)"),
  ])
  func titlesReadAsFormulas(spelling: String, title: String) throws {
    #expect(try Schedule(parsing: spelling).columnTitle == title)
  }

  @Test func commasWithinParenthesesSeparateNoList() throws {
    let list = try Schedule.list(parsing: "linear,formula:s=min(1,max(u,0.5)),flat")
    #expect(list.map(\.description) == ["linear", "formula:s=min(1,max(u,0.5))", "flat"])
    #expect(try Schedule.list(parsing: "table:file=a(1,flat").count == 2)
  }

  @Test func linesBetweenKnots() throws {
    #expect(try absoluteDifference(factors("piecewise:knots=0@1/1@0"), factors("linear")) < 1e-15)
    #expect(try factors("piecewise:knots=0@0/0.5@1/1@0", 4) == [0, 0.5, 1, 0.5])
    // Constant outside, and the largest knot is 1.
    #expect(try factors("piecewise:knots=0.25@2/0.75@1", 8) == [1, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.5])
    #expect(try absoluteDifference(factors("piecewise:knots=0@1/1@0.01:scale=log"), factors("exponential")) < 1e-15)
    #expect(try factors("piecewise:knots=0@1/1@0:scale=log") == factors("linear"))
    #expect(try Schedule(parsing: "piecewise:knots=0@1.0/1.0@0:scale=linear").description == "piecewise:knots=0@1/1@0")
  }

  @Test func keysOfRefined() throws {
    let folder = try TemporaryFolder()
    let norms = (0..<50).map { 1 + Double($0 * 7 % 11) }
    let path = try folder.file("norms.txt", norms.map { "\($0)" }.joined(separator: "\n"))
    let options = RefinementOptions(window: 7, powers: .init(own: 1, later: 2), points: 50)
    #expect(
      try factors("refined:norms=\(path):window=7:powers=1/2", 50)
        == RefinementResult(refining: norms, options: options).factors)
    #expect(try Schedule(parsing: "refined:powers=1.0/2:window=7").description == "refined:window=7:powers=1/2")
  }
}
