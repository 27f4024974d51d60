import Sweeps

extension SweepResults {
  /// The datasets, as they were when the sweep read them.
  ///
  /// - Parameter marks: by problem.
  func problemTable(marks: [[Table.Mark]]) -> Table {
    let rows = zip(problems, marks).map { problem, marks in
      Table.Row(
        problem.name, marks: marks,
        [
          Table.Cell("\(problem.rows)", sortValue: Double(problem.rows)),
          Table.Cell(problem.testRows.map(String.init) ?? "–", sortValue: problem.testRows.map(Double.init)),
          Table.Cell("\(problem.features)", sortValue: Double(problem.features)),
          Table.Cell("\(problem.classes)", sortValue: Double(problem.classes)),
          Table.Cell("\(problem.nonzeros)", sortValue: Double(problem.nonzeros)),
          Table.Cell(problem.checksum),
          Table.Cell(problem.testChecksum ?? "–"),
        ])
    }
    return Table(
      identifier: "problems", title: "Problems",
      headings: ["problem", "rows", "test rows", "features", "classes", "nonzeros", "CRC-32", "CRC-32 of the test file"],
      schedules: Array(repeating: nil, count: 7), rows: rows,
      notes: ["Checksums are of the uncompressed text, so that NAME and NAME.gz are one dataset."])
  }

}

extension StudyResults {
  /// The smallest values of the objective: a row per problem and, where there are several, l2.
  ///
  /// - Parameter marks: by problem.
  /// - Returns: nil where no optimum was computed.
  func optimumTable(marks: [[Table.Mark]]) -> Table? {
    var seen: Set<Double> = []
    let conditions = conditions.filter { seen.insert($0.condition.l2).inserted }
    let rows = conditions.flatMap { entry in
      zip(entry.results.problems, marks).compactMap { problem, marks -> Table.Row? in
        guard let optimum = problem.optimum else { return nil }
        let marks = entry.condition.l2 > 0 ? [] : marks
        return Table.Row(
          problem.name + (conditions.count > 1 ? ", l2 \(significant(entry.condition.l2, 6))" : ""), marks: marks,
          [
            Table.Cell(fixed(optimum.loss, 10), sortValue: optimum.loss),
            Table.Cell(optimum.attained ? "yes" : "no", marks: optimum.attained || !marks.isEmpty ? [] : [.notAttained]),
            Table.Cell(significant(optimum.gradientNorm), sortValue: optimum.gradientNorm),
            Table.Cell("\(optimum.iterations)", sortValue: Double(optimum.iterations)),
          ])
      }
    }
    guard !rows.isEmpty else { return nil }
    let isRegularised = conditions.contains { $0.condition.l2 > 0 }
    return Table(
      identifier: "optima", title: isRegularised ? "Smallest training objectives" : "Smallest training losses",
      headings: [
        "problem", isRegularised ? "smallest objective" : "smallest loss", "attained", "gradient norm there", "iterations",
      ],
      schedules: Array(repeating: nil, count: 4), rows: rows,
      notes: [
        "Found in double precision, until further iterations gain less than 1e-10; the gradient norm there says how near."
      ])
  }
}
