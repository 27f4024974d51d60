/// The distinct labels of a text, numbered in order of first occurrence.
struct LabelTable {
  private(set) var labels: [Double] = []
  /// Numbers of the integer labels in -1,024 ..< 1,024, at index label + 1,024; -1 if not seen yet.
  private var small = [Int32](repeating: -1, count: 2048)
  private var others: [Double: Int32] = [:]
  /// The first line with a fractional label.
  private(set) var firstFractionLine: Int?

  /// The number of an integer label in -1,024 ..< 1,024.
  mutating func code(small label: Int) -> Int32 {
    if small[label + 1024] < 0 { small[label + 1024] = add(Double(label)) }
    return small[label + 1024]
  }

  /// The number of a finite label.
  mutating func code(_ label: Double, line: Int) -> Int32 {
    // -0 counts as 0.
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
