import Foundation
import Testing

@testable import Sweeps

@Suite struct ElementaryFunctionsTests {
  @Test func agreeWithTheCLibrary() {
    var numbers = NormalNumbers(seed: 4)
    for _ in 0..<20_000 {
      let x = 30 * numbers.next()
      let e = ElementaryFunctions.exp(x)
      #expect(abs(e - exp(x)) <= 4e-16 * exp(x))
      let l = ElementaryFunctions.log(exp(x))
      #expect(abs(l - log(exp(x))) <= 3e-16 * (1 + abs(x)))
    }
  }

  @Test func powersOfTwoAreExact() {
    for exponent in -40...40 {
      #expect(ElementaryFunctions.exp2(Double(exponent)) == Double(sign: .plus, exponent: exponent, significand: 1))
    }
    #expect(ElementaryFunctions.exp(-1e9) == 0 && ElementaryFunctions.exp(1e9) == .infinity)
  }
}
