import Foundation

/// A formula over named variables: `+ - * / ^`, comparisons (1 if true, 0 if false), parentheses, functions, `pi`.
///
///     let half = try Expression(parsing: "if(t < 0.5 * T, 1, (1 - u)^2)", variables: ["t", "T", "u"])
///     half.value([3, 10, 0.3])  // 1
///
/// `^` binds most tightly and is right-associative (2^3^2 is 2^9); then come the sign (-2^2 is -4), `* /`, `+ -`, and
/// comparisons, which cannot be chained without parentheses.
struct Expression: Sendable, Hashable {
  /// The syntax tree.
  indirect enum Node: Sendable, Hashable {
    case number(Double)
    case variable(Int)
    case call(Function, [Node])
  }

  private let root: Node

  /// - Throws: `ExpressionError`.
  init(parsing text: String, variables: [String]) throws {
    var parser = ExpressionParser(text, variables: variables)
    root = try parser.expression()
  }

  /// - Parameter variables: their values, in the order of the names.
  /// - Complexity: O(length of the text).
  func value(_ variables: [Double]) -> Double { Self.value(root, variables) }

  private static func value(_ node: Node, _ variables: [Double]) -> Double {
    switch node {
    case .number(let number): number
    case .variable(let index): variables[index]
    // Only the branch that is taken: the other may divide by zero.
    case .call(.condition, let arguments): value(arguments[value(arguments[0], variables) != 0 ? 1 : 2], variables)
    case .call(let function, let arguments): function.value(arguments.map { value($0, variables) })
    }
  }
}

/// The functions of an expression; binary operators are functions of two numbers.
enum Function: String, CaseIterable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case different = "!="
  case min, max, abs, sqrt, exp, log, sin, cos, floor
  case condition = "if"

  /// The functions that are called by name, with parentheses.
  static let named = allCases.filter { $0.rawValue.first?.isLetter == true }

  /// How many arguments the function accepts.
  var arguments: ClosedRange<Int> {
    switch self {
    case .min, .max: 1...100
    case .abs, .sqrt, .exp, .log, .sin, .cos, .floor: 1...1
    case .condition: 3...3
    default: 2...2
    }
  }

  /// - Precondition: as many numbers as the function accepts; not `if`.
  func value(_ x: [Double]) -> Double {
    switch self {
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / x[1]
    case .power: pow(x[0], x[1])
    case .less: x[0] < x[1] ? 1 : 0
    case .lessOrEqual: x[0] <= x[1] ? 1 : 0
    case .greater: x[0] > x[1] ? 1 : 0
    case .greaterOrEqual: x[0] >= x[1] ? 1 : 0
    case .equal: x[0] == x[1] ? 1 : 0
    case .different: x[0] != x[1] ? 1 : 0
    // NaN propagates.
    case .min: x.dropFirst().reduce(x[0]) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }
    case .max: x.dropFirst().reduce(x[0]) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }
    case .abs: Swift.abs(x[0])
    case .sqrt: x[0].squareRoot()
    case .exp: Foundation.exp(x[0])
    case .log: Foundation.log(x[0])
    case .sin: Foundation.sin(x[0])
    case .cos: Foundation.cos(x[0])
    case .floor: Foundation.floor(x[0])
    case .condition: x[0] != 0 ? x[1] : x[2]
    }
  }
}

/// An error in the text of an expression. The column counts characters from 1.
struct ExpressionError: Error, Hashable {
  var column: Int
  var message: String
}
