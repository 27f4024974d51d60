import Schedules
import Testing
import Training

@testable import Sweeps

@Suite struct SweepConfigurationTests {
  @Test func defaultsReadBack() throws {
    let standard = SweepConfiguration()
    #expect(try SweepConfiguration(yaml: standard.yaml, file: "x") == standard)
    #expect(try SweepConfiguration(yaml: standard.protocolYAML, file: "x") == standard)
    #expect(try SweepConfiguration(yaml: "", file: "x") == standard)
    #expect(try SweepConfiguration(yaml: "# nothing\n", file: "x") == standard)
  }

  @Test func everythingReadsBack() throws {
    var configuration = SweepConfiguration()
    configuration.data = ["my data/it's here", "a/*.scale", "true"]
    configuration.schedules = ["flat", "inverse:offset=0.5", "refined"]
    configuration.optimizers = [.adam(beta2: 0.999, weightDecay: 0.01, decoupled: true), .sgd(momentum: 0.9)]
    configuration.minimumExponent = -3
    configuration.maximumExponent = 4
    configuration.minimumExtendedExponent = -5
    configuration.maximumExtendedExponent = 5
    configuration.seeds = 2
    configuration.epochs = 7
    configuration.batchSize = 5
    configuration.keepsLastBatch = true
    configuration.smoothing = 0.25
    configuration.rounds = 3
    configuration.priorSchedule = "flat"
    #expect(try SweepConfiguration(yaml: configuration.yaml, file: "x") == configuration)
    #expect(configuration.spellings == ["flat", "inverse:offset=0.5", "refined", "refined:round=2", "refined:round=3"])
  }

  @Test func aSingleTextIsAListOfOne() throws {
    let configuration = try SweepConfiguration(yaml: "schedules: cosine\noptimizers: sgd:momentum=0.9\ndata: here\n", file: "x")
    #expect(configuration.schedules == ["cosine"])
    #expect(configuration.optimizers == [.sgd(momentum: 0.9)])
    #expect(configuration.data == ["here"])
  }

  @Test func spellingsBecomeCanonical() throws {
    let configuration = try SweepConfiguration(
      yaml: "schedules: ['inverse:offset=0.010']\noptimizers: ['adam:beta1=0.90']", file: "x")
    #expect(configuration.schedules == ["inverse"])
    #expect(configuration.protocolYAML.contains("  - adam\n"))
  }

  @Test(arguments: [
    ("epochs: 10\nepoch: 5\n", 2, 1, "unknown key 'epoch'; did you mean 'epochs'?"),
    ("seeds: 3\nbatchsize: 5\n", 2, 1, "did you mean 'batch_size'?"),
    ("epochs: ten\n", 1, 9, "found 'ten', expected a whole number"),
    ("seeds: 0\n", 1, 8, "found 0"),
    ("epochs: [1, two]\n", 1, 13, "found 'two', expected a whole number"),
    ("epochs: [[1]]\n", 1, 10, "found a list"),
    ("epochs: []\n", 1, 9, "empty"),
    ("l2: [0, 1, 0]\n", 1, 12, "0.0 is listed twice, first at line 1, column 6"),
    ("schedules:\n  - flat\n  - lineer\n", 3, 5, "schedules: "),
    ("optimizers: [adam, adagrid]\n", 1, 20, "did you mean 'adagrad'?"),
    ("optimizers: ['adam:beta1=1']\n", 1, 14, "below 1"),
    ("optimizers: ['sgd:beta1=0.5']\n", 1, 14, "expected one of: momentum"),
    ("learning_rate_exponents: [3, -12]\n", 1, 26, "above"),
    ("learning_rate_exponents: [-30, 3]\n", 1, 26, "does not contain"),
    ("learning_rate_exponents: 3\n", 1, 26, "two exponents"),
    ("tau: 1.5\n", 1, 6, "from 0 to 1"),
    ("prior: refined\n", 1, 8, "cannot be one"),
    ("schedules: [flat, flat]\n", 1, 19, "twice, first at line 1, column 13"),
    ("schedules: []\n", 1, 12, "empty"),
    ("drop_last: maybe\n", 1, 12, "true or false"),
    ("- 1\n", 1, 1, "found a list"),
    ("epochs: 1\nepochs: 2\n", 1, 1, "repeated key 'epochs'"),
    ("epochs: [1\n", 2, 1, "not YAML"),
  ])
  func errorsSayWhere(text: String, line: Int, column: Int, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try SweepConfiguration(yaml: text, file: "sweep.yml") }
    #expect(error?.line == line && error?.column == column)
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("sweep.yml:\(line):\(column): error: ") == true)
  }

  @Test func refinedSchedulesTakeTheConfigurationsSmoothingUnlessTheySay() {
    var configuration = SweepConfiguration()
    configuration.smoothing = 0.3
    #expect(configuration.smoothing(of: "refined") == 0.3)
    #expect(configuration.smoothing(of: "refined:tau=0.05") == 0.05)
    #expect(configuration.refinementOptions(of: "refined", optimizer: .adam()).norm == .l1)
    #expect(configuration.refinementOptions(of: "refined", optimizer: .sgd()).norm == .l2)
    #expect(configuration.refinementOptions(of: "refined:norm=l2", optimizer: .adam()).norm == .l2)
  }

  /// `tau=0.1` is the schedule's default, but says something where the configuration's own is another.
  @Test(arguments: [true, false])
  func smoothingAtTheSchedulesDefaultStaysWhereTheConfigurationsDiffers(isFirst: Bool) throws {
    let schedules = "schedules: [refined, 'refined:tau=0.1']\n"
    let text = isFirst ? "tau: 0.3\n" + schedules : schedules + "tau: 0.3\n"
    let configuration = try SweepConfiguration(yaml: text, file: "sweep.yml")
    #expect(configuration.schedules == ["refined", "refined:tau=0.1"])
    #expect(configuration.schedules.map(configuration.smoothing) == [0.3, 0.1])
    #expect(configuration.columns.map(\.title) == ["refined", "refined (tau 0.1)"])
    #expect(try SweepConfiguration(yaml: configuration.yaml, file: "again.yml") == configuration)
    #expect(configuration.spelling(of: try Schedule(parsing: "refined:tau=0.1")) == "refined:tau=0.1")
  }

  @Test func smoothingAtBothDefaultsIsLeftOut() throws {
    let configuration = try SweepConfiguration(yaml: "schedules: [linear, 'refined:tau=0.1']\n", file: "sweep.yml")
    #expect(configuration.schedules == ["linear", "refined"])
    #expect(throws: ConfigurationError.self) {
      try SweepConfiguration(yaml: "schedules: [refined, 'refined:tau=0.1']\n", file: "sweep.yml")
    }
  }

  @Test func editDistances() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("abc", "abc") == 0)
  }
}
