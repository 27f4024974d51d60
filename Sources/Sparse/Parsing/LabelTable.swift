/// The distinct labels of a file, numbered in the order in which they were met.
struct LabelTable {
  private(set) var labels: [Double] = []
  /// Numbers of the whole labels in -1,024 ..< 1,024, by value + 1,024; -1 where not met.
  private var small = [Int32](repeating: -1, count: 2048)
  private var others: [Double: Int32] = [:]
  /// The line that first held a label with a fraction.
  private(set) var firstFractionLine: Int?

  /// The number of a whole label in -1,024 ..< 1,024.
  mutating func code(small label: Int, line: Int) -> Int32 {
    let code = small[label + 1024]
    return code >= 0 ? code : add(Double(label), line: line)
  }

  /// The number of a label, which is finite and not -0.
  mutating func code(_ label: Double, line: Int) -> Int32 {
    if let integer = Int(exactly: label), (-1024..<1024).contains(integer) { return code(small: integer, line: line) }
    if let code = others[label] { return code }
    return add(label, line: line)
  }

  private mutating func add(_ label: Double, line: Int) -> Int32 {
    let code = Int32(labels.count)
    labels.append(label)
    if let integer = Int(exactly: label), (-1024..<1024).contains(integer) {
      small[integer + 1024] = code
    } else {
      others[label] = code
      if label != label.rounded(), firstFractionLine == nil { firstFractionLine = line }
    }
    return code
  }
}
