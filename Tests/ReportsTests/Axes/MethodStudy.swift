import Foundation
import Sweeps
import Training

@testable import Reports

/// A made-up study of methods along `epochs`: Adam and SGD with linear decay, then methods whose best rates fall by a factor of four
/// from the first value to the last. The rate that is best for one seed is not the one that the others choose.
struct MethodStudy {
  var names = ["tuned", "fixed"]
  /// Names of methods with a single rate.
  var fixed: Set<String> = ["fixed"]
  var problems = ["p", "q", "r"]
  var epochs = [10, 100]
  var schedules = ["linear"]
  let seeds = 4

  func study() throws -> StudyResults {
    var configuration = SweepConfiguration()
    configuration.columns = schedules.map { Column($0) }
    configuration.epochsAxis = epochs
    configuration.seeds = seeds
    configuration.methods = try names.map { name in
      Method(
        name: name, optimizer: try Optimizer(parsing: "lion"), column: Column("flat"),
        learningRates: fixed.contains(name) ? [1] : nil)
    }
    let conditions = configuration.conditions.map { condition in
      var results = SweepResults(protocolYAML: "", version: "0", configuration: configuration.at(condition))
      results.problems = problems.map {
        ProblemSummary(name: $0, rows: 100, features: 2, classes: 2, nonzeros: 200, checksum: "0")
      }
      for index in results.problems.indices {
        results.problems[index].optimum = Optimum(
          loss: 0.01, gradientNorm: 0, attained: true, separable: false, iterations: 5)
      }
      results.methods = results.configuration.comparedMethods.enumerated().map { place, method in
        let runs = problems.indices.flatMap { problem in self.runs(method, place, problem: problem, epochs: condition.epochs) }
        return MethodResults(
          method: method, runs: runs,
          tuningRuns: Dictionary(uniqueKeysWithValues: problems.map { ($0, runs.count / problems.count) }))
      }
      let optimizers = results.configuration.optimizerEntries.count
      results.runs = results.methods.prefix(optimizers).flatMap { method in
        schedules.flatMap { schedule in
          method.runs.map { run in
            var run = run
            run.schedule = schedule
            return run
          }
        }
      }
      return StudyResults.ConditionResults(condition: condition, results: results)
    }
    return StudyResults(configuration: configuration, conditions: conditions)
  }

  private func runs(_ method: Method, _ place: Int, problem: Int, epochs: Int) -> [RunRecord] {
    let best = epochs == self.epochs.last ? -6 : -4
    let exponents = method.learningRates == nil ? Array(-8 ... -2) : [0]
    return exponents.flatMap { exponent in
      (1...UInt64(seeds)).map { seed -> RunRecord in
        let distance = Double(exponent - best)
        let luck = seed == 1 && exponent == best + 1 ? 0.2 : 0.0
        let noise = 0.002 * sin(Double(Int(seed) * 7 + place * 3 + problem))
        let error = 0.1 * Double(problem + 1) * (1 + 0.03 * Double(place) + 0.02 * distance * distance - luck) + noise
        return RunRecord(
          key: "\(method.name)-\(problem)-\(exponent)-\(seed)-\(epochs)", problem: problems[problem],
          optimizer: method.optimizer.spelling, schedule: method.column.schedules[0], learningRate: exp2(Double(exponent)),
          seed: seed, steps: 10, quantities: [.trainError: error, .trainLoss: 2 * error], diverged: false)
      }
    }
  }
}
