import Foundation
import Testing

@testable import Schedules

struct PolynomialDecayFitTests {
  @Test(arguments: [
    "linear", "polynomial:power=1.5:warmup=0.1", "polynomial:power=0.5:warmup=0.37", "polynomial", "linear:warmup=0.9",
  ])
  func findsWhatIsOne(spelling: String) throws {
    for steps in [100, 5000] {
      let fit = PolynomialDecayFit(of: try Schedule(parsing: spelling).factors(steps: steps))
      let expected = spelling.replacing("linear", with: "polynomial:power=1")
      #expect(fit.spelling == expected)
      #expect(fit.error < 1e-5)
    }
  }

  /// No other power or warmup of a fine grid comes closer.
  @Test func isTheClosest() throws {
    let factors = try Schedule(parsing: "wsd:warmup=0.05").factors(steps: 400)
    let fit = PolynomialDecayFit(of: factors)
    func error(_ spelling: String) throws -> Double {
      let model = try Schedule(parsing: spelling).factors(steps: 400)
      return (zip(model, factors).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 400).squareRoot()
    }
    #expect(try abs(error(fit.spelling) - fit.error) < 0.005)
    for warmup in stride(from: 0, through: 0.5, by: 0.025) {
      for power in stride(from: 0.1, through: 2, by: 0.1) {
        #expect(try error("polynomial:power=\(power):warmup=\(warmup)") > fit.error - 0.005)
      }
    }
  }

  @Test func oneLineOfPython() throws {
    let fit = PolynomialDecayFit(of: try Schedule(parsing: "polynomial:power=1.5:warmup=0.1").factors(steps: 100))
    #expect(fit.pythonLambda(steps: 1000) == "lambda t: (t + 1) / 100 if t < 100 else max(0, 1 - (t - 100) / 900) ** 1.5")
    let plain = PolynomialDecayFit(of: try Schedule(parsing: "linear").factors(steps: 100))
    #expect(plain.pythonLambda(steps: 50) == "lambda t: max(0, 1 - t / 50) ** 1")
  }

  /// At the end of the run, one step beyond it, and far beyond.
  @Test(.enabled(if: Python.has("ast"), "needs Python"))
  func theLineOfPythonEndsAtZero() throws {
    let fit = PolynomialDecayFit(of: try Schedule(parsing: "polynomial:power=0.7:warmup=0.2").factors(steps: 100))
    let script = "f = \(fit.pythonLambda(steps: 1000))\nfor t in (0, 199, 200, 999, 1000, 1001, 9999): print(float(f(t)))"
    let values = Python.run(["-c", script]).output.split(separator: "\n").compactMap { Double($0) }
    let expected: [Double] = [1 / 200, 1, 1, pow(1.0 / 800, fit.power), 0, 0, 0]
    #expect(absoluteDifference(values, expected) < 1e-4)
  }

  @Test func errorsAreThoseOfTheSchedule() throws {
    let factors = try Schedule(parsing: "wsd:warmup=0.05").factors(steps: 400)
    let fit = PolynomialDecayFit(of: factors)
    let largest = zip(try Schedule(parsing: fit.spelling).factors(steps: 400), factors).map { abs($0 - $1) }.max() ?? 0
    #expect(abs(fit.largestError - largest) < 0.01)
    #expect(fit.largestError > fit.error)
  }
}
