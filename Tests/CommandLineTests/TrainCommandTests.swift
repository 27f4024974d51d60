import Foundation
import Testing

@Suite struct TrainCommandTests {
  /// Three classes on a line, 40 rows.
  static let data = Data(
    (0..<40).map { "\($0 % 3) 1:\(Double($0 % 3) - 1 + Double($0 % 7) / 20) 2:\(Double($0 % 5) / 5)" }.joined(separator: "\n")
      .utf8)

  @Test func recordsComeSchedulesOutermost() throws {
    let result = try Program.run(
      [
        "train", "--data", "-", "--optimizer", "adam", "--lr", "0.1,0.5", "--schedule", "flat,linear", "--epochs", "3",
        "--seed", "7",
      ],
      input: Self.data)
    let records = try #require(try result.json()["records"] as? [[String: Any]])
    #expect(records.map { $0["schedule"] as? String } == ["flat", "flat", "linear", "linear"])
    #expect(records.map { $0["learning_rate"] as? Double } == [0.1, 0.5, 0.1, 0.5])
    #expect(records.allSatisfy { $0["steps"] as? Int == 6 && $0["seed"] as? Int == 7 && $0["test_error"] is NSNull })
  }

  @Test func bothEnginesAgree() throws {
    let losses = try ["lanes", "reference"].map { engine in
      let result = try Program.run(
        ["train", "--data", "-", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "20", "--engine", engine], input: Self.data)
      let records = try #require(try result.json()["records"] as? [[String: Any]])
      return try #require(records[0]["train_loss"] as? Double)
    }
    #expect(abs(losses[0] - losses[1]) < 1e-5 * losses[1])
  }

  @Test(arguments: ["lanes", "reference"]) func regularisedRunsHaveAnObjective(engine: String) throws {
    let base = [
      "train", "--data", "-", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "20", "--engine", engine, "--checkpoints", "1, 0.25",
    ]
    let records = try [[], ["--l2", "0.1"]].map { l2 in
      let result = try Program.run(base + l2, input: Self.data)
      return try #require((try result.json()["records"] as? [[String: Any]])?.first)
    }
    func number(_ record: [String: Any], _ key: String) throws -> Double { try #require(record[key] as? Double) }
    #expect(try number(records[0], "train_objective") == number(records[0], "train_loss"))
    #expect(try number(records[1], "train_objective") > number(records[1], "train_loss") + 0.01)
    #expect(try number(records[1], "train_loss") > number(records[0], "train_loss") + 0.01)
    for record in records {
      let points = try #require(record["checkpoints"] as? [[String: Any]])
      #expect(points.map { $0["share"] as? Double } == [1, 0.25] && points.map { $0["step"] as? Int } == [40, 10])
      for key in ["train_loss", "train_error"] { #expect(try number(points[0], key) == number(record, key)) }
      #expect(try number(points[1], "train_loss") > number(record, "train_loss"))
    }
  }

  @Test func normsOfARunBecomeTheScheduleOfTheNext() throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let norms = folder.appendingPathComponent("norms.npy").path
    let first = try Program.run(
      ["train", "--data", "-", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "20", "--norms", norms], input: Self.data)
    #expect(first.status == 0)
    let refined = try Program.run("refine", norms, "--norm", "l2", "--run", "1")
    #expect(refined.status == 0)
    let factors = refined.output.split(separator: "\n").compactMap { Double($0) }
    #expect(factors.count == 40 && factors.max() == 1 && factors.last == 0)
    let second = try Program.run(
      ["train", "--data", "-", "--optimizer", "sgd", "--lr", "0.5", "--epochs", "20", "--schedule", "refined:norms=\(norms)"],
      input: Self.data)
    #expect(second.status == 0)
  }

  @Test(arguments: [
    ["train", "--data", "-", "--lr", "x"], ["train", "--data", "-", "--lr", "1", "--schedule", "lineer"],
    ["train", "--data", "-", "--lr", "1", "--epochs", "0"],
    ["train", "--data", "-", "--lr", "1", "--optimizer", "sgd", "--beta1", "0.9"],
    ["train", "--data", "-", "--lr", "1", "--schedule", "refined"], ["train", "--data", "-", "--lr", "1", "--l2", "x"],
    ["train", "--data", "-", "--lr", "1", "--optimizer", "sgd", "--l2", "0.1", "--path", "lists"],
    ["train", "--data", "-", "--lr", "1", "--l2", "inf"], ["train", "--data", "-", "--lr", "1", "--checkpoints", "0.5,1.5"],
    ["train", "--data", "-", "--lr", "1", "--checkpoints", "0"], ["train", "--data", "-", "--lr", "1", "--checkpoints", "0.5,"],
    ["bound", "--schedule", "linear", "--norms", "x", "--distance", "0"],
    ["sweep", "--seeds", "0"], ["sweep", "--shard", "3/2"], ["order", "--rows", "0", "--out", "x.npy"], ["no-such-command"],
  ])
  func misuseEndsWithCode64(arguments: [String]) throws {
    #expect(try Program.run(arguments, input: Self.data).status == 64)
  }

  @Test(arguments: [
    ["train", "--data", "-", "--lr", "-1"], ["train", "--data", "-", "--lr", "1", "--epochs", "-1"],
    ["train", "--data", "-", "--lr", "1", "--optimizer", "sgd", "--momentum", "-1"],
    ["train", "--data", "-", "--lr", "1", "--l2", "-1"], ["train", "--data", "-", "--lr", "1", "--checkpoints", "-0.5"],
    ["order", "--rows", "-1", "--out", "x.npy"], ["schedule", "linear", "--steps", "-1"], ["refine", "x", "--tau", "-1"],
    ["bound", "--schedule", "linear", "--norms", "x", "--distance", "-1"], ["sweep", "--seeds", "-1"],
    ["data", "scale", "x", "--out", "y", "--upper", "-1"],
  ])
  func negativeNumbersAreRefusedForWhatTheyAre(arguments: [String]) throws {
    let result = try Program.run(arguments, input: Self.data)
    #expect(result.status == 64)
    #expect(result.errors.contains("expected"), "\(result.errors)")
  }

  /// `train` and sweeps take the same constants, spelled in the same way, and refuse the same.
  @Test(arguments: [
    ("sgd:momentum=0.9", 0), ("sgd:momentum=1", 64), ("adam:beta2=1", 64), ("adam:epsilon=-1", 64), ("adam:momentum=0.5", 64),
    ("adam:beta1=0.999999999999", 64), ("adam:beta1=0.8:beta1=0.7", 64), ("sgd:weight-decay=inf", 64),
  ])
  func constantsAreThoseOfSweeps(optimizer: String, status: Int32) throws {
    let parts = optimizer.split(separator: ":").map(String.init)
    var spellings = [["--optimizer", optimizer]]
    if parts.count == 2 {
      let constant = parts[1].split(separator: "=").map(String.init)
      spellings.append(["--optimizer", parts[0], "--\(constant[0])", constant[1]])
    }
    for arguments in spellings {
      let train = try Program.run(["train", "--data", "-", "--lr", "0.1", "--epochs", "1"] + arguments, input: Self.data)
      #expect(train.status == status, "\(train.errors)")
    }
    let sweep = try Program.run(["sweep", "--print-config", "--optimizer", optimizer])
    #expect(sweep.status == status)
  }

  @Test func listsMayHaveBlanks() throws {
    let train = try Program.run(
      ["train", "--data", "-", "--lr", "0.1, 0.5", "--schedule", "flat, linear", "--epochs", "1"], input: Self.data)
    #expect(train.status == 0)
    let sweep = try Program.run("sweep", "--print-config", "--optimizer", "adam, sgd", "--data", "d, e")
    #expect(sweep.output.contains("optimizers:\n  - adam\n  - sgd\n") && sweep.output.contains("data:\n  - d\n  - e\n"))
    #expect(try Program.run("sweep", "--print-config", "--optimizer", "adam,,sgd").status == 64)
  }

  @Test func whatCannotBeWrittenEndsWithCode73() throws {
    let result = try Program.run(
      ["train", "--data", "-", "--lr", "0.1", "--epochs", "1", "--norms", "/no/such/folder/norms.npy"], input: Self.data)
    #expect(result.status == 73)
  }

  /// Counts that no memory holds are refused, and do not end in a failed allocation.
  @Test(arguments: [
    ["schedule", "linear", "--steps", "9223372036854775807"], ["refine", "norms.csv", "--points", "1000000000000"],
    ["train", "--data", "file", "--lr", "0.1", "--epochs", "9223372036854775807"],
    ["order", "--rows", "1000000", "--epochs", "1000000", "--out", "order.npy"],
  ]) func countsThatAreTooLargeAreRefused(arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains("expected"))
  }
}
