import Foundation
import Sparse
import Testing

/// The files of `datasets/` are what its README says.
@Suite struct BundledDatasetsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let counts: [Int]
    var testDescription: String { name }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()
    .appending(path: "datasets")

  /// The rows `| file | rows | features | classes | nonzeros |` of the README.
  static let rows: [Row] = {
    let readme = (try? String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)) ?? ""
    return readme.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let counts = cells.dropFirst().compactMap { Int($0.replacing(",", with: "")) }
      return cells.count == 5 && counts.count == 4 ? Row(name: cells[0], counts: counts) : nil
    }
  }()

  @Test func theTableNamesTenProblemsAndTheirTestFiles() {
    #expect(Self.rows.count == 15)
    #expect(Self.rows.filter { !$0.name.hasSuffix(".t") }.count == 10)
  }

  @Test(arguments: rows) func countsAreThoseOfTheTable(_ row: Row) throws {
    let data = try LIBSVMReader.read(path: Self.folder.appending(path: row.name + ".gz").path).data
    #expect([data.rowCount, data.featureCount, data.classCount, data.matrix.nonzeroCount] == row.counts)
    #expect(!data.matrix.values.contains(0))
    let limit: Float = row.name.hasSuffix(".t") ? 1.25 : 1
    #expect(data.matrix.values.allSatisfy { abs($0) <= limit })
  }
}
