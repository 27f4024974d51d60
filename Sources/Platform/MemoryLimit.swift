/// A limit on the bytes that something may allocate.
public struct MemoryLimit {
  /// Requests up to this size are allowed without a system query, which takes as long as parsing 100 KB.
  private static let unasked = 32 << 20
  private let given: Int?
  /// The given limit, or the memory available when first queried.
  public private(set) lazy var byteCount = given ?? availableMemory()

  /// - Parameter given: nil uses the machine's available memory.
  public init(_ given: Int?) { self.given = given }

  public mutating func allows(_ count: Int) -> Bool { given == nil && count <= Self.unasked || count <= byteCount }
}
