import Testing

@testable import Schedules

/// How a log is written is decided over its rows, not over one of them.
struct DelimitedFormTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func log(_ text: String) throws -> NormLog { try NormLog(path: folder.file("log", text)) }

  /// Every text holds the norms 0.5, 0.47, 0.4.
  @Test(arguments: [
    "1;0,5\n2;0,47\n3;0,4\n", "1\t0,5\n2\t0,47\n3\t0,4\n", "1 0,5\n2 0,47\n3 0,4\n",
    "step;norm\n1;0,5\n2;0,47\n3;0,4\n", "norm\n0,5\n0,47\n0,4\n",
    "step\tloss\tgrad norm\n1\t9\t0,5\n2\t8,5\t0,47\n3\t8\t0,4\n",
    "\u{FEFF}\"step\";\"norm\"\r\n1;\"0,5\"\r\n2;\"0,47\"\r\n3;\"0,4\"\r\n", "\"1\",\"0.5\"\n\"2\",\"0.47\"\n\"3\",\"0.4\"\n",
    "step;norm;\n1;0,5;\n2;0,47;\n3;0,4;\n", "step,norm\n1,0.5,\n2,0.47,\n3,0.4,\n", "step,norm,\n1,0.5\n2,0.47\n3,0.4\n",
    "sep=;\nstep;norm\n1;0,5\n2;0,47\n3;0,4\n", "1, 0.5\n2, 0.47\n3, 0.4\n",
    "date,grad norm\n2024-01-01 00:00:01,0.5\n"
      + "2024-01-01 00:00:02,0.47\n2024-01-01 00:00:03,0.4\n",
  ])
  func separatorsAndDecimalMarks(text: String) throws {
    let log = try log(text)
    #expect(log.norms == [0.5, 0.47, 0.4])
    #expect(log.messages.isEmpty, "\(log.messages)")
  }

  /// Zeros in front are those of a fraction; two columns of whole numbers may be anything.
  @Test func decimalCommasAlone() throws {
    #expect(try log("0,5\n0,05\n1,2\n").norms == [0.5, 0.05, 1.2])
    #expect(throws: ScheduleFileError.self) { try log("0,5\n0,47\n0,4\n") }
    #expect(try log("1,50\n2,30\n3,10\n4,5\n").norms == [50, 30, 10, 5])
  }

  /// Whole numbers first: what the later rows say counts.
  @Test func theFirstRowDoesNotDecide() throws {
    #expect(try log("1;2\n2;0,47\n3;0,4\n").norms == [2, 0.47, 0.4])
    #expect(try log("1;nan\n2;;\n3;0,4\n4;0,3\n").norms == [0.4, 0.3])
    let rows = (1...50).map { "\($0)\t1,25" }
    #expect(try log((["0\t1"] + rows).joined(separator: "\n")).norms == [1] + rows.map { _ in 1.25 })
  }

  /// A first row that is like those below is one of them.
  @Test(arguments: [
    "2024-01-01,0.5\n2024-01-02,0.47\n2024-01-03,0.4\n", "train;0,5;a\ntrain;0,47;b\nvalid;0,4;b\n",
    "00:01 0.5 x\n00:02 0.47 y\n00:03 0.4 z\n", "0.5\n0.47\n0.4\n",
  ])
  func rowsWithoutAHeader(text: String) throws {
    #expect(try log(text).norms == [0.5, 0.47, 0.4])
    #expect(try log(text).column == nil)
  }

  /// Numbers are names where only they stand in quotes, or as pandas numbers its columns.
  @Test func headersOfNumbers() throws {
    let pandas = try log(",0\n0,0.5\n1,0.47\n2,0.4\n")
    #expect(pandas.norms == [0.5, 0.47, 0.4])
    #expect(pandas.column == "0")
    #expect(try log("\"7\"\n0.5\n0.47\n").norms == [0.5, 0.47])
    #expect(try log("7\n0.5\n0.47\n").norms == [7, 0.5, 0.47])
    #expect(throws: ScheduleFileError.self) { try log(",7\n1,0.5\n2,0.47\n") }
  }

  /// A resumed run may write its header again, and a run that is ended leaves half a row.
  @Test func repeatedHeadersAndCutRows() throws {
    let log = try log("step,loss,gnorm\n0,9,1\n1,8,2\nstep,loss,gnorm\n2,7,3\n3,6")
    #expect(log.norms == [1, 2, 3])
    #expect(
      log.messages.map(\.description) == [
        "note: the last row is cut short and left out", "note: the header stands 2 times; passed over",
      ])
    #expect(try self.log("{\"gnorm\": 1}\n{\"gnorm\": 2}\n{\"gnor").norms == [1, 2])
    #expect(
      errorText { _ = try self.log("step,gnorm\n0,1\n1\n2,3\n") }?.contains(":3:1: error: 1 cell in this row; expected 2")
        == true)
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x31, 0x00] as [UInt8], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x31], "UTF-16"), ([0x80, 0x04, 0x95], "pickle"),
    (Array("PK\u{3}\u{4}".utf8), "archive"),
  ])
  func otherKindsOfFilesAreNamed(bytes: [UInt8], name: String) throws {
    let path = folder.path("log")
    try FileBytes.write(bytes, to: path)
    #expect(errorText { _ = try NormLog(path: path) }?.contains(name) == true)
  }
}
