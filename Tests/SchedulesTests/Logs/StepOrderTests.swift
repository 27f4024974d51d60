import Testing

@testable import Schedules

/// The steps of a log are used, whatever its format.
struct StepOrderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  enum Format: CaseIterable { case csv, lines, array, arrays }

  private func log(_ rows: [(step: Int?, norm: Double?)], as format: Format = .csv) throws -> NormLog {
    func json(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "null" }
    let objects = rows.map { "{\"step\": \(json($0.step)), \"loss\": 1, \"gnorm\": \(json($0.norm))}" }
    let text =
      switch format {
      case .csv:
        (["step,loss,gnorm"] + rows.map { "\($0.step.map(String.init) ?? ""),1,\($0.norm.map { "\($0)" } ?? "")" }).joined(
          separator: "\n")
      case .lines: objects.joined(separator: "\n")
      case .array: "[\(objects.joined(separator: ", "))]"
      case .arrays:
        "{\"step\": [\(rows.map { json($0.step) }.joined(separator: ","))], "
          + "\"gnorm\": [\(rows.map { json($0.norm) }.joined(separator: ","))]}"
      }
    return try NormLog(path: folder.file("log", text))
  }

  private func rows(_ steps: [Int]) -> [(step: Int?, norm: Double?)] { steps.map { ($0, 1 / Double(1 + $0)) } }
  private let clean = (0..<15).map { 1 / Double(1 + $0) }

  @Test(arguments: Format.allCases)
  func rowsAreSorted(format: Format) throws {
    #expect(try log(rows(Array(0..<15)), as: format).messages.isEmpty)
    for steps in [(0..<15).map { 14 - $0 }, (0..<15).map { 7 * $0 % 15 }] {
      let log = try log(rows(steps), as: format)
      #expect(log.norms == clean)
      #expect(log.messages.map(\.description) == ["warning: rows are not in the order of 'step'; sorted by it"])
    }
  }

  @Test(arguments: Format.allCases)
  func theLastRowOfAStepCounts(format: Format) throws {
    let first = rows(Array(0..<10)).map { (step: $0.step, norm: $0.step ?? 0 < 5 ? $0.norm : 9) }
    let log = try log(first + rows(Array(5..<15)), as: format)
    #expect(log.norms == clean)
    #expect(
      log.messages.map(\.description)
        == ["warning: 5 rows of 20 repeat a step in 'step' (a resumed run?); the last row of each step counts"])
  }

  /// A counter that a resume set back looks like a run that was started again.
  @Test func stepsThatStartAgainAreWarnedOf() throws {
    let log = try log(rows(Array(0..<10)) + rows(Array(0..<6)))
    #expect(log.norms.count == 10)
    #expect(log.messages.contains { $0.text.hasPrefix("'step' starts again at value 11") })
  }

  @Test(arguments: Format.allCases)
  func unevenGapsAreInterpolatedOver(format: Format) throws {
    let steps = [0, 1, 2, 3, 4, 5, 8, 12]
    let log = try log(steps.map { ($0, Double(10 + 2 * $0)) }, as: format)
    #expect(absoluteDifference(log.norms, (0...12).map { Double(10 + 2 * $0) }) < 1e-13)
    #expect(log.messages.map(\.kind) == [.warning])
    #expect(log.messages.first?.text.contains("gaps of 1 to 4") == true)
    #expect(try self.log(steps.map { (100 * $0, 1) }, as: format).norms.count == 13)
    #expect(try self.log([0, 10, 20, 30].map { ($0, 1) }, as: format).messages.isEmpty)
  }

  /// However far apart two steps are, the log stays of a size with its rows.
  @Test func interpolationIsBounded() throws {
    #expect(try log([(0, 1), (1, 1), (2, 1), (1_000_000_000_000, 1)]).norms.count == 1_000_000)
  }

  @Test(arguments: Format.allCases)
  func rowsWithoutAValueOrAStepAreLeftOut(format: Format) throws {
    let sparse = try log((0..<20).map { ($0, $0 % 4 == 0 ? Double(20 - $0) : nil) }, as: format)
    #expect(sparse.norms == [20, 16, 12, 8, 4])
    #expect(sparse.omitted == 0)
    #expect(sparse.messages.map(\.description) == ["note: 15 rows of 20 without a value left out"])
    let holes = try log([(0, 4), (nil, 9), (1, 3), (2, 2), (3, 1)], as: format)
    #expect(holes.norms == [4, 3, 2, 1])
    #expect(holes.messages.map(\.description) == ["warning: 1 row without a number in 'step' left out"])
    let useless = try log([(0, 4), (nil, 3), (nil, 2), (nil, 1), (3, 0.5)], as: format)
    #expect(useless.norms == [4, 3, 2, 1, 0.5])
    #expect(useless.messages.map(\.kind) == [.warning])
  }

  @Test func wordsForStepsAreLeftOut() throws {
    let log = try NormLog(path: folder.file("log", "step,gnorm\n0,4\nwarmup,9\n1,3\n2,2\n"))
    #expect(log.norms == [4, 3, 2])
    #expect(log.messages.count == 1)
  }

  /// Steps that begin again in every epoch are no resumed run.
  @Test func stepsWithinEpochs() throws {
    let text = "epoch,step,gnorm\n" + (0..<12).map { "\($0 / 4),\($0 % 4),\(20 - $0)\n" }.joined()
    let log = try NormLog(path: folder.file("log", text))
    #expect(log.norms == (0..<12).map { Double(20 - $0) })
    #expect(log.messages.map(\.kind) == [.note])
    // In a resumed run the epoch begins again too.
    let resumed = "epoch,step,gnorm\n0,0,9\n0,1,8\n1,2,7\n1,3,6\n1,2,5\n1,3,4\n"
    #expect(try NormLog(path: folder.file("log", resumed)).norms == [9, 8, 5, 4])
  }

  @Test func epochsCountWhereThereAreNoSteps() throws {
    #expect(try NormLog(path: folder.file("log", "epoch,gnorm\n2,1\n1,2\n0,3\n")).norms == [3, 2, 1])
    // Rows of one epoch are not one step.
    #expect(try NormLog(path: folder.file("log", "epoch,gnorm\n0,1\n0,2\n1,3\n1,4\n")).norms == [1, 2, 3, 4])
    #expect(try NormLog(path: folder.file("log", "step,gnorm\n0,1\n0,2\n0,3\n")).norms == [1, 2, 3])
  }

  /// The optimizer's steps are preferred to a logger's own.
  @Test func ofSeveralStepsTheOptimizersCount() throws {
    let text = "_step,trainer/global_step,gnorm\n0,0,9\n5,1,8\n6,2,7\n7,3,6\n"
    #expect(try NormLog(path: folder.file("log", text)).messages.isEmpty)
  }

  /// Ten steps of 2,760 are missing: within 0.1 % of even spacing.
  @Test func nearlyEvenStepsStay() throws {
    let steps = (0..<2760).filter { $0 % 276 != 100 }
    let log = try log(rows(steps))
    #expect(log.norms == steps.map { 1 / Double(1 + $0) })
    #expect(log.messages.map(\.kind) == [.note])
  }

  @Test func tensorBoardScalars() throws {
    let log = try NormLog(path: folder.file("log", "[[1.7e9, 20, 3.5], [1.7e9, 0, 5], [1.7e9, 10, 4]]"))
    #expect(log.norms == [5, 4, 3.5])
    #expect(log.messages.count == 1)
  }

  @Test func tablesOfFactorsUseTheirSteps() throws {
    let path = try folder.file("table.csv", "step,factor\n2,0\n1,0.5\n0,1\n")
    #expect(try FactorFile.read(path) == [1, 0.5, 0])
    var notes: [String] = []
    _ = try Schedule(parsing: "table:file=\(path)").factors(steps: 3) { notes.append("\($0): \($1)") }
    #expect(notes == ["\(path): warning: rows are not in the order of 'step'; sorted by it"])
  }
}
