/// How many bytes something may take.
public struct MemoryLimit {
  /// Up to here nobody asks the system, which takes as long as parsing 100 KB.
  private static let unasked = 32 << 20
  private let given: Int?
  /// What was available when it was first asked for.
  public private(set) lazy var byteCount = given ?? availableMemory()

  /// - Parameter given: nil takes what the machine has available.
  public init(_ given: Int?) { self.given = given }

  public mutating func allows(_ count: Int) -> Bool { given == nil && count <= Self.unasked || count <= byteCount }
}
