import Foundation
import Testing

@testable import Schedules

struct ExpressionTests {
  struct PythonFixture: Decodable {
    struct Case: Decodable {
      let expression: String
      let t: Double
      let steps: Double
      let value: Double
    }
    let cases: [Case]
  }

  private func value(_ text: String, t: Double = 0, of steps: Double = 1) throws -> Double {
    try Expression(parsing: text, variables: ["t", "T", "u"]).value([t, steps, t / steps])
  }

  @Test func equalsPython() throws {
    let cases = try fixture("expressions.json", as: PythonFixture.self).cases
    #expect(cases.count == 300)
    for expected in cases {
      let found = try value(expected.expression, t: expected.t, of: expected.steps)
      #expect(abs(found - expected.value) <= 1e-12 * max(1, abs(expected.value)), "\(expected.expression)")
    }
  }

  @Test(arguments: [
    ("1+", 3, "nothing more; expected a number"), ("(1", 3, "nothing more; expected ')'"),
    ("2 $ 3", 3, "'$'; expected an operator"),
    ("mix(1, 2)", 1, "nothing is called 'mix'; did you mean 'min'?"), ("1 < 2 < 3", 7, "a second comparison"),
    ("sqrt(1, 2)", 1, "2 arguments for 'sqrt'; expected 1"), ("1 + if(1, 2)", 5, "2 arguments for 'if'; expected 3"),
    ("sqrt 2", 6, "'2'; expected '(' behind 'sqrt'"), ("1.2.3", 1, "'1.2.3' is not a number"), ("", 1, "nothing more"),
    ("2 t", 3, "'t'; expected an operator"), ("1e", 2, "'e'; expected an operator"), ("min()", 5, "')'; expected a number"),
  ])
  func errorsNameTheColumn(text: String, column: Int, message: String) throws {
    do {
      _ = try value(text)
      Issue.record("no error in \(text)")
    } catch let error as ExpressionError {
      #expect(error.column == column)
      #expect(error.message.hasPrefix(message), "\(error.message)")
    }
  }

  @Test func deepNestingIsRefused() {
    for text in [
      String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000),
      "2" + String(repeating: "^2", count: 10_000),
    ] {
      #expect(throws: ExpressionError.self) { try value(text) }
    }
  }
}
