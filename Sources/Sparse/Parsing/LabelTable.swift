/// The distinct labels of a text, numbered in the order in which they were met.
struct LabelTable {
  private(set) var labels: [Double] = []
  /// Numbers of the whole labels in -1,024 ..< 1,024, by value + 1,024; -1 where not met.
  private var small = [Int32](repeating: -1, count: 2048)
  private var others: [Double: Int32] = [:]
  /// The line that first held a label with a fraction.
  private(set) var firstFractionLine: Int?

  /// The number of a whole label in -1,024 ..< 1,024.
  mutating func code(small label: Int) -> Int32 {
    if small[label + 1024] < 0 { small[label + 1024] = add(Double(label)) }
    return small[label + 1024]
  }

  /// The number of a label, which is finite.
  mutating func code(_ label: Double, line: Int) -> Int32 {
    // Of -0 too, which is 0.
    if let integer = Int(exactly: label), (-1024..<1024).contains(integer) { return code(small: integer) }
    if label != label.rounded(), firstFractionLine == nil { firstFractionLine = line }
    if let code = others[label] { return code }
    others[label] = add(label)
    return Int32(labels.count - 1)
  }

  private mutating func add(_ label: Double) -> Int32 {
    labels.append(label)
    return Int32(labels.count - 1)
  }
}
