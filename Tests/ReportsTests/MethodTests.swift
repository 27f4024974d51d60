import Sweeps
import Testing
import Training

@testable import Reports

/// The table across optimizers.
@Suite struct MethodTests {
  private static func run(_ optimizer: String, rate: Double, seed: UInt64, error: Double, schedule: String = "linear")
    -> RunRecord
  {
    RunRecord(
      key: "\(optimizer)-\(rate)-\(seed)", problem: "p", optimizer: optimizer, schedule: schedule, learningRate: rate,
      seed: seed, steps: 10,
      quantities: [.trainError: error, .trainLoss: error], diverged: false)
  }

  private static func results(added: String = "") throws -> (Report, MethodComparison) {
    var configuration = SweepConfiguration()
    configuration.columns = [Column("linear")]
    configuration.seeds = 3
    var results = SweepResults(protocolYAML: "", version: "0", configuration: configuration)
    results.problems = [ProblemSummary(name: "p", rows: 100, features: 2, classes: 2, nonzeros: 200, checksum: "0")]
    let adam = [[0.3, 0.1, 0.1], [0.0, 0.2, 0.2]].enumerated().flatMap { rate, errors in
      errors.enumerated().map { run("adam", rate: Double(rate + 1), seed: UInt64($0.offset + 1), error: $0.element) }
    }
    let sgd = (1...3).map { run("sgd", rate: 1, seed: $0, error: 0.5 + 0.01 * Double($0)) }
    results.runs = adam + sgd
    results.methods = configuration.comparedMethods.map { method in
      MethodResults(
        method: method, runs: method.optimizer == .adam() ? adam : sgd, tuningRuns: ["p": method.optimizer == .adam() ? 6 : 3])
    }
    let file =
      added.isEmpty
      ? nil : try AddedRuns(added, file: "f", problems: ["p"], conditions: configuration.conditions)
    let report = Report(results, added: file)
    return (report, try #require(report.conditions[0].methods))
  }

  @Test func valuesAreAtTheRatesThatTheOtherSeedsChoose() throws {
    let (_, methods) = try Self.results()
    #expect(methods.columns.map(\.title) == ["Adam", "SGD"])
    // Seed 1 gets the first rate, seeds 2 and 3 the second.
    #expect(methods.values(.trainError, problem: 0, column: 0).mapValues { ($0 * 10).rounded() } == [1: 300, 2: 200, 3: 200])
    let difference = try #require(methods.differences(.trainError, problem: 0)[1])
    #expect(difference.mean > 0 && difference.isSignificant)
    let table = try #require(methods.table(.trainError))
    #expect(table.rows[0].cells[1].marks == [.aboveReference])
    #expect(table.rows.last?.cells.map(\.text) == ["6", "none"])
  }

  @Test func addedMethodsAreMarkedAndTestedBySeed() throws {
    let (report, methods) = try Self.results(
      added: "problem,optimizer,seed,train_error\np,mine,1,0.1\np,mine,2,0.01\np,mine,3,0.02\n")
    #expect(methods.columns.map(\.title) == ["Adam", "SGD", "mine (elsewhere)"])
    #expect(methods.columns[2].isMadeElsewhere)
    let difference = try #require(methods.differences(.trainError, problem: 0)[2])
    #expect(difference.mean < 0)
    let text = try report.render(.markdown).text
    #expect(text.contains("| problem | Adam (reference) | SGD | mine (elsewhere) |"))
    #expect(text.contains("made with another program"))
  }

  @Test func whatAFileDoesNotHaveIsNotCalledDiverged() throws {
    let (_, errors) = try Self.results(
      added: "problem,optimizer,seed,train_error\np,mine,1,0.1\np,mine,2,0.01\np,mine,3,0.02\n")
    #expect(try #require(errors.table(.trainLoss)).rows[0].cells[2].text == "–")
    let (_, diverged) = try Self.results(
      added: "problem,optimizer,seed,diverged\np,mine,1,1\np,mine,2,1\np,mine,3,1\n")
    #expect(try #require(diverged.table(.trainLoss)).rows[0].cells[2].text == "diverged")
  }

  @Test func oneMethodHasNoTableAcross() throws {
    #expect(Report(SyntheticSweep(optimizers: [.adam()], seeds: 2).results()).conditions[0].methods == nil)
  }
}
