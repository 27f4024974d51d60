/// A quantity that a finished run is recorded with, of its last iterate or of the optimizer's own result.
///
/// A further quantity is a case here, and its value in `RunOutcome.quantities`: the journal, CSV, `train`'s output and the report's
/// measures follow. Raw values are the keys that journals and scripts know; the order is that of journal lines and CSV columns.
public enum Quantity: String, CaseIterable, Sendable, Hashable {
  case trainError = "train_error"
  case trainLoss = "train_loss"
  case testError = "test_error"
  case testLoss = "test_loss"

  /// As table headings say it: "train error".
  public var title: String { rawValue.replacing("_", with: " ") }

  /// Whether it is a fraction of 1, which people read in per cent; a loss is mean cross-entropy.
  public var isFraction: Bool {
    switch self {
    case .trainError, .testError: true
    case .trainLoss, .testLoss: false
    }
  }
}

extension Quantity {
  /// Whether it is known only where a problem has a test file.
  public var isOfTestFile: Bool { self == .testError || self == .testLoss }
}

/// The quantities of one run: nil where the value is not finite, or does not apply.
public struct Quantities: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var values: [Quantity: Double] = [:]

  public init(dictionaryLiteral elements: (Quantity, Double?)...) {
    for (quantity, value) in elements { self[quantity] = value }
  }

  public subscript(quantity: Quantity) -> Double? {
    get { values[quantity] }
    set { values[quantity] = newValue.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// Keys of a coded record: its own ones and the quantities'.
  private struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads the quantities among a record's keys; what is null or absent is nil.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: FieldKey.self)
    for quantity in Quantity.allCases {
      self[quantity] = try container.decodeIfPresent(Double.self, forKey: FieldKey(stringValue: quantity.rawValue))
    }
  }

  /// Writes every quantity, null where it is nil.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FieldKey.self)
    for quantity in Quantity.allCases { try container.encode(self[quantity], forKey: FieldKey(stringValue: quantity.rawValue)) }
  }
}

extension RunOutcome {
  /// What is recorded of the run.
  public var quantities: Quantities {
    [.trainError: trainError, .trainLoss: trainLoss, .testError: testError, .testLoss: testLoss]
  }
}
