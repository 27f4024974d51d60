import Foundation
import Testing

@testable import Schedules

/// The same norms, as `Fixtures/make_logs.py` had libraries log them.
struct LibraryLogTests {
  struct Expected: Decodable { let norms: [Double] }

  private static let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures/Logs").path

  private func norms() throws -> [Double] { try fixture("Logs/expected.json", as: Expected.self).norms }

  @Test(arguments: [
    ("tensorboard", "train/grad_norm"), ("lightning.csv", "grad_2.0_norm_total"), ("trainer_state.json", "grad_norm"),
    ("keras.csv", "gradient_norm"), ("stored.npz", "grad_norm"), ("tensorboard.csv", "Value"), ("tensorboard.json", "Value"),
    ("wandb.csv", "run, 1 - grad_norm"), ("wandb.json", "gnorm"), ("mlflow", "value"), ("pandas.json", "gnorm"),
  ])
  func readsWhatLibrariesWrite(name: String, column: String) throws {
    let log = try NormLog(path: "\(Self.folder)/\(name)")
    #expect(try log.norms == norms())
    #expect(log.column == column)
    #expect(!log.messages.contains { $0.kind == .warning }, "\(log.messages)")
  }

  /// Members in the wrong order, and of float32.
  @Test func compressedArchives() throws {
    let log = try NormLog(path: "\(Self.folder)/deflated.npz")
    #expect(try log.norms == norms())
    #expect(log.messages.map(\.text) == ["rows are not in the order of 'step'; sorted by it"])
    #expect(try NormLog(path: "\(Self.folder)/stored.npz", selection: NormLogSelection(column: "step")).norms.count == 40)
    #expect(
      errorText { _ = try NormLog(path: "\(Self.folder)/stored.npz", selection: NormLogSelection(column: "names")) }?
        .contains("an array of type <U1") == true)
  }

  /// Two event files in a folder, the second of a run that went on; scalars as tensors of float and of double.
  @Test(arguments: ["grad_norm", "double"])
  func resumedRunsOfEventFiles(tag: String) throws {
    let log = try NormLog(path: "\(Self.folder)/resumed", selection: NormLogSelection(column: tag))
    #expect(try log.norms == norms())
    #expect(log.messages.map(\.kind) == [.warning])
    #expect(log.messages.first?.text.hasPrefix("5 rows of 45 repeat a step") == true)
  }

  /// Tensors of halves and of integers, as lists and as bytes.
  @Test func tensorsOfEveryNumericType() throws {
    for type in ["half", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] {
      for form in ["list", "bytes"] {
        let log = try NormLog(path: "\(Self.folder)/tensors", selection: NormLogSelection(column: "\(type) \(form)"))
        #expect(log.norms == [1, 2, 3, 4], "\(type) \(form)")
      }
    }
  }

  /// `SummaryWriter.add_scalars` makes a folder for each of its scalars.
  @Test func foldersBelowARunAreNamed() throws {
    let temporary = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: temporary.path("grad_l2"), withIntermediateDirectories: false)
    try FileBytes.write(eventFile(), to: temporary.path("grad_l2/events.out.tfevents.0"))
    try FileBytes.write([], to: temporary.path("events.out.tfevents.0"))
    let error = errorText { _ = try NormLog(path: temporary.url.path) }
    #expect(error?.hasSuffix("holds no scalars; there are more event files in: grad_l2") == true)
  }

  private func eventFile() throws -> [UInt8] {
    let folder = "\(Self.folder)/tensorboard"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
    return try FileBytes.read("\(folder)/\(name)")
  }

  @Test func cutAndDamagedEventFiles() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path("events")
    let bytes = try eventFile()
    try FileBytes.write(Array(bytes.dropLast(5)), to: path)
    let cut = try NormLog(path: path, selection: NormLogSelection(column: "2"))
    #expect(try cut.norms == norms().dropLast())
    #expect(cut.messages.map(\.text) == ["the last record is cut short and left out"])
    var damaged = bytes
    damaged[bytes.count / 2] ^= 1
    try FileBytes.write(damaged, to: path)
    #expect(errorText { _ = try NormLog(path: path) }?.contains("the file is damaged") == true)
    try FileBytes.write(bytes, to: path)
    #expect(
      errorText { _ = try NormLog(path: path, selection: NormLogSelection(column: "grad")) }?
        .contains("no scalar 'grad'; expected one of: train/loss, train/grad_norm") == true)
  }

  /// A file whose name says what it is, and a folder above runs.
  @Test func foldersAndNames() throws {
    let temporary = try TemporaryFolder()
    let path = try temporary.file("events.out.tfevents.1", "no record")
    #expect(errorText { _ = try NormLog(path: path) }?.contains("holds no scalars") == true)
    let error = errorText { _ = try NormLog(path: Self.folder) }
    #expect(error?.contains("there are some in: resumed, tensorboard") == true)
  }

  /// A sample that a tool took at random.
  @Test func thinnedLogsAreWarnedOf() throws {
    let temporary = try TemporaryFolder()
    var state: UInt64 = 5
    var steps: Set<Int> = []
    while steps.count < 500 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      steps.insert(Int(state >> 33) % 20_000)
    }
    let text = "_step,grad_norm\n" + steps.sorted().map { "\($0),\(1 + Double($0) / 20_000)\n" }.joined()
    let log = try NormLog(path: temporary.file("log.csv", text))
    #expect(log.messages.contains { $0.text.contains("run.scan_history()") })
    // On a straight line nothing is lost.
    let (first, last) = (try #require(steps.min()), try #require(steps.max()))
    let line = linearlyInterpolated([1 + Double(first) / 20_000, 1 + Double(last) / 20_000], count: log.norms.count)
    #expect(absoluteDifference(log.norms, line) < 1e-12)
    #expect(
      try NormLog(path: temporary.file("even.csv", "step,grad_norm\n" + (0..<500).map { "\($0),1\n" }.joined())).messages
        .isEmpty)
  }

  @Test func namesSayTheNorm() throws {
    let temporary = try TemporaryFolder()
    func named(_ column: String) throws -> GradientNorm? {
      try NormLog(path: temporary.file("log.csv", "step,\(column)\n0,1\n1,2\n")).namedNorm
    }
    #expect(try named("grad_norm") == .l2)
    #expect(try named("grad_1.0_norm") == .l1)
    #expect(try named("l1") == .l1)
    #expect(try named("value") == nil)
  }
}
