import ArgumentParser
import Foundation
import Sparse

struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the datasets in a folder: rows, features, classes, nonzeros.",
    discussion: """
      The scan is not recursive. Directories, dot files, *.md and *.py are skipped; a symbolic link counts under its own name; \
      .gz, .bz2, .xz and .zst are not part of a name; NAME.t is the test file of NAME. If a file cannot be read, it is \
      reported, the others are listed, and the exit code is 65.
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("Folder.", valueName: "DIR")) var folder = "datasets"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let folder = try DatasetFolder(folder)
    var failures = folder.failures
    var items: [Item] = []
    for entry in folder.entries {
      do {
        let problem = try Problem(path: entry.path, testPath: entry.testPath)
        items.append(Item(entry: entry, problem: problem))
      } catch {
        failures.append(error)
      }
    }
    try Output.write(json ? Output.json(["datasets": items]) : Self.table(items), to: nil)
    for warning in items.flatMap(\.warnings) { report(warning) }
    for failure in failures { report(lines: failure.description) }
    if !failures.isEmpty { Foundation.exit(ExitStatus.badData.rawValue) }
  }

  private static func table(_ items: [Item]) -> String {
    var table = TextTable(header: ["name", "rows", "test rows", "features", "classes", "nonzeros"])
    for item in items {
      table.append(
        [item.name, "\(item.rows)", item.testRows.map { "\($0)" } ?? "-"]
          + [item.features, item.classes, item.nonzeros].map { "\($0)" })
    }
    return table.text
  }

  private struct Item: Encodable {
    var name: String
    var path: String
    var testPath: String?
    var rows: Int
    var testRows: Int?
    var features: Int
    var classes: Int
    var nonzeros: Int
    var constantFeatures: Int
    var warnings: [String]

    init(entry: DatasetFolder.Entry, problem: Problem) {
      let data = problem.training
      name = entry.name
      path = entry.path
      testPath = entry.testPath
      rows = data.rowCount
      testRows = problem.test?.rowCount
      features = data.featureCount
      classes = data.classCount
      nonzeros = data.matrix.nonzeroCount
      constantFeatures = data.matrix.constantColumns(listing: 0).count
      warnings = []
      if classes < 2 {
        warnings.append("\(entry.path): warning: all rows have the same label: nothing to classify")
      }
      if constantFeatures > 0 {
        let has = constantFeatures == 1 ? "has" : "have"
        warnings.append("\(entry.path): warning: \(constantFeatures) of \(features) features \(has) one value in all rows")
      }
      warnings += data.warnings.map { "\(entry.path): warning: \($0)" }
    }

    enum CodingKeys: String, CodingKey {
      case name, path
      case testPath = "test_path"
      case rows
      case testRows = "test_rows"
      case features, classes, nonzeros
      case constantFeatures = "constant_features"
      case warnings
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(path, forKey: .path)
      try container.encode(testPath, forKey: .testPath)
      try container.encode(rows, forKey: .rows)
      try container.encode(testRows, forKey: .testRows)
      try container.encode(features, forKey: .features)
      try container.encode(classes, forKey: .classes)
      try container.encode(nonzeros, forKey: .nonzeros)
      try container.encode(constantFeatures, forKey: .constantFeatures)
      try container.encode(warnings, forKey: .warnings)
    }
  }
}
