/// Recursive descent over the characters of an expression.
struct ExpressionParser {
  private let characters: [Character]
  private let variables: [String]
  private var position = 0
  private var depth = 0
  /// Parentheses, powers and signs nested more deeply are refused, so that no input can overflow the stack.
  private static let deepest = 100
  private static let comparisons: [Function] = [.lessOrEqual, .greaterOrEqual, .equal, .different, .less, .greater]

  init(_ text: String, variables: [String]) {
    characters = Array(text)
    self.variables = variables
  }

  /// Parses the whole text.
  ///
  /// - Throws: `ExpressionError`.
  mutating func expression() throws -> Expression.Node {
    let node = try comparison()
    skipBlanks()
    guard position == characters.count else { throw unexpected("an operator or the end") }
    return node
  }

  private mutating func comparison() throws -> Expression.Node {
    depth += 1
    guard depth <= Self.deepest else { throw error("more than \(Self.deepest) levels of parentheses, powers and signs") }
    defer { depth -= 1 }
    let left = try sum()
    guard let function = take(oneOf: Self.comparisons) else { return left }
    let right = try sum()
    skipBlanks()
    let place = position
    if take(oneOf: Self.comparisons) != nil { throw error("a second comparison; expected one, or parentheses", at: place) }
    return .call(function, [left, right])
  }

  private mutating func sum() throws -> Expression.Node {
    var node = try product()
    while let function = take(oneOf: [.add, .subtract]) { node = .call(function, [node, try product()]) }
    return node
  }

  private mutating func product() throws -> Expression.Node {
    var node = try signed()
    while let function = take(oneOf: [.multiply, .divide]) { node = .call(function, [node, try signed()]) }
    return node
  }

  private mutating func signed() throws -> Expression.Node {
    depth += 1
    guard depth <= Self.deepest else { throw error("more than \(Self.deepest) levels of parentheses, powers and signs") }
    defer { depth -= 1 }
    if take("-") { return .call(.subtract, [.number(-0.0), try signed()]) }
    if take("+") { return try signed() }
    let base = try operand()
    return take("^") ? .call(.power, [base, try signed()]) : base
  }

  private mutating func operand() throws -> Expression.Node {
    skipBlanks()
    let start = position
    if take("(") {
      let node = try comparison()
      guard take(")") else { throw unexpected("')'") }
      return node
    }
    guard let first = next else { throw unexpected("a number, a name or '('") }
    if first.isASCII, first.isNumber || first == "." { return .number(try number()) }
    guard first.isLetter || first == "_" else { throw unexpected("a number, a name or '('") }
    while let character = next, character.isLetter || character.isNumber || character == "_" { position += 1 }
    let name = String(characters[start..<position])
    if let function = Function.named.first(where: { $0.rawValue == name }) { return try call(function, at: start) }
    if name == "pi" { return .number(.pi) }
    if let index = variables.firstIndex(of: name) { return .variable(index) }
    let names = variables + ["pi"] + Function.named.map(\.rawValue)
    throw error(
      "nothing is called '\(name)'\(suggestion(for: name, among: names)); expected one of: \(names.joined(separator: ", "))",
      at: start)
  }

  private mutating func call(_ function: Function, at start: Int) throws -> Expression.Node {
    guard take("(") else { throw unexpected("'(' behind '\(function.rawValue)'") }
    var arguments = [try comparison()]
    while take(",") { arguments.append(try comparison()) }
    guard take(")") else { throw unexpected("',' or ')'") }
    guard function.arguments.contains(arguments.count) else {
      let expected = function.arguments
      throw error(
        "\(counted(arguments.count, "argument")) for '\(function.rawValue)'; expected "
          + (expected.count == 1 ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)"), at: start)
    }
    return .call(function, arguments)
  }

  private mutating func number() throws -> Double {
    let start = position
    func isDigit(_ character: Character?) -> Bool { character?.isASCII == true && character?.isNumber == true }
    while isDigit(next) || next == "." { position += 1 }
    if next == "e" || next == "E" {
      let sign = position + 1
      let digit = sign < characters.count && (characters[sign] == "-" || characters[sign] == "+") ? sign + 1 : sign
      if digit < characters.count, isDigit(characters[digit]) {
        position = digit
        while isDigit(next) { position += 1 }
      }
    }
    let text = String(characters[start..<position])
    guard let number = finiteNumber(text) else { throw error("'\(text)' is not a number", at: start) }
    return number
  }

  // MARK: Characters

  private var next: Character? { position < characters.count ? characters[position] : nil }

  private mutating func skipBlanks() {
    while let character = next, character.isWhitespace { position += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    skipBlanks()
    guard characters[position...].starts(with: text) else { return false }
    position += text.count
    return true
  }

  private mutating func take(oneOf functions: [Function]) -> Function? {
    for function in functions where take(function.rawValue) { return function }
    return nil
  }

  private mutating func unexpected(_ expected: String) -> ExpressionError {
    skipBlanks()
    return error("\(next.map { "'\($0)'" } ?? "nothing more"); expected \(expected)")
  }

  private func error(_ message: String, at place: Int? = nil) -> ExpressionError {
    ExpressionError(column: (place ?? position) + 1, message: message)
  }
}
