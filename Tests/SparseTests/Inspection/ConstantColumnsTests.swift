import Testing

@testable import Sparse

@Suite struct ConstantColumnsTests {
  @Test func countsColumnsOfOneValue() throws {
    let text = "1 1:2 2:1 4:0 6:5\n2 1:2 2:1 3:1 6:5\n1 1:2 2:3 6:5\n"
    let constant = try LIBSVMReader.read(bytes: Array(text.utf8), name: "text").data.matrix.constantColumns(listing: 3)
    // 1 and 6 are the same in every row, 4 and 5 zero; 2 and 3 vary.
    #expect(constant == ConstantColumns(count: 4, first: [0, 3, 4]))
  }

  @Test func takesMemoryForTheFeaturesThatOccurOnly() throws {
    let file = try LIBSVMReader.read(bytes: Array("1 2147483647:1\n2 1:1 5:0\n".utf8), name: "text")
    let inspection = DatasetInspection(file)
    #expect(inspection.constantFeatureCount == 2_147_483_645)
    #expect(inspection.constantFeatures == Array(2...100_001))
  }
}
