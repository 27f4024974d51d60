import Foundation
import Sparse
import Testing

/// The matrix is the one that scikit-learn's `load_svmlight_file` reads, or the difference is one of those listed here.
@Suite struct ScikitLearnTests {
  private struct Row: Codable, Equatable {
    var label: String
    var columns: [Int32]
    /// Of the values.
    var bits: [UInt32]
  }

  private struct Case: Codable {
    var text: String
    /// nil where scikit-learn refuses the text.
    var rows: [Row]?
  }

  /// What is refused here and not there: scikit-learn reads numbers as Python does and splits at any of its blanks.
  private static let stricter = [
    // Python's `nan`, `inf`, and what overflows to them.
    "is not finite", "is out of the range of",
    // Python's `1_000` in numbers and `+1`, `1_0` in indices; a colon in the label's place is never taken for one.
    "is not a decimal number", "does not consist of digits only", "is text",
    // Form feeds, lone carriage returns and the like as blanks, whatever the encoding.
    "control character", "; a row consists of numbers, colons and blanks",
    // A matrix without features or rows.
    "no row has a feature", "the file holds no rows",
    // A qid that is not an integer is not looked at, or stands where it is taken for a feature.
    "qid",
  ]

  private static func cases() throws -> [Case] {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil)).appending(path: "scikit-learn")
    return try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
  }

  private static func rows(_ data: LabelledSparseData) -> [Row] {
    (0..<data.rowCount).map { row in
      let range = data.matrix.rowOffsets[row]..<data.matrix.rowOffsets[row + 1]
      return Row(
        label: data.classLabels[Int(data.classes[row])].description, columns: Array(data.matrix.columns[range]),
        bits: data.matrix.values[range].map(\.bitPattern))
    }
  }

  @Test func rightFilesAndMutatedOnes() throws {
    var same = 0
    var refusedByBoth = 0
    for item in try Self.cases() {
      let bytes = item.text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      do throws(ReadingFailure) {
        let found = Self.rows(try LIBSVMReader.read(bytes: bytes, name: "case").data)
        #expect(found == item.rows, "\(item.text.debugDescription)")
        same += 1
      } catch {
        guard item.rows != nil else {
          refusedByBoth += 1
          continue
        }
        let isExplained = Self.stricter.contains { reason in error.errors.contains { $0.message.contains(reason) } }
        #expect(isExplained, "\(item.text.debugDescription): \(error)")
      }
    }
    #expect(same > 200)
    #expect(refusedByBoth > 150)
  }
}
