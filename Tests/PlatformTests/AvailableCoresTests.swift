import Testing

@testable import Platform

@Suite struct AvailableCoresTests {
  @Test(
    arguments: [
      ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000\n", 1), ("", nil), ("7\n", nil),
      ("100000 0\n", nil), ("a b\n", nil),
    ] as [(String, Int?)])
  func quotasAreRoundedUpToCores(text: String, cores: Int?) {
    #expect(coresOfQuota(text) == cores)
  }

  @Test(
    arguments: [
      ("Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed:\tff,ffffffff,00000001\n", 41),
      ("Cpus_allowed:\t0\n", nil), ("Name:\tx\n", nil),
    ] as [(String, Int?)])
  func coresOfAMaskAreCounted(status: String, cores: Int?) {
    #expect(coresAllowed(status) == cores)
  }

  @Test func thereIsACore() { #expect(availableCoreCount >= 1) }
}
