import Foundation
import Schedules
import Sparse
import Testing

@testable import Training

@Suite struct OptimizerTests {
  @Test(arguments: [
    ("adam", "adam", "adam:beta1=0.9:beta2=0.95:epsilon=1e-08:weight-decay=0:decoupled=false", "Adam"),
    (
      "adam:weight-decay=0.1:beta2=0.950:decoupled=true", "adam:weight-decay=0.1:decoupled=true",
      "adam:beta1=0.9:beta2=0.95:epsilon=1e-08:weight-decay=0.1:decoupled=true", "Adam (weight-decay=0.1, decoupled=true)"
    ),
    (
      "adam:amsgrad=true", "adam:amsgrad=true",
      "adam:beta1=0.9:beta2=0.95:epsilon=1e-08:weight-decay=0:decoupled=false:amsgrad=true", "Adam (amsgrad=true)"
    ),
    (
      "d-adapt-sgd:growth-rate=inf", "d-adapt-sgd", "d-adapt-sgd:momentum=0:d0=1e-06:growth-rate=inf", "D-Adapt SGD"
    ),
    ("sgd:nesterov=false:momentum=0", "sgd", "sgd:momentum=0:weight-decay=0", "SGD"),
    (
      "sgd:nesterov=true:momentum=.5", "sgd:momentum=0.5:nesterov=true", "sgd:momentum=0.5:nesterov=true:weight-decay=0",
      "SGD (momentum=0.5, nesterov=true)"
    ),
  ]) func spellingsAreCanonical(text: String, spelling: String, full: String, title: String) throws {
    let optimizer = try Optimizer(parsing: text)
    #expect(optimizer.spelling == spelling)
    // A part of the keys of runs in journals: never to change.
    #expect(optimizer.fullSpelling == full)
    #expect(optimizer.title == title)
    #expect(try Optimizer(parsing: spelling) == optimizer)
    #expect(try JSONDecoder().decode([Optimizer].self, from: JSONEncoder().encode([optimizer])) == [optimizer])
  }

  @Test func constantsOfAProgram() throws {
    #expect(Optimizer.sgd() == "sgd" && Optimizer.adam() == "adam")
    #expect(
      Optimizer.sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-3) == "sgd:momentum=0.9:nesterov=true:weight-decay=0.001")
    #expect(
      Optimizer.adam(beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1, decoupled: true)
        == "adam:beta1=0.8:beta2=0.99:epsilon=1e-6:weight-decay=0.1:decoupled=true")
  }

  @Test(arguments: [
    ("", "no name"), ("adm", "did you mean 'adam'?"),
    ("adamw", "it is 'adam:weight-decay=0.01:decoupled=true' here"),
    ("sgd:momentum=1", "'1' is not a value for 'momentum'; expected a number from 0 to below 1"),
    ("sgd:momentum=nan", "is not a value"), ("sgd:momentum=-0.1", "is not a value"),
    ("sgd:momentum", "not of the form key=value"),
    ("sgd:momentun=0.9", "did you mean 'momentum'?"), ("sgd:beta1=0.9", "sgd has no key 'beta1'"),
    ("sgd:momentum=0.9:momentum=0.9", "given twice"), ("sgd:nesterov=true", "without a momentum"),
    ("adam:decoupled=yes", "expected true or false"), ("adam:beta2=1", "is not a value"),
    ("adagrad:epsilon=0", "a number above 0"),
    ("prodigy:growth-rate=0.5", "a number from 1 up, or inf"), ("dowg:reps=0", "a number above 0"),
    ("schedule-free-sgd:momentum=1", "a number above 0 and below 1"),
  ]) func whatIsWrongIsRefused(text: String, message: String) throws {
    let error = #expect(throws: OptimizerError.self) { try Optimizer(parsing: text) }
    #expect(try "\(#require(error))".contains(message), "\(String(describing: error))")
  }

  @Test func everyOptimizerIsDescribed() {
    let methods = OptimizerRegistry.builtIn.methods
    #expect(Set(methods.map { $0.title }).count == methods.count)
    for method in methods {
      #expect(Optimizer.help.contains(method.summary))
      #expect(Set(method.parameters.map { $0.key }).count == method.parameters.count)
      #expect(method.laterKeys.isSubset(of: method.parameters.map { $0.key }))
    }
  }
}

/// What docs/adding-an-optimizer.md shows.
@Suite struct AddingAnOptimizerTests {
  private let extended = OptimizerRegistry(
    OptimizerRegistry.builtIn.methods + [
      SignDescent.self
    ])

  /// `refine --optimizer` knows optimizers of other programs too; of these it says the same.
  @Test func refinementTakesTheNormOfTheMethod() {
    for method in OptimizerRegistry.builtIn.methods {
      #expect(GradientNorm(optimizer: method.name) ?? method.norm == method.norm, "\(method.name)")
    }
  }

  @Test func aNewOptimizerIsEverywhere() throws {
    let optimizer = try Optimizer(parsing: "sign-descent:dead-zone=0.010", in: extended)
    #expect(optimizer.spelling == "sign-descent:dead-zone=0.01" && optimizer.title == "signSGD (dead-zone=0.01)")
    #expect(optimizer.norm == .l1 && extended.help.contains("moves nothing. (a number from 0 to 1; default 0)"))
    #expect(throws: OptimizerError.self) { try Optimizer(parsing: "sign-descent:dead-zone=2", in: extended) }
  }

  @Test(arguments: [TrainingSettings.Path.dense, .scatter, .lists]) func itTrainsWithAllKernels(path: TrainingSettings.Path)
    throws
  {
    let problem = Shape(rows: 203, features: 400, classes: 3, perRow: 6).problem
    let optimizer = try Optimizer(parsing: "sign-descent:dead-zone=0.0001", in: extended)
    let settings = TrainingSettings(optimizer: optimizer, epochs: 4, path: path)
    let runs = [Run.linear(0.02, steps: LaneTrainer(problem: problem, settings: settings).steps)]
    let outcome = try LaneTrainer(problem: problem, settings: settings).train(runs, seed: 1)[0]
    let expected = try ReferenceTrainer(problem: problem, settings: settings).train(runs, seed: 1)[0]
    #expect(abs(outcome.trainLoss - expected.trainLoss) < 1e-5 && outcome.trainLoss < 1.09)
  }

  @Test func thePageShowsThisFile() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = try String(contentsOf: tests.appendingPathComponent("SignDescent.swift"), encoding: .utf8)
    let page = try String(
      contentsOf: tests.appendingPathComponent("../../../docs/adding-an-optimizer.md").standardized, encoding: .utf8)
    let lines = Set(page.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    for line in file.split(separator: "\n") where !line.hasPrefix("@testable") {
      #expect(lines.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
    }
  }
}
