import Schedules

/// The available kinds of optimizers.
struct OptimizerRegistry: Sendable {
  /// In the order of the help text.
  var methods: [any OptimizerMethod.Type]

  init(_ methods: [any OptimizerMethod.Type]) { self.methods = methods }

  /// Every built-in optimizer. Add a line to add one.
  static let builtIn = OptimizerRegistry([
    SGD.self,
    Adam.self,
    AdaGrad.self,
    ScheduleFreeSGD.self,
    DoG.self,
    NGN.self,
  ])

  var names: [String] { methods.map { $0.name } }

  func method(named name: String, in spelling: String) throws -> any OptimizerMethod.Type {
    guard let method = methods.first(where: { $0.name == name }) else {
      throw ScheduleError(spelling: spelling, unknownName("optimizer", name, expecting: names))
    }
    return method
  }

  /// Every optimizer with its keys, ranges and defaults, for `--help`.
  var help: String {
    methods.map { parametersHelp($0.name, $0.summary, $0.parameters) }.joined(separator: "\n")
  }
}
