import Foundation
import Testing

@testable import Schedules

struct NumPyArrayFileTests {
  struct NumPyFixture: Decodable {
    struct Case: Decodable {
      let shape: [Int]
      let type: String
      let values: [Double]
      let base64: String
    }
    let cases: [Case]
  }

  private func array(_ expected: NumPyFixture.Case) -> NumPyArrayFile {
    switch expected.type {
    case "float32": NumPyArrayFile(shape: expected.shape, float32: expected.values.map(Float.init))
    case "float64": NumPyArrayFile(shape: expected.shape, float64: expected.values)
    default: NumPyArrayFile(shape: expected.shape, int32: expected.values.map(Int32.init))
    }
  }

  /// The bytes that `numpy.save` writes, written and read.
  @Test func equalsNumPyByteForByte() throws {
    let cases = try fixture("arrays.json", as: NumPyFixture.self).cases
    #expect(cases.count == 5)
    for expected in cases {
      let bytes = try Array(#require(Data(base64Encoded: expected.base64)))
      #expect(array(expected).bytes == bytes)
      #expect(try NumPyArrayFile(bytes: bytes, path: "x.npy") == array(expected))
    }
  }

  struct ElementTypes: Decodable {
    struct Case: Decodable {
      let type: String
      let values: [Double]
      let base64: String
    }
    let cases: [Case]
  }

  /// Halves and integers, of either byte order.
  @Test func everyNumericTypeIsRead() throws {
    let cases = try fixture("element-types.json", as: ElementTypes.self).cases
    #expect(cases.count == 20)
    for expected in cases {
      let bytes = try Array(#require(Data(base64Encoded: expected.base64)))
      #expect(try NumPyArrayFile(bytes: bytes, path: "x.npy").doubles == expected.values, "\(expected.type)")
    }
    #expect(doubleOfHalf(0x7C00) == .infinity && doubleOfHalf(0xFC00) == -.infinity && doubleOfHalf(0x7E00).isNaN)
  }

  @Test func headsPrecedeTheElements() {
    let array = NumPyArrayFile(shape: [2, 1, 2], float32: [1, 2, 3, 4])
    let elements = array.bytes.suffix(16)
    #expect(NumPyArrayFile.headOfFloat32(shape: [2, 1, 2]) + elements == array.bytes)
  }

  @Test func damagedFilesAreErrors() throws {
    let bytes = NumPyArrayFile(shape: [2, 2], int32: [1, 2, 3, 4]).bytes
    func error(_ bytes: [UInt8]) -> String { errorText { _ = try NumPyArrayFile(bytes: bytes, path: "x.npy") } ?? "" }
    func replacing(_ old: String, _ new: String) -> [UInt8] {
      Array(bytes[..<10])
        + Array(String(decoding: bytes[10..<128], as: UTF8.self).replacingOccurrences(of: old, with: new).utf8)
        + bytes[128...]
    }
    #expect(error([]).contains("not a NumPy array file"))
    #expect(error(bytes.dropLast()).contains("15 bytes of data; expected 4 numbers of 4 bytes for the shape [2, 2]"))
    #expect(error(bytes + [0]).contains("17 bytes of data"))
    #expect(error(Array(bytes.prefix(40))).contains("header ends early"))
    #expect(error(replacing("<i4", "<c8")).contains("an array of type <c8; expected float16, float32, float64 or integers"))
    #expect(error(replacing("<i4", "<i2")).contains("16 bytes of data; expected 4 numbers of 2 bytes"))
    #expect(error(replacing("(2, 2), ", "(-2, 2),")).contains("has no shape"))
    #expect(error(replacing("False, ", "True,  ")).contains("Fortran order"))
    #expect(error(replacing("(2, 2), }                ", "(4294967296, 4294967296), }")).contains("error"))
  }
}
