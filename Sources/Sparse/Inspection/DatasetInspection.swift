/// Summary of one file: the content of `refinery data inspect`.
public struct DatasetInspection: Sendable, Hashable {
  public struct LabelCount: Sendable, Hashable {
    public let label: Double
    public let rows: Int
    /// The label in its shortest form: integers without a decimal point.
    public var text: String { LabelledSparseData.labelText(label) }
  }

  public let rows: Int
  public let features: Int
  public let classes: Int
  /// Entries written in the file, including zeros.
  public let nonzeros: Int
  public let indexBase: IndexBase
  /// Smallest value written in the file; missing entries (zeros) do not count.
  public let minimum: Float
  /// Largest value written in the file.
  public let maximum: Float
  /// Ascending by label.
  public let labels: [LabelCount]
  /// Length of the uncompressed text.
  public let byteCount: Int
  /// CRC-32 of the uncompressed text, eight lower-case hexadecimal digits; nil if not computed.
  public let checksumText: String?
  /// Rows with a `qid:N`; the query is ignored.
  public let queryRows: Int
  /// Rows without entries.
  public let emptyRows: Int
  /// Entries written as zero.
  public let writtenZeros: Int
  /// Number of features that have the same value in all rows; missing entries count as zeros.
  public let constantFeatureCount: Int
  /// Their indices as the file counts them, ascending; the first 100,000.
  public let constantFeatures: [Int]
  public let warnings: [DatasetWarning]

  /// - Complexity: O(rows + nonzeros) time and O(nonzeros) memory, however large the indices are.
  public init(_ file: LIBSVMFile) {
    let data = file.data
    let matrix = data.matrix
    rows = data.rowCount
    features = data.featureCount
    classes = data.classCount
    nonzeros = matrix.nonzeroCount
    indexBase = file.indexBase
    minimum = matrix.values.min() ?? 0
    maximum = matrix.values.max() ?? 0
    byteCount = file.byteCount
    checksumText = file.checksumText
    queryRows = file.queryRowCount
    var counts = [Int](repeating: 0, count: data.classCount)
    for index in data.classes where index >= 0 { counts[Int(index)] += 1 }
    labels = zip(data.classLabels, counts).map { LabelCount(label: $0, rows: $1) }
    emptyRows = zip(matrix.rowOffsets, matrix.rowOffsets.dropFirst()).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    writtenZeros = matrix.values.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
    let base = file.indexBase.rawValue
    let constant = matrix.constantColumns(listing: 100_000)
    constantFeatureCount = constant.count
    constantFeatures = constant.first.map { $0 + base }
    warnings = data.warnings
  }
}

extension DatasetInspection: Encodable {
  private enum CodingKeys: String, CodingKey {
    case rows, features, classes, nonzeros
    case indexBase = "index_base"
    case minimum, maximum, labels, bytes, crc32
    case queryRows = "query_rows"
    case emptyRows = "empty_rows"
    case writtenZeros = "written_zeros"
    case constantFeatureCount = "constant_feature_count"
    case constantFeatures = "constant_features"
    case warnings
  }

  private struct LabelKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The keys of `refinery data inspect --json`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(features, forKey: .features)
    try container.encode(classes, forKey: .classes)
    try container.encode(nonzeros, forKey: .nonzeros)
    try container.encode(indexBase.rawValue, forKey: .indexBase)
    try container.encode(minimum, forKey: .minimum)
    try container.encode(maximum, forKey: .maximum)
    var counts = container.nestedContainer(keyedBy: LabelKey.self, forKey: .labels)
    for label in labels { try counts.encode(label.rows, forKey: LabelKey(stringValue: label.text)) }
    try container.encode(byteCount, forKey: .bytes)
    try container.encode(checksumText, forKey: .crc32)
    try container.encode(queryRows, forKey: .queryRows)
    try container.encode(emptyRows, forKey: .emptyRows)
    try container.encode(writtenZeros, forKey: .writtenZeros)
    try container.encode(constantFeatureCount, forKey: .constantFeatureCount)
    try container.encode(constantFeatures, forKey: .constantFeatures)
    try container.encode(warnings.map(\.description), forKey: .warnings)
  }
}

extension LabelledSparseData {
  /// A label in its shortest form: integers without a decimal point.
  public static func labelText(_ label: Double) -> String {
    if let integer = Int(exactly: label) { return String(integer) }
    return "\(label)"
  }
}
