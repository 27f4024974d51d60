/// Gradient norms in NumPy arrays: from a `.npy` file, or from the members of a `.npz` archive.
struct NumPyLog {
  private let path: String
  private let selection: NormLogSelection

  init(path: String, selection: NormLogSelection) {
    self.path = path
    self.selection = selection
  }

  /// The values of a one-dimensional array (or a single column or row), or of an array of shape (steps, runs, 2) as `train --norms` writes.
  ///
  /// - Throws: `ScheduleFileError` for other shapes and for runs that do not exist.
  func series(of array: NumPyArrayFile, name: String? = nil) throws -> NumberSeries {
    let shape = array.shape
    let values: [Double]
    if shape.count == 1 || shape.count == 2 && shape.contains(1) {
      if let run = selection.run, run != 1 {
        throw ScheduleFileError(.malformed, path: path, "holds one run; there is no run \(run)")
      }
      values = array.doubles
    } else if shape.count == 3, shape[2] == 2 {
      let runs = shape[1]
      guard let run = selection.run ?? (runs == 1 ? 1 : nil) else {
        throw ScheduleFileError(
          .malformed, path: path, "holds \(runs) runs; choose one with --run (in a schedule, run=), 1 to \(runs)")
      }
      guard (1...max(1, runs)).contains(run), runs > 0 else {
        throw ScheduleFileError(.malformed, path: path, "holds \(counted(runs, "run")); there is no run \(run)")
      }
      let all = array.doubles
      let offset = 2 * (run - 1) + (selection.norm == .l1 ? 0 : 1)
      values = (0..<shape[0]).map { all[$0 * 2 * runs + offset] }
    } else {
      throw ScheduleFileError(
        .malformed, path: path,
        "an array of shape (\(shape.map(String.init).joined(separator: ", "))); expected (steps) or (steps, runs, 2)")
    }
    var series = NumberSeries(name: name)
    for value in values { series.append(value.isFinite ? value : .nan) { _ in nil } }
    return series
  }

  /// The selected array of the archive, with the steps from an array beside it.
  ///
  /// - Throws: `ScheduleFileError`, also for an archive of another kind.
  func series(of archive: ZipArchive) throws -> NumberSeries {
    let members = archive.names.filter { $0.hasSuffix(".npy") }
    guard !members.isEmpty else {
      let kind =
        archive.names.contains { $0.hasSuffix("data.pkl") }
        ? "a file of torch.save" : archive.names.contains("[Content_Types].xml") ? "a spreadsheet or document" : "a ZIP archive"
      throw ScheduleFileError(
        .malformed, path: path, "this is \(kind), which is not read; expected text, JSON, event files, .npy or .npz")
    }
    let names = members.map { String($0.dropLast(4)) }
    // Arrays of other types, such as strings, cannot be the norms.
    let arrays = try members.map { member in
      let bytes = try archive.contents(of: member)
      return Result { try NumPyArrayFile(bytes: bytes, path: "\(path)(\(member))") }
    }
    let numeric = arrays.indices.filter { (try? arrays[$0].get()) != nil }
    let name =
      try selection.column.map { try namedItem($0, kind: "array", among: names, path: path) }
      ?? names[ColumnNames.values(among: numeric, of: names, norm: selection.norm, path: path)]
    let index = names.firstIndex(of: name) ?? 0
    var series = try series(of: arrays[index].get(), name: name)
    let counters = ColumnNames.steps(in: names).compactMap { place -> NumberSeries.Counter? in
      guard place != index, let array = try? arrays[place].get(), array.shape == [series.values.count] else { return nil }
      return NumberSeries.Counter(name: names[place], numbers: array.doubles)
    }
    series.steps = counters
    return series
  }
}
