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
    RMSprop.self,
    Lion.self,
    ScheduleFreeSGD.self,
    ScheduleFreeAdamW.self,
    DAdaptSGD.self,
    DAdaptAdam.self,
    Prodigy.self,
    DoG.self,
    DoWG.self,
    MoMo.self,
    MoMoAdam.self,
    NGN.self,
    SPS.self,
  ])

  /// What other programs have as an optimizer of its own.
  private static let otherNames = [
    "adamw": "adam:weight-decay=0.01:decoupled=true", "amsgrad": "adam:amsgrad=true",
    "nesterov": "sgd:momentum=0.9:nesterov=true", "momentum": "sgd:momentum=0.9", "rms-prop": "rmsprop",
  ]

  var names: [String] { methods.map { $0.name } }

  func method(named name: String, in spelling: String) throws -> any OptimizerMethod.Type {
    if let spelling = Self.otherNames[name.lowercased()] {
      throw ScheduleError(spelling: name, "no optimizer is called '\(name)'; it is '\(spelling)' here")
    }
    guard let method = methods.first(where: { $0.name == name }) else {
      throw ScheduleError(spelling: spelling, unknownName("optimizer", name, expecting: names))
    }
    return method
  }

  /// Every optimizer with its keys, ranges and defaults, for `--help`.
  var help: String {
    let average = parametersHelp(
      "...:average=KIND", "any of them but the Schedule-Free ones, with an average of its iterates for a result",
      IterateAverage.parameters)
    return (methods.map { parametersHelp($0.name, $0.summary, $0.parameters) } + [average]).joined(separator: "\n")
  }
}
