import Foundation
import Testing

@testable import Schedules

struct NormLogTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func norms(_ text: String, name: String = "log", column: String? = nil) throws -> [Double] {
    try NormLog(path: folder.file(name, text), selection: NormLogSelection(column: column)).norms
  }

  private func error(_ text: String, column: String? = nil) throws -> String {
    let path = try folder.file("log", text)
    let text = try #require(errorText { _ = try NormLog(path: path, selection: NormLogSelection(column: column)) })
    #expect(text.hasPrefix(path))
    return String(text.dropFirst(path.count))
  }

  @Test(arguments: [
    ("plain", "1\n2.5\n3e0\n"), ("no newline at the end", "1\n2.5\n3"), ("Windows lines", "1\r\n2.5\r\n3\r\n"),
    ("byte order mark", "\u{FEFF}1\n2.5\n3\n"), ("comments and blank lines", "# norms\n\n1\n2.5\n# more\n3\n\n"),
    ("header", "gnorm\n1\n2.5\n3\n"), ("quoted", "\"step\",\"gnorm\"\n\"0\",\"1\"\n\"1\",\"2.5\"\n\"2\",\"3\"\n"),
    ("csv", "step,gnorm\n0,1\n1,2.5\n2,3\n"), ("tsv", "epoch\tgnorm\n0\t1\n1\t2.5\n2\t3\n"),
    ("semicolons", "Iteration;gnorm\n0;1\n1;2.5\n2;3\n"), ("blanks", "step gnorm\n0   1\n1   2.5\n2   3\n"),
    (
      "Weights & Biases",
      "\"Step\",\"a, b - gnorm\",\"a, b - gnorm__MIN\",\"a, b - gnorm__MAX\"\n\"0\",\"1\",\"1\",\"1\"\n\"1\",\"2.5\",\"2\",\"3\"\n\"2\",\"3\",\"3\",\"3\"\n"
    ),
    ("words beside the numbers", "_step,_timestamp,phase,grad_norm\n0,7,train,1\n1,8,train,2.5\n2,9,train,3\n"),
    ("pandas", ",gnorm\n0,1\n1,2.5\n2,3\n"),
    ("Lightning", "epoch,grad_2.0_norm_total_step,global_step\n0,1,7\n0,2.5,8\n0,3,9\n"),
    (
      "JSON Lines",
      "{\"step\": 0, \"gnorm\": 1}\n{\"gnorm\": 2.5, \"step\": 1}\n\n{\"step\": 2, \"gnorm\": 3, \"note\": \"a\\\"}\"}\n"
    ),
    ("JSON array", "[1, 2.5, 3]\n"), ("JSON array over lines", " [\n  1,\n  2.5,\n  3.0e0\n]"),
    ("JSON array of objects", "[{\"step\": 0, \"gnorm\": 1}, {\"gnorm\": 2.5, \"step\": 1},\n {\"step\": 2, \"gnorm\": 3}]"),
    ("JSON object of arrays", "{\"lr\": 0.5, \"step\": [0, 1, 2],\n \"gnorm\": [1, 2.5, 3], \"names\": [\"a\"]}\n"),
    ("JSON after a byte order mark", "\u{FEFF}[1, 2.5, 3]"),
    ("nested JSON", "{\"time\": 0, \"x\": {\"gnorm\": [9, 9]}, \"gnorm\": 1}\n{\"gnorm\": 2.5}\n{\"gnorm\":3}"),
  ])
  func allFormsGiveTheSameNorms(form: String, text: String) throws {
    #expect(try norms(text) == [1, 2.5, 3], "\(form)")
  }

  @Test func columnsByNameAndNumber() throws {
    let text = "step,loss,gnorm\n0,9,1\n1,8,2\n2,7,3\n"
    #expect(try norms(text, column: "gnorm") == [1, 2, 3])
    #expect(try norms(text, column: "3") == [1, 2, 3])
    #expect(try norms(text, column: "step") == [0, 1, 2])
    #expect(try norms("9 1\n8 2\n", column: "2") == [1, 2])
    #expect(try norms("{\"loss\": 9, \"gnorm\": 1}\n{\"loss\": 8, \"gnorm\": 2}\n", column: "gnorm") == [1, 2])
    let log = try NormLog(path: folder.file("log", text), selection: NormLogSelection(column: "3"))
    #expect(log.column == "gnorm")
  }

  @Test func whatIsMissingInJSONIsLeftOut() throws {
    let log = try NormLog(path: folder.file("log", "[1, NaN, null, Infinity, \"nan\", 2]"))
    #expect(log.norms == [1, 2])
    #expect(log.omitted == 3)
    #expect(
      log.messages.map(\.text) == ["1 row of 6 without a value left out", "3 of 5 values are not finite and were left out"])
    #expect(try norms("{\"a\": [1, 2], \"b\": [3, 4]}", column: "b") == [3, 4])
    #expect(try error("{\"a\": [1, 2], \"a\": [3]}", column: "a") == ": error: more than one array is called 'a'")
    #expect(try error("[1, 2]", column: "b") == ": error: no column 'b' in an array of numbers; leave out the column")
  }

  @Test func oneObjectIsARowOrHoldsArrays() throws {
    // The members of a row may hold arrays too.
    let row = "{\"step\": 1, \"grad_norm\": 0.5, \"hist\": [3, 1, 2], \"betas\": [0.9, 0.95]}"
    #expect(try norms(row) == [0.5])
    #expect(try norms(row, column: "grad_norm") == [0.5])
    #expect(try norms(row, column: "hist") == [3, 1, 2])
    #expect(try norms("{\n  \"gnorm\": [1, 2],\n  \"tags\": [],\n  \"none\": [null]\n}\n") == [1, 2])
    #expect(try norms("{\n  \"gnorm\": 4\n}") == [4])
    // A trainer's state with its history, as transformers writes it.
    let state =
      "{\"best\": 1, \"log_history\": [\n{\"loss\": 9, \"grad_norm\": 1, \"step\": 1},\n{\"loss\": 8, \"grad_norm\": 2}]}"
    #expect(try norms(state, column: "grad_norm") == [1, 2])
    #expect(try norms(state) == [1, 2])
    #expect(try norms("[{\"caf\\u00e9\": 1}, {\"caf\\u00e9\": 2}]", column: "caf\u{E9}") == [1, 2])
  }

  @Test(arguments: [
    ("[1, \"high\"]", ":1:5: error: an element is not a number"),
    ("[\n  1,\n  -2]", ":3:3: error: a negative norm (-2); expected 0 or more"),
    ("[1, 2", ":1:6: error: nothing more; expected ']'"), ("[1] 2", ":1:5: error: something after the array"),
    ("[{\"a\": 1}, 2]", ":1:12: error: something else among objects; expected an object"),
    ("[[1, 2, 3], 2]", ":1:13: error: something else among arrays"),
    ("[[1, 2], [3, 4]]", ":1:2: error: an array of 2 elements"), ("[]", ": error: holds no norms"),
    ("{\"a\": [1],\n\"b\": [2]}", ": error: 2 columns can be the values (a, b)"),
    ("{\"a\": [1, {}]}", ":1:7: error: the value of 'a' is not a number"),
    ("{\"a\\", ":1:5: error: a string without end"), ("[\"a\\", ":1:5: error: a string without end"),
    ("{\"a\": 1}\n{\"a\": 2, \"x\\\n", ":2:13: error: a string without end"),
    ("{\"a\": {\"b\": 1], \"a\": 2}\n{\"a\": 1}", ":1:14: error: ']'; expected '}'"),
    ("{\"a\": [1, 2,\n 3,}", ":2:4: error: no value; expected one"),
    ("{\"a\": [1, 2, 3]\n}\nfoo", ":3:1: error: something after the object"),
    ("{\u{E9}}", ":1:2: error: '\u{E9}'; expected '\"'"),
    (String(repeating: "[", count: 200_000), ":1:101: error: values nested in more than 100 others are not read"),
    ("{\"a\": 1}\n{\"a\": 2} 3", ":2:10: error: something after the object; expected one object a line"),
  ])
  func errorsInJSONSayWhere(text: String, message: String) throws {
    let found = try error(text)
    #expect(found.hasPrefix(message), "\(found)")
  }

  /// Which of several columns is meant, by its name: the optimizer's norm before layers, steps before epochs, l2 before l1
  /// unless asked.
  @Test(arguments: [
    ("step,loss,grad_norm", 3), ("step,grad_norm,grad_norm/fc.weight", 2), ("_step,grad_2.0_norm/a,grad_2.0_norm_total", 3),
    ("Step,run - gnorm,run - loss", 2), ("step,train/grad_norm,weight_norm", 2), ("step,total_norm,max_grad_norm", 2),
    ("epoch,grad_norm_epoch,grad_norm_step", 3), ("step,l1,l2", 3), ("step,grad_norm_l1,grad_norm_l2", 3),
    ("Wall time,Step,Value", 3), ("step,l2_loss,gradient_norm", 3),
  ])
  func columnsAreChosenByName(header: String, column: Int) throws {
    let log = try NormLog(path: folder.file("log", header + "\n0,1,2\n1,3,4\n2,5,6\n"))
    #expect(log.column == header.split(separator: ",").map(String.init)[column - 1])
  }

  @Test func normChoosesAmongColumns() throws {
    let path = try folder.file("log", "step,l1,l2\n0,1,2\n1,3,4\n")
    #expect(try NormLog(path: path, selection: NormLogSelection(norm: .l1)).norms == [1, 3])
    #expect(try NormLog(path: path, selection: NormLogSelection(norm: .l2)).norms == [2, 4])
  }

  @Test func ambiguityListsTheColumns() throws {
    #expect(try error("step,loss,value\n0,9,1\n").contains("2 columns can be the values (loss, value)"))
    #expect(
      try error("step,a/grad_norm,b/grad_norm,loss\n0,9,1,1\n").contains(
        "2 columns can be the values (a/grad_norm, b/grad_norm)"))
    #expect(try error("1 2\n3 4\n").contains("(column 1, column 2)"))
    #expect(try error("step,epoch\n0,9\n").contains("columns: step, epoch"))
    #expect(try error("{\"a\": 1, \"b\": 2}\n").contains("(a, b)"))
    #expect(try error("step,gnorm\n0,9\n", column: "gnrm").contains("did you mean 'gnorm'?"))
    #expect(try error("step,gnorm\n0,9\n", column: "3").contains("expected 1 to 2 or one of: step, gnorm"))
    #expect(try error("{\"a\": 1}\n", column: "b").contains("expected one of: a"))
  }

  @Test func whatIsMissingOrNotFiniteIsCounted() throws {
    let texts = [
      "step,gnorm\n0,1\n1,\n2,NaN\n3,inf\n4,-Infinity\n5,null\n6,1e999\n7,2\n",
      "{\"gnorm\": 1}\n{\"step\": 1}\n{\"gnorm\": NaN}\n{\"gnorm\": Infinity}\n{\"gnorm\": \"nan\"}\n{\"gnorm\": null}\n"
        + "{\"gnorm\": -Infinity}\n{\"gnorm\": 2}\n",
    ]
    for text in texts {
      let log = try NormLog(path: folder.file("log", text))
      #expect(log.norms == [1, 2])
      #expect(log.omitted == 4)
      #expect(log.messages.map(\.kind) == [.note, .warning])
      #expect(log.messages.first?.text == "2 rows of 8 without a value left out")
    }
  }

  @Test(arguments: [
    ("", ": error: the file is empty"), ("\n\n", ": error: the file is empty"), ("gnorm\n", ": error: a header and no rows"),
    ("step,gnorm\n0,1\n1,x\n", ":3:3: error: 'x' is not a number"),
    ("gnorm\n1\nx\n", ":3:1: error: 'x' is not a number"), ("step,gnorm\n0,1\n1,-2\n", ":3:3: error: a negative norm (-2)"),
    ("step,gnorm\n0,1\n1\n", ":3:1: error: 1 cell in this row; expected 2"), ("nan\nnan\n", ": error: none of the 2 norms"),
    ("{\"a\": 1}\n{\"a\": 2\n", ":2:8: error: nothing more; expected '}'"),
    ("{\"a\": 1}\n{\"a\": -2}\n", ":2:7: error: a negative norm"),
    ("{\"a\": 1}\n{\"a\": oops}\n", ":2:7: error: 'oops' is no JSON value"),
    ("{\"a\": 1}\n3\n", ":2:1: error: '3'; expected '{'"),
    ("{\"a\": 1} {\"a\": 2}\n", ":1:10: error: something after the object"),
  ])
  func errorsNameThePlace(text: String, message: String) throws {
    let found = try error(text)
    #expect(found.hasPrefix(message), "\(found)")
  }

  @Test func numbersAreRoundedCorrectly() throws {
    let texts = [
      "0.1", "1e-5", "123456789012345", "0.30000000000000004", "1.9721450549245312", "9007199254740993", "2.5E+3", "+.5", "7.",
    ]
    #expect(try norms(texts.joined(separator: "\n")) == texts.map { Double($0 == "7." ? "7" : $0) ?? 0 })
    for bad in ["0x1p3", "1e", ".", "1.2.3", "--1", "1 2"] { #expect(finiteNumber(bad) == nil) }
  }

  // MARK: NumPy arrays

  @Test func arraysOfOneDimension() throws {
    let path = folder.path("norms.npy")
    try NumPyArrayFile(shape: [3], float64: [1, .nan, 0.1]).write(to: path)
    #expect(try NormLog(path: path).norms == [1, 0.1])
    try NumPyArrayFile(shape: [3], float32: [1, .infinity, 0.5]).write(to: path)
    #expect(try NormLog(path: path).norms == [1, 0.5])
    try NumPyArrayFile(shape: [2], float64: [1, -3]).write(to: path)
    #expect(errorText { _ = try NormLog(path: path) }?.contains("a negative norm (-3) at step 2") == true)
  }

  @Test func arraysOfTrain() throws {
    let path = folder.path("norms.npy")
    // steps 2, runs 3, norms 2
    try NumPyArrayFile(shape: [2, 3, 2], float32: (0..<12).map(Float.init)).write(to: path)
    func read(_ run: Int?, _ norm: GradientNorm) throws -> [Double] {
      try NormLog(path: path, selection: NormLogSelection(run: run, norm: norm)).norms
    }
    #expect(try read(1, .l1) == [0, 6])
    #expect(try read(3, .l2) == [5, 11])
    let choice = "holds 3 runs; choose one with --run (in a schedule, run=), 1 to 3"
    #expect(errorText { _ = try read(nil, .l2) }?.contains(choice) == true)
    #expect(errorText { _ = try read(4, .l2) }?.contains("there is no run 4") == true)
    try NumPyArrayFile(shape: [2, 2], float32: [1, 2, 3, 4]).write(to: path)
    #expect(errorText { _ = try NormLog(path: path) }?.contains("an array of shape (2, 2)") == true)
  }

  // MARK: gzip

  /// `printf '1\n2.5\n3\n' | gzip`, and the same once more behind it.
  private let compressed =
    Data(
      base64Encoded: "H4sIAAAAAAACAzPkMtIz5TLmAgBs5aphCAAAAA==") ?? Data()

  @Test(arguments: [
    ("pandas' to_string", "   step  loss  gnorm\n1     0  1.00    1.0\n2     1  0.50    2.5\n3     2  0.25    3.0\n"),
    ("R's write.table", "\"step\" \"gnorm\"\n\"1\" 0 1\n\"2\" 1 2.5\n\"3\" 2 3\n"),
    ("carriage returns", "step,gnorm\r0,1\r1,2.5\r2,3\r"), ("a column of pandas", "{\"0\": 1.0, \"1\": 2.5, \"2\": 3.0}"),
  ])
  func otherProgramsForms(form: String, text: String) throws {
    #expect(try norms(text) == [1, 2.5, 3])
  }

  @Test(arguments: [
    ("[[0, 1, 2], [1, 1, 3]]", ":1:2: error: an array of 3 elements without a time"),
    ("step,loss\n0,1\n1,2\n", ": error: 'loss' does not look like gradient norms; choose it with column"),
    ("loss\n1\n2\n", ": error: 'loss' does not look like gradient norms"),
    ("{\"columns\": [\"a\"], \"index\": [0, 1], \"data\": [[1], [2]]}", ": error: no column of numbers that can be the values"),
    ("(lp0\nF1.0\naF2.0\na.", ": error: this is a Python pickle"),
    ("1\u{0}\n\u{0}2\u{0}\n\u{0}", ": error: this is UTF-16LE text"), ("\u{0}1\u{0}\n\u{0}2", ": error: this is UTF-16BE text"),
    ("12\u{0}\u{0}3", ": error: a zero byte at byte 3: this is no text"),
  ])
  func whatIsNoLogOfNormsIsRefused(text: String, message: String) throws {
    let found = try error(text)
    #expect(found.contains(message), "\(found)")
  }

  @Test func measuresAreReadWhenTheyAreNamed() throws {
    #expect(try norms("step,loss\n0,1\n1,2\n", column: "loss") == [1, 2])
  }

  @Test func compressedFiles() throws {
    let url = folder.url.appendingPathComponent("log.gz")
    try compressed.write(to: url)
    #expect(try NormLog(path: url.path).norms == [1, 2.5, 3])
    try (compressed + compressed).write(to: url)
    #expect(try NormLog(path: url.path).norms == [1, 2.5, 3, 1, 2.5, 3])
    try compressed.dropLast(3).write(to: url)
    #expect(
      errorText { _ = try NormLog(path: url.path) } == "\(url.path): error: the gzip data ends early; expected a whole stream")
    var damaged = compressed
    damaged[14] ^= 0x55
    try damaged.write(to: url)
    #expect((errorText { _ = try NormLog(path: url.path) } ?? "").contains("error: the gzip data"))
  }

  @Test func filesThatAreNotThere() {
    #expect(throws: ScheduleFileError(.missing, path: "/no/such/file", "no such file")) { try NormLog(path: "/no/such/file") }
    #expect(errorText { _ = try NormLog(path: folder.url.path) }?.contains("this is a directory") == true)
  }
}
