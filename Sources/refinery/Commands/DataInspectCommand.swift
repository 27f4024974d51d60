import ArgumentParser
import Sparse

struct DataInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Describe one file: label counts, index base, value range, checksum.",
    discussion: """
      The checksum is the CRC-32 of the uncompressed text, as in the trailer of a gzip file: NAME and NAME.gz have the same \
      checksum.
      """,
    version: Refinery.version)

  @Argument(help: ArgumentHelp("File in LIBSVM format; - for standard input.", valueName: "FILE")) var file: String
  @OptionGroup var base: IndexBaseOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let options = ReadingOptions(indexBase: base.indexBase.flatMap(IndexBase.init))
    let inspection = DatasetInspection(try LIBSVMReader.read(path: file, options: options))
    try Output.write(json ? Output.json(inspection) : Self.text(inspection), to: nil)
    for warning in inspection.warnings { report("\(file == "-" ? "<stdin>" : file): warning: \(warning)") }
  }

  private static func text(_ inspection: DatasetInspection) -> String {
    let constant = inspection.constantFeatures
    let more = inspection.constantFeatureCount > 20 ? ", ..." : ""
    let shown = constant.prefix(20).map(String.init).joined(separator: ", ") + more
    let entries: [(String, String)] = [
      ("rows", "\(inspection.rows)" + (inspection.emptyRows > 0 ? " (\(inspection.emptyRows) without entries)" : "")),
      ("features", "\(inspection.features), counted from \(inspection.indexBase.rawValue)"),
      ("classes", "\(inspection.classes)"),
      (
        "nonzeros",
        "\(inspection.nonzeros)" + (inspection.writtenZeros > 0 ? " (\(inspection.writtenZeros) written as zero)" : "")
      ),
      ("values", "\(inspection.minimum) to \(inspection.maximum)"),
      ("constant features", constant.isEmpty ? "none" : "\(inspection.constantFeatureCount): \(shown)"),
      ("rows with qid", "\(inspection.queryRows)"),
      ("bytes", "\(inspection.byteCount) uncompressed"),
      ("crc32", inspection.checksumText ?? "-"),
      ("labels", ""),
    ]
    let width = (entries.map(\.0.count).max() ?? 0) + 2
    let lines = entries.map { ($0.0.padding(to: width) + $0.1).trimmingTrailingBlanks }
    let labels = inspection.labels.map { "  " + $0.text.padding(to: width - 2) + "\($0.rows)" }
    return (lines + labels).joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
  fileprivate var trimmingTrailingBlanks: String { String(reversed().drop { $0 == " " }.reversed()) }
}
