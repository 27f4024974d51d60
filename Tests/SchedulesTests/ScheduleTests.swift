import Foundation
import Testing

@testable import Schedules

struct ScheduleTests {
  struct TorchFixture: Decodable {
    struct Case: Decodable {
      let schedule: String
      let steps: Int
      let factors: [Double]
    }
    let cases: [Case]
  }

  @Test func equalPyTorch() throws {
    let cases = try fixture("schedules.json", as: TorchFixture.self).cases
    #expect(cases.count > 30)
    for expected in cases {
      let factors = try Schedule(parsing: expected.schedule).factors(steps: expected.steps)
      #expect(absoluteDifference(factors, expected.factors) < 1e-12, "\(expected.schedule), \(expected.steps) steps")
    }
  }

  /// The formulas of the table, written out at single steps.
  @Test(arguments: [
    ("flat", 99, 1.0), ("inverse", 0, 1), ("inverse", 9, 0.1), ("inverse:offset=0.1", 90, 0.1),
    ("inverse-sqrt", 3, 0.5), ("stepwise", 59, 1), ("stepwise", 60, 0.1), ("stepwise", 80, 0.01), ("stepwise", 94, 0.01),
    ("stepwise", 95, 0.001), ("stepwise:milestones=0.3/0.6/0.9:factor=0.5", 90, 0.125), ("cosine", 50, 0.5),
    ("linear", 25, 0.75), ("polynomial", 50, 0.25), ("polynomial:power=3", 50, 0.125), ("exponential", 50, 0.1),
    ("exponential:final=0.25", 50, 0.5), ("wsd", 80, 1), ("wsd", 90, 0.5), ("wsd:shape=sqrt", 85, 0.5),
    ("wsd:cooldown=0.5", 75, 0.5), ("wsd:cooldown=0", 99, 1),
  ])
  func formulas(spelling: String, step: Int, factor: Double) throws {
    let factors = try Schedule(parsing: spelling).factors(steps: 100)
    #expect(abs(factors[step] - factor) < 1e-14)
  }

  /// 0.55 x 20 is 11, though not in binary.
  @Test func milestonesAreWhereDecimalsSay() throws {
    let factors = try Schedule(parsing: "stepwise:milestones=0.55").factors(steps: 20)
    #expect(factors.count { $0 == 1 } == 11)
  }

  @Test(arguments: ScheduleRegistry.builtIn.names.filter { !["refined", "table", "formula", "piecewise"].contains($0) })
  func warmupRisesAndThenTheOwnShapeFollows(name: String) throws {
    let plain = try Schedule(parsing: name)
    let warm = try Schedule(parsing: name + ":warmup=0.25")
    for steps in [1, 4, 10, 103] {
      let rising = Int((0.25 * Double(steps)).rounded(.toNearestOrEven))
      let factors = try warm.factors(steps: steps)
      #expect(Array(factors[..<rising]) == (0..<rising).map { Double($0 + 1) / Double(rising) })
      #expect(try Array(factors[rising...]) == plain.factors(steps: steps - rising))
    }
    #expect(try Schedule(parsing: name + ":warmup=1").factors(steps: 4) == [0.25, 0.5, 0.75, 1])
  }

  /// Halves go to the even number, as `round` in Python.
  @Test func warmupRoundsToEven() throws {
    #expect(try Schedule(parsing: "flat:warmup=0.25").factors(steps: 10).prefix(3) == [0.5, 1, 1])
    #expect(try Schedule(parsing: "flat:warmup=0.25").factors(steps: 14).prefix(4) == [0.25, 0.5, 0.75, 1])
  }

  @Test(arguments: ["flat", "inverse", "inverse-sqrt", "stepwise", "cosine", "linear", "polynomial", "exponential", "wsd"])
  func largestFactorIsOne(name: String) throws {
    for steps in [1, 2, 3, 99] {
      let factors = try Schedule(parsing: name).factors(steps: steps)
      #expect(factors.count == steps)
      #expect(factors.max() == 1)
      #expect(factors.allSatisfy { $0 >= 0 })
    }
  }

  @Test(arguments: [
    ("inverse:offset=0.01", "inverse"), ("inverse:offset=1e-2:warmup=0", "inverse"),
    ("inverse:warmup=0.10:offset=0.100", "inverse:offset=0.1:warmup=0.1"), (" cosine ", "cosine"),
    ("stepwise:factor=0.1:milestones=0.3/0.60/0.9", "stepwise:milestones=0.3/0.6/0.9"), ("polynomial:power=2.0", "polynomial"),
    ("polynomial:power=3.0", "polynomial:power=3"), ("wsd:cooldown=0.2:shape=linear", "wsd"),
    ("refined:norms=a b.csv:tau=0.1:norm=l2", "refined:norms=a b.csv:norm=l2"),
  ])
  func canonicalSpelling(given: String, canonical: String) throws {
    let schedule = try Schedule(parsing: given)
    #expect(schedule.description == canonical)
    #expect(try Schedule(parsing: canonical) == schedule)
    #expect(try Set([schedule, Schedule(parsing: canonical)]).count == 1)
  }

  @Test(arguments: [
    ("cosin", "did you mean 'cosine'?"), ("Linear", "did you mean 'linear'?"), ("xyzzyplugh", "expected one of: flat, inverse"),
    ("", "no name"), ("inverse:ofset=1", "no key 'ofset'; did you mean 'offset'?"),
    ("cosine:offset=1", "expected one of: warmup"),
    ("inverse:offset=0", "expected a number above 0"), ("inverse:offset=nan", "expected a number above 0"),
    ("inverse:offset=0x1p-3", "expected a number above 0"), ("inverse:offset", "'offset' is not of the form key=value"),
    ("inverse:offset=1:offset=2", "given twice"), ("wsd:shape=sqr", "expected linear or sqrt; did you mean 'sqrt'?"),
    ("linear:warmup=1.5", "expected a number from 0 to 1"), ("stepwise:milestones=0.6/0.3", "ascending"),
    ("stepwise:milestones=0.3//0.6", "ascending"), ("table", "table:file=FILE"), ("linear:", "is not of the form key=value"),
  ])
  func errorsSayWhatWouldBeRight(spelling: String, part: String) throws {
    let text = try #require(errorText { _ = try Schedule(parsing: spelling) })
    #expect(text.contains(part), "\(text)")
    #expect(text.hasPrefix("schedule '\(spelling)': "))
  }

  @Test func listsAreSeparatedByCommas() throws {
    let list = try Schedule.list(parsing: "linear,stepwise:milestones=0.3/0.6/0.9, flat")
    #expect(list.map(\.description) == ["linear", "stepwise:milestones=0.3/0.6/0.9", "flat"])
    #expect(throws: ScheduleError.self) { try Schedule.list(parsing: "linear,,flat") }
  }

  @Test func needsNormsOnlyWithoutAFile() throws {
    #expect(try Schedule(parsing: "refined").needsNorms)
    #expect(try !Schedule(parsing: "refined:norms=x.csv").needsNorms)
    #expect(try !Schedule(parsing: "linear").needsNorms)
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "refined").factors(steps: 10) }
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "linear").factors(steps: 0) }
  }

  @Test func tablesAreInterpolated() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("table.txt", "1\n0.5\n0\n")
    #expect(try Schedule(parsing: "table:file=\(path)").factors(steps: 5) == [1, 0.75, 0.5, 0.25, 0])
    #expect(try Schedule(parsing: "table:file=\(path)").factors(steps: 3) == [1, 0.5, 0])
    #expect(try Schedule(parsing: "table:file=\(path)").factors(steps: 1) == [1])
    let bad = try folder.file("bad.txt", "1\n-0.5\n")
    #expect(
      errorText { _ = try Schedule(parsing: "table:file=\(bad)").factors(steps: 3) }?.hasPrefix("\(bad):2:1: error: ") == true)
    let hole = try folder.file("hole.txt", "1\nnan\n")
    #expect(throws: ScheduleFileError.self) { try Schedule(parsing: "table:file=\(hole)").factors(steps: 3) }
  }

  @Test func refinedReadsItsNorms() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("norms.txt", (0..<20).map { "\(1 + $0)" }.joined(separator: "\n"))
    let norms = (0..<20).map { Double(1 + $0) }
    let l1 = try RefinementResult(refining: norms, options: RefinementOptions(norm: .l1, smoothing: 0.2, points: 30)).factors
    #expect(try Schedule(parsing: "refined:norms=\(path):norm=l1:tau=0.2").factors(steps: 30) == l1)
    #expect(try Schedule(parsing: "refined:norms=\(path):tau=0.2").factors(steps: 30, unspecifiedNorm: .l1) == l1)
    let l2 = try RefinementResult(refining: norms, options: RefinementOptions(points: 20)).factors
    #expect(try Schedule(parsing: "refined:norms=\(path)").factors(steps: 20) == l2)
    let missing = folder.path("missing.csv")
    #expect(
      errorText { _ = try Schedule(parsing: "refined:norms=\(missing)").factors(steps: 9) } == "\(missing): error: no such file"
    )
  }
}
