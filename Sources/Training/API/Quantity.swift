/// A quantity recorded for a finished run, of its last iterate or of the result that the optimizer defines.
///
/// To add a quantity, add a case here, a property of `RunOutcome` that both trainers fill, and its value in
/// `RunOutcome.quantities`; the journal, CSV, `train`'s output and the comparison of two results folders follow. A table that
/// shows it needs a case of `Measure`, the report's JSON a property in `JSONWriter`. Raw values are the keys in journals and
/// CSV; case order is the order of fields and columns. In journals written before, the quantity is nil.
public enum Quantity: String, CaseIterable, Sendable, Hashable {
  case trainError = "train_error"
  case trainLoss = "train_loss"
  case testError = "test_error"
  case testLoss = "test_loss"
  /// The regularised objective on the training file; without regularisation, the training loss.
  case trainObjective = "train_objective"

  /// As in table headings: "train error".
  public var title: String { rawValue.replacing("_", with: " ") }

  /// Whether the quantity is a fraction of 1, shown in per cent. Losses, which are not, are mean cross-entropies.
  public var isFraction: Bool {
    switch self {
    case .trainError, .testError: true
    case .trainLoss, .testLoss, .trainObjective: false
    }
  }
}

extension Quantity {
  /// Whether the quantity needs a test file.
  public var isOfTestFile: Bool { self == .testError || self == .testLoss }
}

/// The quantities of one run; nil if the value is not finite or does not apply. Where no objective is set it is the training
/// loss.
public struct Quantities: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var values: [Quantity: Double] = [:]

  public init(dictionaryLiteral elements: (Quantity, Double?)...) {
    for (quantity, value) in elements { self[quantity] = value }
  }

  public subscript(quantity: Quantity) -> Double? {
    get { values[quantity] ?? (quantity == .trainObjective ? values[.trainLoss] : nil) }
    set { values[quantity] = newValue.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// Whether every quantity is the same: an objective that was not set equals one that was set to the training loss.
  public static func == (a: Quantities, b: Quantities) -> Bool { Quantity.allCases.allSatisfy { a[$0] == b[$0] } }

  public func hash(into hasher: inout Hasher) {
    for quantity in Quantity.allCases { hasher.combine(self[quantity]) }
  }

  /// The quantities as a record holds them, in order: all of them, but the objective only where it was set.
  public var fields: [(quantity: Quantity, value: Double?)] {
    Quantity.allCases.filter { $0 != .trainObjective || values[$0] != nil }.map { ($0, values[$0]) }
  }

  /// Keys of the record that quantities are coded into.
  private struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads the quantities from a record; null or missing ones are nil.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: FieldKey.self)
    for quantity in Quantity.allCases {
      self[quantity] = try container.decodeIfPresent(Double.self, forKey: FieldKey(stringValue: quantity.rawValue))
    }
  }

  /// Writes every quantity, the objective too; nil becomes null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: FieldKey.self)
    for quantity in Quantity.allCases { try container.encode(self[quantity], forKey: FieldKey(stringValue: quantity.rawValue)) }
  }
}

extension RunOutcome {
  /// The quantities to record.
  public var quantities: Quantities {
    [
      .trainError: trainError, .trainLoss: trainLoss, .testError: testError, .testLoss: testLoss,
      .trainObjective: trainObjective,
    ]
  }
}
