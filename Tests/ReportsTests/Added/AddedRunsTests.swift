import Sweeps
import Testing

@testable import Reports

@Suite struct AddedRunsTests {
  private func read(_ text: String) throws -> AddedRuns {
    try AddedRuns(
      text, file: "mine.csv", problems: ["vowel.scale", "a,b"], conditions: [Condition(epochs: 100, batchSize: 16, l2: 0)])
  }

  private func errors(_ text: String) -> [String] {
    do {
      _ = try read(text)
      return []
    } catch {
      return "\(error)".split(separator: "\n").map(String.init)
    }
  }

  @Test func readsRowsInAnyOrderOfColumns() throws {
    let rows = try read("seed,optimizer,problem,train_error\r\n1,\"my \"\"own\"\"\",\"a,b\",0.25\r\n\r\n2,x,vowel.scale,1\n")
      .rows
    #expect(rows.map(\.run.optimizer) == ["my \"own\"", "x"])
    #expect(rows.map(\.run.problem) == ["a,b", "vowel.scale"])
    #expect(rows.map { $0.run[.trainError] } == [0.25, 1])
    #expect(rows.allSatisfy { $0.run.learningRate == 0 && $0.run.schedule.isEmpty && !$0.run.diverged })
  }

  @Test func readsWhatTheReportWrites() throws {
    let results = SyntheticSweep(problems: [(name: "vowel.scale", error: 0.2, rows: 100, classes: 3)], seeds: 2).results()
    let rows = try read(Report(results).render(.csv).text).rows
    #expect(rows.count == results.runs.count)
    #expect(Set(rows.map { $0.run[.trainLoss] }) == Set(results.runs.map { $0[.trainLoss] }))
  }

  @Test(arguments: [
    ("", ["mine.csv:1:1: error: the file is empty; expected a header"]),
    (
      "problem,optimizer,sede,train_error\n",
      [
        "mine.csv:1:19: error: no column is called 'sede'; did you mean 'seed'?",
        "mine.csv:1:1: error: the header has no 'seed'",
      ]
    ),
    ("problem,optimizer,seed\n", ["mine.csv:1:1: error: the header has neither 'train_error' nor 'diverged'"]),
    ("problem,optimizer,seed,seed,train_error\n", ["mine.csv:1:24: error: 'seed' is listed twice"]),
    ("problem,optimizer,seed,train_error\n", ["mine.csv:1:1: error: there are no runs below the header"]),
    (
      "problem,optimizer,seed,train_error\nvowel,x,-1,2\nvowel.scale,,1,\n",
      [
        "mine.csv:2:1: error: problem: no problem of the results is called 'vowel'; did you mean 'vowel.scale'?",
        "mine.csv:2:9: error: seed: expected a whole number of at least 0, found '-1'",
        "mine.csv:2:12: error: train_error: expected a fraction from 0 to 1, or nothing, found '2'",
        "mine.csv:3:13: error: optimizer: empty; expected the name of the method",
        "mine.csv:3:16: error: train_error: empty; expected an error, or 1 under 'diverged'",
      ]
    ),
    (
      "problem,optimizer,seed,train_error,diverged,learning_rate\nvowel.scale,x,1,0.1,no,nan\n",
      [
        "mine.csv:2:24: error: learning_rate: expected a number above 0, or nothing, found 'nan'",
        "mine.csv:2:21: error: diverged: expected 0, 1 or nothing, found 'no'",
      ]
    ),
    ("problem,optimizer,seed,train_error\nvowel.scale,x,1\n", ["mine.csv:2:15: error: 3 cells, but the header has 4"]),
    ("problem,optimizer,seed,train_error\nvowel.scale,x,1,0,0\n", ["mine.csv:2:19: error: 5 cells, but the header has 4"]),
    (
      "problem,optimizer,seed,train_error\nvowel.scale,x,1,0\nvowel.scale,x,1,0.5\n",
      ["mine.csv:3:1: error: the same run as in line 2"]
    ),
    (
      "problem,optimizer,seed,train_error\n\"vowel.scale,x,1,0\n",
      ["mine.csv:2:1: error: a quoted cell without its closing quotation mark"]
    ),
    (
      "problem,optimizer,seed,train_error\n\"vowel.scale\"x,1,0\n",
      ["mine.csv:2:14: error: expected a comma or the end of the line after a quoted cell, found 'x'"]
    ),
  ])
  func everyMalformedCellIsNamed(text: String, expected: [String]) { #expect(errors(text) == expected) }
}
