import Testing

@testable import Schedules

@Suite struct NumPyArchiveFileTests {
  @Test func whatIsWrittenCanBeRead() throws {
    let arrays = [
      (name: "d", array: NumPyArrayFile(shape: [2, 3], float64: [1, 2, 3, 4, 5, 6])),
      (name: "step_size", array: NumPyArrayFile(shape: [0, 3], float64: [])),
    ]
    let bytes = try NumPyArchiveFile(arrays).bytes(path: "out.npz")
    let archive = try ZipArchive(bytes, path: "out.npz")
    #expect(archive.names == ["d.npy", "step_size.npy"])
    for (name, array) in arrays {
      #expect(try NumPyArrayFile(bytes: archive.contents(of: name + ".npy"), path: "out.npz") == array)
    }
    #expect(try NumPyArchiveFile(arrays).bytes(path: "out.npz") == bytes)
  }

  @Test func theLayoutIsThatOfAZipFile() throws {
    let array = NumPyArrayFile(shape: [1], int32: [7])
    let bytes = try NumPyArchiveFile([(name: "a", array: array)]).bytes(path: "")
    #expect(Array(bytes[0..<4]) == [0x50, 0x4B, 3, 4] && bytes.count == 30 + 5 + array.bytes.count + 46 + 5 + 22)
    #expect(Array(bytes[30..<35]) == Array("a.npy".utf8) && Array(bytes[35..<(35 + array.bytes.count)]) == array.bytes)
    // The length of the contents, twice, in the local header.
    #expect(bytes[18] == UInt8(array.bytes.count) && bytes[22] == bytes[18])
  }
}
