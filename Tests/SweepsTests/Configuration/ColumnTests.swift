import Schedules
import Testing
import Training

@testable import Sweeps

@Suite struct ColumnTests {
  static let study = """
    name: my study
    schedules:
      - linear
      - wsd:cooldown=0.1
      - wsd:cooldown=0.4
      - {name: 1/t, best_of: [inverse:offset=0.001, inverse]}
      - {name: mine, schedule: "formula:s=min(1,t/(0.03*T))*(1-u)^1.5"}
      - refined
      - refined:rounds=2
      - refined:prior=cosine
    optimizers:
      - adam
      - {name: AdamW 0.1, optimizer: "adam:weight-decay=0.1:decoupled=true"}
    methods:
      - {name: DoG, optimizer: dog, schedule: flat, learning_rates: [1]}
    reference: mine
    reference_method: DoG
    learning_rates: [0.003, 0.001]
    seeds: 4
    racing: 2
    epochs: [10, 30]
    batch_size: 8
    l2: [0, 1e-4]
    checkpoints: [0.1, 0.5]
    """

  @Test func everyEntryIsAColumn() throws {
    let study = try SweepConfiguration(yaml: Self.study, file: "x")
    #expect(study.columns.count == 8 && study.tableColumns.count == 8)
    #expect(study.columns[3] == Column(name: "1/t", schedules: ["inverse:offset=0.001", "inverse"]))
    #expect(study.columns[4].title == "mine" && study.columns[1].title == "wsd (cooldown 0.1)")
    #expect(study.tableColumns[6].schedules == ["refined:round=2"])
    #expect(study.optimizerEntries.map(\.title) == ["Adam", "AdamW 0.1"])
    #expect(study.comparedMethods.map(\.name) == ["Adam", "AdamW 0.1", "DoG"])
    #expect(study.comparedMethods[0].column.title == "mine" && study.comparedMethods[2].learningRates == [1])
    #expect(study.axes == [.epochs, .l2])
    #expect(study.conditions.map { $0.description(on: study.axes) }.last == "epochs 30, l2 0.0001")
    #expect(study.rates.base == [0.001, 0.003] && study.rates.above.isEmpty && study.rates.below.isEmpty)
  }

  @Test func aStudyReadsBack() throws {
    let study = try SweepConfiguration(yaml: Self.study, file: "x")
    #expect(try SweepConfiguration(yaml: study.yaml, file: "x") == study)
    var odd = study
    odd.name = "it's: {odd}\t# \"\\"
    odd.columns[0].name = "a, b"
    #expect(try SweepConfiguration(yaml: odd.yaml, file: "x") == odd)
  }

  @Test func roundsOfTheConfigurationAreColumns() throws {
    let study = try SweepConfiguration(yaml: "schedules: [refined, 'refined:rounds=3']\nrounds: 2\n", file: "x")
    #expect(study.tableColumns.map(\.schedules) == [["refined"], ["refined:round=2"], ["refined:round=3"]])
    #expect(study.tableColumns.map(\.title) == ["refined", "refined (round 2)", "refined (round 3)"])
    #expect(Chain.all(of: study) == [Chain(schedule: "linear", refined: [Chain.Refined(schedule: "refined", rounds: 3)])])
  }

  @Test func everyPriorHasAChain() throws {
    let study = try SweepConfiguration(yaml: "schedules: [flat, refined, 'refined:prior=flat']\n", file: "x")
    let chains = Chain.all(of: study)
    #expect(chains.map(\.schedule) == ["flat", "linear"])
    #expect(chains.map { $0.refined.map(\.schedule) } == [["refined:prior=flat"], ["refined"]])
  }

  /// Protocols from before columns were entries of their own.
  @Test func oldProtocolsAreGroupedAsTheyWere() throws {
    let old = "schedules: [flat, inverse, linear, 'inverse:offset=0.1', 'linear:warmup=0.1', refined]\nrounds: 2\n"
    let columns = try SweepConfiguration(recorded: old, file: "x").tableColumns
    #expect(
      columns.map(\.schedules) == [
        ["flat"], ["inverse", "inverse:offset=0.1"], ["linear"], ["linear:warmup=0.1"], ["refined", "refined:round=2"],
      ])
    #expect(columns.map(\.title) == ["flat", "1/t", "linear", "linear (warmup 0.1)", "refined"])
    let new = try SweepConfiguration(yaml: old, file: "x")
    #expect(new.tableColumns.count == 7)
    #expect(try SweepConfiguration(recorded: new.protocolYAML, file: "x") == new)
  }

  @Test func stepsOfTheGrid() throws {
    let fine = try SweepConfiguration(
      yaml: "learning_rate_exponents: [-1, 1]\nextended_exponents: [-2, 2]\nlearning_rate_step: 0.5\n", file: "x")
    #expect(fine.rates.base.count == 5 && fine.rates.base.first == 0.5 && fine.rates.base[2] == 1)
    #expect(fine.rates.above.last == 4 && fine.rates.above.count == 2 && fine.rates.below.last == 0.25)
    let coarse = try SweepConfiguration(yaml: "learning_rate_step: 4\n", file: "x")
    #expect(coarse.rates.base.map { $0 }.count == 4 && coarse.rates.base.last == 1)
    #expect(SweepConfiguration().rates.base == (-12...3).map { exp2Double($0) })
  }

  private func exp2Double(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  @Test(arguments: [
    ("schedules: [cosine, {name: cosine, schedule: linear}]\n", 1, 21, "name 'cosine' is listed twice, first at line 1"),
    ("schedules:\n  - {name: a, schedule: flat}\n  - {name: a, schedule: linear}\n", 3, 5, "first at line 2, column 5"),
    ("schedules: [{schedule: flat, best_of: [linear]}]\n", 1, 39, "both given"),
    ("schedules: [{name: a}]\n", 1, 13, "neither schedule nor best_of"),
    ("schedules: [{name: a, schedul: flat}]\n", 1, 23, "did you mean 'schedule'?"),
    ("schedules: [{best_of: [flat, flat]}]\n", 1, 30, "twice, first at line 1, column 24"),
    ("optimizers: [adam, {name: b, optimizer: adam}]\n", 1, 20, "'adam' is listed twice"),
    ("optimizers: [{name: b, optimizer: adamm}]\n", 1, 35, "did you mean 'adam'?"),
    ("methods: [adam]\n", 1, 11, "expected {name:, optimizer:, schedule:}"),
    ("methods: [{name: Adam, optimizer: sgd, schedule: flat}]\n", 1, 10, "also that of an optimizer"),
    ("methods: [{optimizer: sgd, schedule: flat, learning_rates: [0]}]\n", 1, 61, "a learning rate above 0"),
    ("learning_rates: [1, 2, 1]\n", 1, 24, "first at line 1, column 18"),
    ("learning_rates: [1]\nlearning_rate_exponents: [-3, 3]\n", 2, 1, "there is also learning_rates"),
    ("learning_rate_step: 0\n", 1, 21, "from 0.01 to 120"),
    ("l2: -1\n", 1, 5, "at least 0"),
    ("racing: 10\n", 1, 9, "fewer than the 10 seeds"),
    ("checkpoints: [0.5, 1]\n", 1, 14, "above 0 and below 1"),
    ("reference: linaer\n", 1, 12, "did you mean 'linear'?"),
    ("reference_method: Lion\n", 1, 19, "expected one of: Adam, SGD"),
    ("weight_decay: 0.1\n", 1, 1, "did you mean 'l2', or an optimizer's key"),
    ("lr: 0.1\n", 1, 1, "did you mean 'learning_rates'?"),
    ("beta2: 0.99\n", 1, 1, "an optimizer's key"),
    ("warmup: 0.1\n", 1, 1, "a schedule's key"),
    ("qqqqqqqqqq: 0.1\n", 1, 1, "expected one of: name, data"),
  ])
  func errorsSayWhere(text: String, line: Int, column: Int, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try SweepConfiguration(yaml: text, file: "sweep.yml") }
    #expect(error?.line == line && error?.column == column, "\(error?.description ?? "")")
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func errorsOfFactorsSayWhereTheScheduleIsNamed() throws {
    let yaml = "schedules:\n  - linear\n  - {name: a, schedule: \"formula:s=1/t\"}\n"
    let schedule = try Schedule(parsing: SweepConfiguration(yaml: yaml, file: "x").schedules[1])
    let error = try #require(throws: ScheduleError.self) { try schedule.factors(steps: 10) }
    let located = try #require(ConfigurationError(error, in: yaml, file: "x.yml"))
    #expect(located.description.hasPrefix("x.yml:3:25: error: schedule 'formula:s=1/t'"), "\(located)")
    #expect(ConfigurationError(error, in: "schedules: [linear]\n", file: "x.yml") == nil)
  }

  @Test func everyKeyIsPrinted() throws {
    let yaml = SweepConfiguration().yaml
    for key in SettingKey.allCases {
      #expect(yaml.contains("\n\(key.rawValue):") || yaml.contains("\n# \(key.rawValue): "), "\(key)")
    }
    #expect(try SweepConfiguration(yaml: yaml, file: "x") == SweepConfiguration())
    // The examples are valid, each by itself.
    for key in SettingKey.allCases {
      guard let example = key.example else { continue }
      #expect(throws: Never.self) { try SweepConfiguration(yaml: "\(key.rawValue): \(example)\n", file: "x") }
    }
  }
}
