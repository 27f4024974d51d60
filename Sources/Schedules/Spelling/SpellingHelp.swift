/// A kind of schedule or optimizer with its keys, values and defaults, for `--help`.
package func parametersHelp(_ name: String, _ summary: String, _ parameters: [any ScheduleParameter]) -> String {
  ([name.padded(to: 22) + summary] + parameters.map { "  " + parameterHelp($0) }).joined(separator: "\n")
}

func parameterHelp<Parameter: ScheduleParameter>(_ parameter: Parameter) -> String {
  let initial = parameter.text(of: parameter.defaultValue)
  return ":\(parameter.key)=".padded(to: 20) + "\(parameter.help) (\(parameter.expectation)"
    + (initial.map { "; default \($0))" } ?? ")")
}

/// "no schedule is called 'x'", with the nearest name and all valid names.
package func unknownName(_ kind: String, _ name: String, expecting names: [String]) -> String {
  "no \(kind) is called '\(name)'\(suggestion(for: name, among: names)) (expected one of: \(names.joined(separator: ", ")))"
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
