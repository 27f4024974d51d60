import Foundation
import Testing

@testable import Schedules

struct FactorFileTests {
  private let factors = [1, 0.1, 1.0 / 3, 0.5, 1e-4, 0.00012345, 1e-7, 1e-300, 0.1.nextDown, 1.0.nextDown, 0]

  @Test(arguments: ["factors.csv", "factors.json", "factors.npy", "factors.txt", "factors", "a.b/factors"])
  func whatIsWrittenIsReadAgain(name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("a.b"), withIntermediateDirectories: true)
    try FactorFile.write(factors, to: folder.path(name))
    #expect(try FactorFile.read(folder.path(name)) == factors)
    #expect(try Schedule(parsing: "table:file=\(folder.path(name))").factors(steps: factors.count) == factors)
  }

  @Test func formsAreAsDocumented() throws {
    let folder = try TemporaryFolder()
    func text(_ name: String) throws -> String {
      try FactorFile.write([1, 0.1], to: folder.path(name))
      return try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }
    #expect(try text("x.csv") == "step,factor\n0,1\n1,0.10000000000000001\n")
    #expect(try text("x.json") == "{\"factors\": [1, 0.10000000000000001]}\n")
    #expect(try text("x.txt") == "1\n0.10000000000000001\n")
    #expect(FactorFile.text([1, 0.1]) == "1\n0.10000000000000001\n")
    #expect(
      errorText { try FactorFile.write([1], to: folder.path("x.xlsx")) }?.contains("expected .csv, .json, .npy or .txt") == true
    )
    #expect(errorText { try FactorFile.write([1], to: "/no/such/folder/x.txt") }?.contains("cannot be written") == true)
  }

  @Test func digitsAreThoseOfC() {
    var state: UInt64 = 11
    for index in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(state >> 11) / Double(1 << 53) * pow(10, Double(index % 8 - 5))
      var bytes: [UInt8] = []
      bytes.append17Digits(value)
      #expect(String(decoding: bytes, as: UTF8.self) == String(format: "%.17g", value))
    }
  }
}
